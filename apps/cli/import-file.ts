import { createReadStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { parseArgs } from 'node:util';
import { type Actor, PERMISSIONS, systemActor } from '@isp/contracts';
import {
  CONNECTIVITIES,
  ImportFile,
  type ImportKind,
  type ImportProgress,
  ImportQueries,
  type ImportView,
  LocatePremises,
} from '@isp/domain/premises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { boundedMemory } from './bounded-memory.js';

const ACTOR: Actor = { ...systemActor('cli'), permissions: new Set(PERMISSIONS) };
const KINDS: Readonly<Record<string, ImportKind>> = {
  '.csv': 'addresses_csv',
  '.geojson': 'coverage_geojson',
  '.json': 'coverage_geojson',
  '.kml': 'coverage_kml',
};
const SHOWN = 20;
const WIDTH = 30;
const READ_BYTES = 256 * 1024;

/** Imports one file in this process, with a bar on a terminal, and answers what became of its rows. */
export async function importFile(app: NestFastifyApplication, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false }, connectivity: { type: 'string' } },
  });
  const [path] = positionals;
  const kind = path === undefined ? undefined : KINDS[extname(path).toLowerCase()];
  if (path === undefined || !kind) throw new Error(`a file is wanted, ending in ${Object.keys(KINDS).join(', ')}`);
  const connectivity = CONNECTIVITIES.find((one) => one === values.connectivity);
  if (values.connectivity !== undefined && !connectivity)
    throw new Error(`--connectivity is one of ${CONNECTIVITIES.join(', ')}`);
  const tidy = boundedMemory();
  const ended = await app.get(ImportFile, { strict: false }).execute({
    actor: ACTOR,
    kind,
    fileName: basename(path),
    content: () => createReadStream(path, { highWaterMark: READ_BYTES }),
    dryRun: values['dry-run'],
    connectivity: connectivity ?? null,
    onProgress: (at) => {
      tidy();
      if (process.stderr.isTTY) draw(at);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (ended.status !== 'succeeded') throw new Error(`import ${ended.id} ${ended.status}: ${ended.error ?? ''}`);
  if (kind !== 'addresses_csv' && !ended.dryRun) await app.get(LocatePremises, { strict: false }).execute(0);
  return report(ended, await rejected(app, ended.id));
}

async function rejected(app: NestFastifyApplication, id: number): Promise<string[]> {
  const page = { limit: SHOWN, offset: 0 };
  const { rows } = await app.get(ImportQueries, { strict: false }).rows(ACTOR, id, 'rejected', page);
  return rows.map(({ row, message }) => `  row ${row}: ${message ?? ''}`);
}

function draw({ rows, bytesDone, bytes }: ImportProgress): void {
  const share = bytes > 0 ? Math.min(1, bytesDone / bytes) : 1;
  const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
  process.stderr.write(`\r[${bar}] ${Math.round(share * 100)} %, ${rows.toLocaleString('en-US')} rows`);
}

function report(ended: ImportView, rejections: readonly string[]): string {
  const { id, created, changed, unchanged, dryRun } = ended;
  const counts = `${created} created, ${changed} changed, ${unchanged} unchanged, ${ended.rejected} rejected`;
  const more = ended.rejected > rejections.length ? [`  … all of them: GET /v1/premise-imports/${id}/rows`] : [];
  return [`import ${id}${dryRun ? ' (dry run, nothing was changed)' : ''}: ${counts}`, ...rejections, ...more].join(
    '\n',
  );
}
