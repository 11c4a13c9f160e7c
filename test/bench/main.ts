import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addressFigures } from './addresses.js';
import { availabilityFigures } from './availability.js';
import { billingRunFigures } from './billing-run.js';
import { footprintFigures } from './footprint.js';
import { createFigures, listFigures } from './http.js';
import type { Load, LoadResult } from './load.js';
import { type Figure, machineLoad, renewed, table } from './measure.js';
import { numberFigures } from './numbers.js';
import { outageFigures } from './outages.js';
import { Place } from './place.js';
import { Helper, ROOT } from './processes.js';
import { premiseFigures } from './premises.js';
import { provisioningFigures } from './provisioning.js';
import { radiusFigures } from './radius.js';
import { reconcileFigures } from './reconcile.js';
import { revenueFigures } from './revenue.js';
import { slaFigures } from './sla.js';
import { suspensionFigures } from './suspension.js';

const ON_DATABASE = {
  list: listFigures,
  create: createFigures,
  provisioning: provisioningFigures,
  addresses: addressFigures,
  suspension: suspensionFigures,
  availability: availabilityFigures,
  radius: radiusFigures,
  reconcile: reconcileFigures,
  premises: premiseFigures,
  'billing-run': billingRunFigures,
  numbers: numberFigures,
  revenue: revenueFigures,
  sla: slaFigures,
  outages: outageFigures,
};
const USAGE = `usage: npm run bench -- [${[...Object.keys(ON_DATABASE), 'footprint'].join('] [')}] [--customers n] [--seconds n] [--rounds n] [--data dir] [--write]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    customers: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    data: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const known = [...Object.keys(ON_DATABASE), 'footprint'];
const chosen = positionals.length > 0 ? positionals : known;
const unknown = chosen.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(', ')}\n${USAGE}`);
  process.exit(1);
}

// An orderly exit takes the servers along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

async function onDatabase(): Promise<Figure[]> {
  const place = await Place.open({ customers: Number(values.customers), dataDir: values.data });
  const load = await Helper.start<Load, LoadResult>('load.ts');
  const customers = Number(values.customers);
  const bench = { place, load, customers, seconds: Number(values.seconds), rounds: Number(values.rounds) };
  const figures: Figure[] = [];
  try {
    for (const [name, work] of Object.entries(ON_DATABASE))
      if (chosen.includes(name)) figures.push(...(await work(bench)));
    return figures;
  } finally {
    await load.stop();
    await place.stop();
  }
}

const before = machineLoad().split(' ')[0] ?? '';
const figures = chosen.some((name) => name in ON_DATABASE) ? await onDatabase() : [];
if (chosen.includes('footprint')) figures.push(...(await footprintFigures()));
const load = `${before} to ${machineLoad().split(' ')[0]}`;
const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
const measured = table(figures, load);
console.log(`\n${machine}\n\n${measured}`);
if (values.write) {
  const file = join(ROOT, 'docs/benchmarks.md');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace(
      /(<!-- figures -->)([^]*)(<!-- end of figures -->)/,
      (_, start: string, earlier: string, stop: string) =>
        `${start}\n\n${machine}\n\n${renewed(earlier, measured)}\n\n${stop}`,
    ),
  );
}
process.exit(0);
