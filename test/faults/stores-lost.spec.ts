import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { monotonicMs } from '@isp/kernel';
import { onRedis, startRedis, type TestRedis } from '../support/redis.js';
import { type Answer, ask } from './support/http.js';
import { OwnCluster } from './support/own-cluster.js';
import type { ProgramProcess } from './support/program-process.js';
import { type Accepted, account, drained, order, tally } from './support/provisioning.js';
import { MixedTraffic } from './support/traffic.js';
import { inWorld, report, stopwatch, until, World } from './support/world.js';

const RESTARTS = 3;
const DOWN_MS = 2_000;
/** A minute would prove no more: adding to a queue is given up after 3 s, lost messages are sent again after 12. */
const REDIS_DOWN_SECONDS = 15;

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
    const recoveries: number[] = [];
    try {
      await sleep(1_500);
      for (let restart = 1; restart <= RESTARTS; restart += 1)
        recoveries.push(await crashAndRestart(cluster, [one, two]));
    } finally {
      traffic.stop();
      await running;
    }
    const { refused, bad, slowestMs, unsettled } = traffic.figures();
    await traffic.settle();
    await drained(world, 60_000);
    const result = await account(world, traffic.orders());
    const { count } = await world.row<{ count: number }>(
      `SELECT count(*)::integer AS count FROM customers WHERE email LIKE 'f7-%'`,
    );
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

// Registered only where there is a Redis to lose: a test that cannot run is not one that was skipped.
if (onRedis) {
  describe('a Redis that loses everything', () => {
    it(
      'F10: costs no accepted work when it is emptied and when it is killed',
      () =>
        inWorld(async (world) => {
          const jobs = 1_000;
          await world.setRouter('good', { latency_ms: 200 });
          const [api] = (await world.startAll('api', 'worker', 'worker')) as [ProgramProcess];
          const accepting = order(world, api, jobs);
          await until('100 jobs done', async () => (await tally(world)).succeeded >= 100, 60_000);
          await emptyRedis(world);
          await until('400 jobs done', async () => (await tally(world)).succeeded >= 400, 60_000);
          const killedAt = (await tally(world)).succeeded;
          await world.redis?.kill();
          await sleep(1_000);
          world.redis = await startRedis({ port: world.redis?.port as number });
          const watch = stopwatch();
          const accepted = await accepting;
          await drained(world, 60_000);
          const result = await account(world, accepted);
          report('F10', { ...result, killed_at: killedAt, drained_seconds: watch.seconds() });
          expect(result).toMatchObject({ accepted: jobs, finished: jobs, dead: 0, lost: 0, duplicated: 0 });
        }),
      150_000,
    );

    it(
      `F11: an API without it still accepts and reads, and work goes on when it is back`,
      () =>
        inWorld(
          async (world) => {
            const [api] = (await world.startAll('api', 'worker')) as [ProgramProcess];
            await drainedAfter(world, await order(world, api, 20));
            const { port } = world.redis as TestRedis;
            await world.redis?.kill();
            const watch = stopwatch();
            const accepted: Accepted[] = [];
            const reads: Answer[] = [];
            for (let service = 101; watch.seconds() < REDIS_DOWN_SECONDS; service += 1) {
              const [job] = await order(world, api, 1, service);
              accepted.push(job as Accepted);
              reads.push(await ask(`${api.url}/v1/services/${service}`, world.database.apiKey));
              await sleep(100);
            }
            const waiting = (await tally(world)).queued;
            world.redis = await startRedis({ port });
            const back = stopwatch();
            await drained(world, 60_000);
            const result = await account(world, accepted);
            const slowest = Math.max(...reads.map(({ ms }) => ms));
            report('F11', {
              ...result,
              outage_seconds: REDIS_DOWN_SECONDS,
              waiting,
              slowest_read_ms: Math.round(slowest),
              drained_seconds: back.seconds(),
            });
            expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
            expect(slowest).toBeLessThanOrEqual(1_000);
            expect(waiting).toBeGreaterThan(0);
            expect(result).toMatchObject({
              accepted: accepted.length,
              finished: accepted.length,
              dead: 0,
              lost: 0,
              duplicated: 0,
            });
            expect(accepted.length).toBeGreaterThan(20);
          },
          { ISP_RATE_LIMITS: 'true' },
        ),
      120_000,
    );
  });
}

/** Two seconds without a database, noticed by both APIs; answers the milliseconds until both are ready again. */
async function crashAndRestart(cluster: OwnCluster, apis: readonly ProgramProcess[]): Promise<number> {
  await cluster.crash();
  const down = monotonicMs();
  await sleep(300);
  expect(await readiness(apis)).toEqual([503, 503]);
  await sleep(Math.max(0, DOWN_MS - (monotonicMs() - down)));
  await cluster.restart();
  const up = monotonicMs();
  await until('both APIs ready', async () => (await readiness(apis)).every((status) => status === 200), 5_000);
  const recovery = Math.round(monotonicMs() - up);
  await sleep(1_000);
  return recovery;
}

const readiness = (apis: readonly ProgramProcess[]): Promise<number[]> =>
  Promise.all(apis.map(async ({ url }) => (await ask(`${url}/health/ready`, '')).status));

async function drainedAfter(world: World, accepted: readonly Accepted[]): Promise<void> {
  await drained(world, 20_000);
  expect(await account(world, accepted)).toMatchObject({ finished: accepted.length });
}

async function emptyRedis(world: World): Promise<void> {
  const client = new Redis(world.redis?.url as string);
  await client.flushall();
  client.disconnect();
}
