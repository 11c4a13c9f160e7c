import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Answer, askPatiently, inParallel } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { drained } from './support/provisioning.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

const times = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;

describe('requests and schedules that race', () => {
  it(
    'C1: provisions a service once, however many ask at the same time',
    () =>
      inWorld(async (world) => {
        const apis = await world.startAll('api', 'api');
        const provision = (serviceId: number, key: (n: number) => string): Promise<Answer[]> =>
          Promise.all(
            Array.from({ length: 100 }, (_, n) =>
              askPatiently(`${apis[n % 2]?.url}/v1/services/${serviceId}/provision`, world.database.apiKey, {
                method: 'POST',
                body: {},
                key: key(n),
              }),
            ),
          );
        const same = await provision(1, () => 'c1-one-key');
        const distinct = await provision(2, (n) => `c1-key-${n}`);
        const again = await provision(1, () => 'c1-one-key');
        const jobs = await world.rows<{ service_id: number; count: number }>(
          'SELECT service_id, count(*)::integer AS count FROM provisioning_jobs GROUP BY 1 ORDER BY 1',
        );
        const figures = { same_202: times(same, 202), same_409: times(same, 409), replayed: times(again, 202) };
        report('C1', {
          ...figures,
          distinct_202: times(distinct, 202),
          distinct_409: times(distinct, 409),
          jobs: jobs.length,
        });
        expect(jobs).toEqual([
          { service_id: 1, count: 1 },
          { service_id: 2, count: 1 },
        ]);
        expect(figures.same_202).toBeGreaterThanOrEqual(1);
        expect(figures.same_202 + figures.same_409).toBe(100);
        expect(
          same.filter(({ status }) => status === 409).every(({ headers }) => headers.get('retry-after') === '1'),
        ).toBe(true);
        expect([times(distinct, 202), times(distinct, 409)]).toEqual([1, 99]);
        const ids = [...same, ...again]
          .filter(({ status }) => status === 202)
          .map(({ body }) => body['provisioning_job_id']);
        expect([figures.replayed, new Set(ids).size]).toEqual([100, 1]);
        await world.start('worker');
        expect(await drained(world, 20_000)).toMatchObject({ succeeded: 2 });
      }),
    120_000,
  );

  it(
    'C9: lets one of two different requests with the same key win',
    () =>
      inWorld(async (world) => {
        const pairs = Array.from({ length: 200 }, (_, n) => n);
        const apis = await world.startAll('api', 'api');
        const send = (pair: number, side: number): Promise<Answer> =>
          askPatiently(`${apis[side]?.url}/v1/customers`, world.database.apiKey, {
            method: 'POST',
            key: `c9-${pair}`,
            body: { name: `Pair ${pair}`, email: `c9-${pair}-${side}@example.com`, phone: '+12025550111' },
          });
        const outcomes = await inParallel(pairs, 10, async (pair) => {
          const [left, right] = await Promise.all([send(pair, 0), send(pair, 1)]);
          return [left.status, right.status].sort().join('+');
        });
        const later = await inParallel(pairs, 10, async (pair) =>
          [(await send(pair, 0)).status, (await send(pair, 1)).status].sort().join('+'),
        );
        const created = await world.rows<{ pair: string; count: number }>(
          `SELECT split_part(email, '-', 2) AS pair, count(*)::integer AS count FROM customers WHERE email LIKE 'c9-%' GROUP BY 1`,
        );
        const count = (text: string): number => outcomes.filter((outcome) => outcome === text).length;
        report('C9', {
          pairs: 200,
          refused_422: count('201+422'),
          refused_409: count('201+409'),
          created: created.length,
        });
        expect(new Set(outcomes.filter((outcome) => outcome !== '201+422' && outcome !== '201+409'))).toEqual(
          new Set(),
        );
        expect([created.length, Math.max(...created.map((row) => row.count))]).toEqual([200, 1]);
        expect(new Set(later)).toEqual(new Set(['201+422']));
      }),
    120_000,
  );

  it('C8: runs each turn of a schedule once across four workers', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'isp-c8-'));
    const file = join(directory, 'anchors.jsonl');
    try {
      await inWorld((world) => sweep(world, file, 50), { ISP_AUDIT_ANCHOR_FILE: file, ISP_DATABASE_POOL: '5' });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }, 120_000);
});

/** Makes the schedule due `turns` times; its effect is a line in a file that all workers share. */
async function sweep(world: World, file: string, turns: number): Promise<void> {
  const workers: ProgramProcess[] = await world.startAll('worker', 'worker', 'worker', 'worker');
  const name = 'audit.anchor-heads';
  const lines = async (): Promise<number> =>
    (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean).length;
  // While a turn is not over, the next one that comes due is skipped: its effect is seen before its end is on record.
  const over = async (): Promise<boolean> =>
    (
      await world.row<{ over: boolean }>(
        `SELECT NOT EXISTS (SELECT FROM work_items WHERE name = 'platform.schedule' AND dedupe_key = $1
                             AND status IN ('queued', 'running')) AS over`,
        [name],
      )
    ).over;
  // Four workers at once are only just awake.
  await until('the first turn', async () => (await lines()) === 1, 40_000);
  const watch = stopwatch();
  for (let turn = 2; turn <= turns + 1; turn += 1) {
    await until(`the end of turn ${turn - 1}`, over, 10_000);
    await world.rows('UPDATE schedules SET next_run_at = now() WHERE name = $1', [name]);
    await until(`turn ${turn}`, async () => (await lines()) >= turn, 10_000);
  }
  await until('the end of the last turn', over, 10_000);
  const effects = await lines();
  const work = await world.row<{ items: number; done: number }>(
    `SELECT count(*)::integer AS items, count(*) FILTER (WHERE status = 'succeeded')::integer AS done
       FROM work_items WHERE name = 'platform.schedule' AND payload->>'schedule' = $1`,
    [name],
  );
  const seconds = watch.seconds();
  report('C8', { workers: workers.length, turns: turns + 1, items: work.items, effects, seconds });
  expect([work.items, work.done, effects]).toEqual([turns + 1, turns + 1, turns + 1]);
}
