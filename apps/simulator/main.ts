import { readFile } from 'node:fs/promises';
import { type DialIn, NAS_FAULTS, SessionGenerator, SimulatedNas, type SimulatedNasOptions } from '@isp/domain/network';
import type { NasFaultPlan } from '@isp/domain/network';
import { monotonicMs, systemClock } from '@isp/kernel';

/** What the file named on the command line holds: one simulated NAS and who dials in at it. */
interface Simulation {
  readonly nas: Omit<SimulatedNasOptions, 'clock' | 'secret'> & { readonly secret: string };
  readonly subscribers: readonly DialIn[];
  readonly faults?: readonly NasFaultPlan[];
}

/** A NAS with its subscribers as a program of its own: `node dist/apps/simulator/main.js FILE`, ended by a signal. */
async function main(file: string | undefined): Promise<void> {
  if (file === undefined) throw new Error('usage: main.js FILE, a JSON file with nas, subscribers and faults');
  const { nas: options, subscribers, faults = [] } = JSON.parse(await readFile(file, 'utf8')) as Simulation;
  const unknown = faults.filter(({ fault }) => !NAS_FAULTS.includes(fault)).map(({ fault }) => fault);
  if (unknown.length > 0) throw new Error(`no faults: ${unknown.join(', ')}; there are ${NAS_FAULTS.join(', ')}`);
  const nas = await SimulatedNas.start({ ...options, clock: systemClock });
  nas.setFaults(faults);
  const generator = new SessionGenerator({
    nas,
    subscribers: () => Promise.resolve(subscribers),
    seed: options.seed,
    everyMs: 1_000,
    redialMs: 5_000,
    patienceMs: 300_000,
    atOnce: 20,
    now: monotonicMs,
  });
  generator.start();
  process.stdout.write(`${nas.identifier} takes orders on UDP port ${nas.coaPort}\n`);
  await new Promise<void>((resolve) => {
    const alive = setInterval(() => undefined, 3_600_000);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });
  await generator.stop();
  await nas.stop();
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
