import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS, type Priority } from '@isp/contracts';
import { DefineRouter } from '@isp/domain/network';
import { monotonicMs } from '@isp/kernel';
import { EVERYTHING, factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { workerBeside } from '../support/worker-beside.js';

const PARTNER = 2;
let world: ApiWorld;
let key: string;
let made: ReturnType<typeof factory>;
let routers = 0;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  key = await world.keyOf(1, PERMISSIONS, 'all');
  made = factory(world);
}, 120_000);
afterAll(() => world.close(), 60_000);

/** One that does one thing at a time: what it begins with is what it was given first. */
const startWorker = () => workerBeside(world, { ISP_WORKER_CONCURRENCY: '1' });

/** A router of whose subscribers each takes a while. */
async function router(latencyMs: number): Promise<number> {
  routers += 1;
  const prefixes = [`10.210.${routers}.0/26`];
  const settings = { latency_ms: latencyMs };
  const input = { actor: EVERYTHING, name: `priority ${routers}`, driver: 'simulated', settings, prefixes };
  return (await made.use(DefineRouter).execute(input)).id;
}

async function order(routerId: number, priority: Priority): Promise<number> {
  const serviceId = await made.make.service(PARTNER);
  const body = { provisioning_data: { router_id: routerId }, priority };
  const answer = await world.ask(`/v1/services/${serviceId}/provision`, { method: 'POST', key, body });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return answer.json<{ provisioning_job_id: number }>().provisioning_job_id;
}

async function orders(routerId: number, priority: Priority, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await order(routerId, priority));
  return ids;
}

/** The jobs that have begun, in that order. */
const begun = async (ids: readonly number[]): Promise<number[]> =>
  (
    await world.sql<{ id: number }>(
      `SELECT id FROM provisioning_jobs WHERE id IN (${ids.join()}) AND started_at IS NOT NULL ORDER BY started_at`,
    )
  ).map(({ id }) => id);

async function begin(ids: readonly number[], count: number): Promise<number[]> {
  for (const start = monotonicMs(); monotonicMs() - start < 40_000; await sleep(50)) {
    const found = await begun(ids);
    if (found.length >= count) return found;
  }
  throw new Error(`of ${ids.length} jobs only ${(await begun(ids)).length} began`);
}

describe('what is urgent', () => {
  it('is begun before all that was ordered earlier, and what is low after all that came later', async () => {
    const routerId = await router(0);
    const low = await orders(routerId, 'low', 6);
    const normal = await orders(routerId, 'normal', 2);
    const high = await orders(routerId, 'high', 2);
    const urgent = await orders(routerId, 'urgent', 3);
    const all = [...low, ...normal, ...high, ...urgent];
    const worker = await startWorker();
    try {
      const order = await begin(all, all.length);
      const place = (ids: readonly number[]) => ids.map((id) => order.indexOf(id)).sort((one, other) => one - other);
      expect([urgent, high, normal, low].map(place)).toEqual([
        [0, 1, 2],
        [3, 4],
        [5, 6],
        [7, 8, 9, 10, 11, 12],
      ]);
    } finally {
      await worker.stop(0);
    }
  }, 90_000);

  it('waits for what is under way, and not for what waits with it', async () => {
    const routerId = await router(400);
    const low = await orders(routerId, 'low', 8);
    const worker = await startWorker();
    try {
      await begin(low, 1);
      const urgent = await order(routerId, 'urgent');
      const sequence = await begin([...low, urgent], 9);
      // Between two jobs a worker has the next one in hands already.
      expect(sequence.indexOf(urgent)).toBeLessThanOrEqual(4);
    } finally {
      await worker.stop(0);
    }
  }, 90_000);
});
