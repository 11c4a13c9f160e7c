import { describe, expect, it } from '@jest/globals';
import { corpusCsv } from '../bench/premise-corpus.js';
import { askPatiently } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

const KILLS = 5;
const PART_BYTES = 4 * 1024 * 1024;

/** Hands in so many addresses over HTTP, and starts their import. */
async function begin(world: World, api: ProgramProcess, addresses: number): Promise<number> {
  const key = world.database.apiKey;
  const opened = await askPatiently(`${api.url}/v1/premise-imports`, key, {
    method: 'POST',
    body: { kind: 'addresses_csv', file_name: 'addresses.csv' },
  });
  const id = opened.body['id'] as number;
  const bytes = Buffer.from([...corpusCsv(addresses)].join(''));
  for (let number = 1; (number - 1) * PART_BYTES < bytes.length; number += 1) {
    const answer = await fetch(`${api.url}/v1/premise-imports/${id}/parts/${number}`, {
      method: 'PUT',
      headers: { 'x-api-key': key, 'content-type': 'application/octet-stream' },
      body: bytes.subarray((number - 1) * PART_BYTES, number * PART_BYTES),
    });
    expect(answer.ok).toBe(true);
  }
  const started = await askPatiently(`${api.url}/v1/premise-imports/${id}/start`, key, { method: 'POST' });
  expect(started.status).toBe(202);
  return id;
}

interface Standing {
  readonly status: string;
  readonly position: number;
  readonly created: number;
  readonly deaths: number;
  readonly work: string;
}

const standing = (world: World, id: number): Promise<Standing> =>
  world.row<Standing>(
    `SELECT m.status, m.position, m.created, w.deaths, w.status AS work
       FROM premise_imports m JOIN work_items w ON w.name = 'premises.import' AND w.payload->>'import_id' = m.id::text
      WHERE m.id = $1`,
    [id],
  );

/** What there is of the file, told by the rows themselves. */
const account = (world: World, id: number) =>
  world.row<Record<'premises' | 'addresses' | 'reported' | 'rows', number>>(
    `SELECT count(*)::integer AS premises, count(DISTINCT external_key)::integer AS addresses,
            (SELECT count(*)::integer FROM premise_import_rows WHERE import_id = $1) AS reported,
            (SELECT count(DISTINCT row)::integer FROM premise_import_rows WHERE import_id = $1) AS rows
       FROM premises WHERE external_key LIKE 'C-%'`,
    [id],
  );

describe('imports whose worker dies', () => {
  it(
    'go on behind the last batch however often that is, and have every row once',
    () =>
      inWorld(async (world) => {
        const addresses = 40_000;
        const api = await world.start('api');
        const id = await begin(world, api, addresses);
        const watch = stopwatch();
        const at: number[] = [0];
        for (let kill = 0; kill < KILLS; kill += 1) {
          const worker = await world.start('worker');
          const further = async () => (await standing(world, id)).position > (at.at(-1) as number);
          await until(`more rows after ${kill} kills`, further, 60_000);
          await worker.kill();
          at.push((await standing(world, id)).position);
        }
        // Every one of them died in the middle.
        expect(at.at(-1)).toBeLessThan(addresses);
        await world.start('worker');
        await until('the end of the import', async () => (await standing(world, id)).status !== 'running', 120_000);
        const end = await standing(world, id);
        const result = await account(world, id);
        report('import, kills', { ...result, kills: KILLS, at_kills: at.slice(1).join('/'), seconds: watch.seconds() });
        expect(end).toMatchObject({ status: 'succeeded', position: addresses, created: addresses });
        expect(result).toEqual({ premises: addresses, addresses, reported: addresses, rows: addresses });
      }),
    400_000,
  );

  it(
    'are buried when they kill every worker without getting any further, and say so',
    () =>
      inWorld(async (world) => {
        const api = await world.start('api');
        const id = await begin(world, api, 3_000);
        const worker = await world.superviseWorker({ ISP_FAIL_POINT: 'premises.import-batch' });
        await until('a burial', async () => (await standing(world, id)).work === 'dead', 150_000);
        report('import, poison', { deaths: worker.deaths() });
        expect(await standing(world, id)).toMatchObject({ status: 'failed', position: 0, deaths: 3, created: 0 });
        expect(worker.deaths()).toBe(3);
        expect((await account(world, id)).premises).toBe(0);
      }),
    200_000,
  );
});
