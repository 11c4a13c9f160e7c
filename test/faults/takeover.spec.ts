import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ask } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { account, drained, order, tally } from './support/provisioning.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

/**
 * Leases hold for 8 s from the last heartbeat, which is at most 2.5 s old: the takeover comes 5.5 to 8 s into the pause,
 * and this is well beyond it; a minute would prove no more.
 */
const PAUSE_SECONDS = 12;
/** Less than a device may take (15 s), and enough for a run that began after 5.5 s to outlast the pause by far. */
const SLOW_MS = 13_000;
/** For a takeover (8 s and the start of a worker), or for what is left of the slow run and one more try. */
const PATIENCE_MS = 32_000;

// Side by side: most of their time is waiting for leases.
describe('work that changes hands', () => {
  it.concurrent(
    'F13: fences off a worker that was paused in the middle of a step',
    () =>
      inWorld(async (world) => {
        await world.setRouter('good', { latency_ms: 4_000 });
        const [api, zombie] = (await world.startAll('api', 'worker')) as [ProgramProcess, ProgramProcess];
        const accepted = await order(world, api, 1);
        await until('the job runs', async () => (await tally(world)).running === 1, 10_000);
        zombie.pause();
        const watch = stopwatch();
        // So long that the zombie wakes up while the second run goes on: only the epoch tells them apart.
        await world.setRouter('good', { latency_ms: SLOW_MS });
        await world.start('worker');
        await until('the second run has begun', async () => (await state(world)).attempts === 2, PATIENCE_MS);
        const takenOver = watch.seconds();
        await sleep(Math.max(0, PAUSE_SECONDS - takenOver) * 1_000);
        const before = await state(world);
        zombie.resume();
        await until('the zombie says that it was fenced', () => zombie.said(/^fenced/).length > 0, 10_000);
        await sleep(1_000);
        expect(before).toMatchObject({ status: 'running', job: 'running', service: 'provisioning' });
        expect(await state(world)).toEqual(before);
        await drained(world, PATIENCE_MS);
        const result = await account(world, accepted);
        report('F13', { ...result, taken_over_seconds: takenOver, fenced: zombie.said(/^fenced/).length });
        expect(result).toMatchObject({ accepted: 1, finished: 1, dead: 0, lost: 0, duplicated: 0 });
        expect(zombie.running).toBe(true);
      }),
    120_000,
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
        await drained(world, 20_000);
        const result = await account(world, [{ jobId: job.id, serviceId: 1 }]);
        report('F6', { ...result, seconds: watch.seconds() });
        expect(result).toMatchObject({ accepted: 1, finished: 1, lost: 0, duplicated: 0 });
      }),
    120_000,
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
        await drained(world, 20_000);
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
    120_000,
  );
});

interface WorkState {
  readonly status: string;
  readonly deaths: number;
  readonly attempts: number;
  readonly job: string;
  readonly service: string;
}

/** Everything that a stale write of the only job's run could change. */
const state = (world: World): Promise<WorkState> =>
  world.row<WorkState>(
    `SELECT w.status, w.epoch, w.failures, w.deaths, j.status AS job, j.version, j.attempts, s.status AS service, s.version AS service_version
       FROM work_items w JOIN provisioning_jobs j ON w.name = 'provisioning.run' AND w.payload->>'provisioning_job_id' = j.id::text
       JOIN services s ON s.id = j.service_id`,
  );
