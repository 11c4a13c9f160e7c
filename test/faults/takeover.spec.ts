import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ask } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { account, drained, order, tally } from './support/provisioning.js';
import { inWorld, report, stopwatch, until } from './support/world.js';

/** Leases hold for 8 s, so this is well beyond what a takeover waits for; a minute would prove no more. */
const PAUSE_SECONDS = 20;

// Side by side: most of their time is waiting for leases.
describe('work that changes hands', () => {
  it.concurrent(
    'F13: fences off a worker that was paused in the middle of a step',
    () =>
      inWorld(async (world) => {
        const jobs = 4;
        await world.setRouter('good', { latency_ms: 4_000 });
        const [api, zombie] = [await world.start('api'), await world.start('worker')];
        const accepted = await order(world, api, jobs);
        await until('all jobs running', async () => (await tally(world)).running === jobs, 10_000);
        zombie.pause();
        const watch = stopwatch();
        await world.setRouter('good', { latency_ms: 500 });
        await world.start('worker');
        await drained(world, PAUSE_SECONDS * 1_000);
        const takenOver = watch.seconds();
        const before = await states(world);
        await sleep(Math.max(0, PAUSE_SECONDS - takenOver) * 1_000);
        zombie.resume();
        await until('the zombie says that it was fenced', () => zombie.said(/^fenced/).length >= jobs, 10_000);
        await sleep(1_000);
        expect(await states(world)).toEqual(before);
        const result = await account(world, accepted);
        report('F13', { ...result, taken_over_seconds: takenOver, fenced: zombie.said(/^fenced/).length });
        expect(result).toMatchObject({ accepted: jobs, finished: jobs, dead: 0, lost: 0, duplicated: 0 });
        expect(zombie.running).toBe(true);
      }),
    90_000,
  );

  it.concurrent(
    'F6: loses no order between commit and queue, whichever side dies there',
    () =>
      inWorld(async (world) => {
        const api = await world.start('api', { ISP_FAIL_POINT: 'work.before-wake' });
        api.endIsAsked = true;
        const unanswered = await ask(`${api.url}/v1/services/1/provision`, world.database.apiKey, {
          method: 'POST',
          body: {},
        });
        expect([unanswered.status, await api.end()]).toEqual([0, 'SIGKILL']);
        const job = await world.row<{ id: number }>('SELECT id FROM provisioning_jobs');
        // The first worker dies too: it has taken the work from the database and handed it to no queue.
        const taker = await world.start('worker', { ISP_FAIL_POINT: 'work.after-take' });
        taker.endIsAsked = true;
        expect(await taker.end()).toBe('SIGKILL');
        const watch = stopwatch();
        await world.start('worker');
        await drained(world, 15_000);
        const result = await account(world, [{ jobId: job.id, serviceId: 1 }]);
        report('F6', { ...result, seconds: watch.seconds() });
        expect(result).toMatchObject({ accepted: 1, finished: 1, lost: 0, duplicated: 0 });
      }),
    60_000,
  );

  it.concurrent(
    'F23: a worker finishes or hands back what it does, within 20 s',
    () =>
      inWorld(async (world) => {
        await world.setRouter('good', { latency_ms: 25_000 });
        const [api, leaving] = (await world.startAll('api', 'worker')) as [ProgramProcess, ProgramProcess];
        const long = await order(world, api, 1);
        await until('the long job runs', async () => (await tally(world)).running === 1, 10_000);
        // From here on the router is quick, so that the other worker need not take as long again.
        await world.setRouter('good', { latency_ms: 1_000 });
        const short = await order(world, api, 10, 2);
        await until('the short jobs run', async () => (await tally(world)).running > 1, 10_000);
        await world.start('worker');
        const stopMs = await leaving.terminate();
        const watch = stopwatch();
        await drained(world, 15_000);
        const result = await account(world, [...long, ...short]);
        const handed = await world.row<{ deaths: number }>('SELECT max(deaths) AS deaths FROM work_items');
        report('F23', {
          ...result,
          stop_seconds: (stopMs / 1_000).toFixed(1),
          finished_elsewhere_after: watch.seconds(),
          deaths: handed.deaths,
        });
        expect(leaving.ended).toBe(0);
        expect(stopMs).toBeLessThanOrEqual(20_000);
        expect(result).toMatchObject({ accepted: 11, finished: 11, dead: 0, lost: 0, duplicated: 0 });
        // Being asked to stop is nobody's death.
        expect(handed.deaths).toBe(0);
      }),
    90_000,
  );
});

const states = (world: { rows(sql: string): Promise<object[]> }): Promise<object[]> =>
  world.rows(
    `SELECT w.id, w.status, w.epoch, w.failures, w.deaths, j.status AS job, j.version, s.version AS service
       FROM work_items w JOIN provisioning_jobs j ON w.name = 'provisioning.run' AND w.payload->>'provisioning_job_id' = j.id::text
       JOIN services s ON s.id = j.service_id ORDER BY w.id`,
  );
