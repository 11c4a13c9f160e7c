import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import { OwnCluster } from './support/own-cluster.js';
import type { ProgramProcess } from './support/program-process.js';
import { account, drained } from './support/provisioning.js';
import { MixedTraffic } from './support/traffic.js';
import { ask } from './support/http.js';
import { report, until, World } from './support/world.js';

const RESTARTS = 3;
const DOWN_MS = 2_000;

describe('a PostgreSQL that crashes', () => {
  let cluster: OwnCluster;
  let world: World;

  beforeAll(async () => {
    cluster = await OwnCluster.start();
    world = await World.open({}, await cluster.database());
  }, 90_000);
  afterAll(() => world.end(), 60_000);

  it('F7: costs 503s while it is away, and nothing that was accepted', async () => {
    const [one, two] = (await world.startAll('api', 'api', 'worker', 'worker')) as [ProgramProcess, ProgramProcess];
    await world.setRouter('good', { latency_ms: 200 });
    const traffic = new MixedTraffic([one.url, two.url], world.database.apiKey);
    const running = traffic.run(50);
    await sleep(1_500);
    const recoveries: number[] = [];
    for (let restart = 1; restart <= RESTARTS; restart += 1) {
      await cluster.crash();
      const down = monotonicMs();
      await sleep(300);
      const ready = await Promise.all([one, two].map(({ url }) => ask(`${url}/health/ready`, '')));
      expect(ready.map(({ status }) => status)).toEqual([503, 503]);
      await sleep(Math.max(0, DOWN_MS - (monotonicMs() - down)));
      await cluster.restart();
      const up = monotonicMs();
      await until('both APIs ready', async () => (await readiness([one, two])).every((status) => status === 200), 5_000);
      recoveries.push(Math.round(monotonicMs() - up));
      await sleep(1_000);
    }
    traffic.stop();
    await running;
    const { refused, bad, slowestMs, unsettled } = traffic.figures();
    await traffic.settle();
    await drained(world, 60_000);
    const result = await account(world, traffic.orders());
    const { count } = await world.row<{ count: number }>(`SELECT count(*)::integer AS count FROM customers WHERE email LIKE 'f7-%'`);
    report('F7', {
      ...result,
      requests: traffic.figures().sent,
      refused_503: refused,
      unanswered_then_settled: unsettled,
      slowest_ms: Math.round(slowestMs),
      ready_again_ms: recoveries.join('/'),
      customers: `${count}/${traffic.customers()}`,
    });
    expect(bad).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(slowestMs).toBeLessThanOrEqual(3_000);
    expect(count).toBe(traffic.customers());
    expect(result).toMatchObject({ finished: result.accepted, dead: 0, lost: 0, duplicated: 0 });
    expect(result.accepted).toBeGreaterThan(50);
  }, 180_000);
});

const readiness = (apis: readonly ProgramProcess[]): Promise<number[]> =>
  Promise.all(apis.map(async ({ url }) => (await ask(`${url}/health/ready`, '')).status));
