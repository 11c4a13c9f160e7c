import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { account, drained, order, tally } from './support/provisioning.js';
import type { ProgramProcess } from './support/program-process.js';
import { inWorld, report, stopwatch, until } from './support/world.js';

const JOBS = 500;

describe('killed workers', () => {
  it(
    'F1: loses and repeats nothing when one of two workers is killed',
    () =>
      inWorld(async (world) => {
        await world.setRouter('good', { latency_ms: 200 });
        const [api, victim] = (await world.startAll('api', 'worker', 'worker')) as [ProgramProcess, ProgramProcess];
        const accepting = order(world, api, JOBS);
        await until('both workers busy', async () => (await tally(world)).running >= 20, 30_000);
        await victim.kill();
        const watch = stopwatch();
        const held = (await tally(world)).running;
        await world.start('worker');
        const accepted = await accepting;
        await drained(world, 30_000);
        const result = await account(world, accepted);
        report('F1', { ...result, running_at_kill: held, seconds: watch.seconds() });
        expect(result).toMatchObject({ accepted: JOBS, finished: JOBS, dead: 0, lost: 0, duplicated: 0 });
      }),
    120_000,
  );

  it(
    'F2: loses and repeats nothing when all workers are killed five times',
    () =>
      inWorld(async (world) => {
        await world.setRouter('good', { latency_ms: 200 });
        const api = await world.start('api');
        const accepted = await order(world, api, JOBS);
        let interrupted = 0;
        for (let kill = 1; kill <= 5; kill += 1) {
          const workers = await world.startAll('worker', 'worker');
          await sleep(1_000 + Math.random() * 2_000);
          await Promise.all(workers.map((worker) => worker.kill()));
          interrupted += (await tally(world)).running;
        }
        const watch = stopwatch();
        await world.startAll('worker', 'worker');
        await drained(world, 60_000);
        const result = await account(world, accepted);
        report('F2', { ...result, kills: 5, running_at_kills: interrupted, seconds: watch.seconds() });
        expect(interrupted).toBeGreaterThan(0);
        expect(result).toMatchObject({ accepted: JOBS, finished: JOBS, dead: 0, lost: 0, duplicated: 0 });
      }),
    180_000,
  );
});
