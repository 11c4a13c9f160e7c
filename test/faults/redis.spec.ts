import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { startRedis, type TestRedis } from '../support/redis.js';
import { Redis } from 'ioredis';
import { type Answer, ask } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { type Accepted, account, drained, order, tally } from './support/provisioning.js';
import { inWorld, onRedis, report, stopwatch, until, type World } from './support/world.js';

const OUTAGE_SECONDS = 15;

// Registered only where there is a Redis to lose: a test that cannot run is not one that was skipped.
if (onRedis) {
  describe('a Redis that loses everything', () => {
    it('F10: costs no accepted work when it is emptied and when it is killed', () =>
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
      }), 150_000);

    it(`F11: an API without it still accepts and reads, and work goes on when it is back`, () =>
      inWorld(async (world) => {
        const [api] = (await world.startAll('api', 'worker')) as [ProgramProcess];
        await drainedAfter(world, await order(world, api, 20));
        const { port } = world.redis as TestRedis;
        await world.redis?.kill();
        const watch = stopwatch();
        const accepted: Accepted[] = [];
        const reads: Answer[] = [];
        for (let service = 101; watch.seconds() < OUTAGE_SECONDS; service += 1) {
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
        report('F11', { ...result, outage_seconds: OUTAGE_SECONDS, waiting, slowest_read_ms: Math.round(slowest), drained_seconds: back.seconds() });
        expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
        expect(slowest).toBeLessThanOrEqual(1_000);
        expect(waiting).toBeGreaterThan(0);
        expect(result).toMatchObject({ accepted: accepted.length, finished: accepted.length, dead: 0, lost: 0, duplicated: 0 });
        expect(accepted.length).toBeGreaterThan(20);
      }, { ISP_RATE_LIMITS: 'true' }), 120_000);
  });
} else {
  describe('a queue in PostgreSQL', () => {
    it('has no Redis to lose', () => expect(process.env['ISP_TEST_REDIS']).toBeUndefined());
  });
}

async function drainedAfter(world: World, accepted: readonly Accepted[]): Promise<void> {
  await drained(world, 20_000);
  expect(await account(world, accepted)).toMatchObject({ finished: accepted.length });
}

async function emptyRedis(world: World): Promise<void> {
  const client = new Redis(world.redis?.url as string);
  await client.flushall();
  client.disconnect();
}
