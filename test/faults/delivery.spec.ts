import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { sendAgain } from './support/carrier.js';
import { ask } from './support/http.js';
import { account, drained, order } from './support/provisioning.js';
import { inWorld, report, stopwatch } from './support/world.js';

describe('what queues and jobs do to workers', () => {
  it(
    'F12: does each job once when every message arrives several times',
    () =>
      inWorld(async (world) => {
        const jobs = 300;
        await world.setRouter('good', { latency_ms: 100 });
        const api = await world.start('api');
        const accepted = await order(world, api, jobs);
        const watch = stopwatch();
        // Together with the dispatcher's own, three messages or more name each job; both workers get some of each.
        let messages = await sendAgain(world, accepted);
        await world.startAll('worker', 'worker');
        messages += await sendAgain(world, accepted);
        await drained(world, 60_000);
        messages += await sendAgain(world, accepted);
        await sleep(1_500);
        const result = await account(world, accepted);
        report('F12', { ...result, messages_added: messages, seconds: watch.seconds() });
        expect(result).toMatchObject({ accepted: jobs, finished: jobs, dead: 0, lost: 0, duplicated: 0 });
        const runs = await world.row<{ most: number }>('SELECT max(attempts) AS most FROM provisioning_jobs');
        expect(runs.most).toBe(1);
      }),
    120_000,
  );

  it(
    'F14: buries a job that kills its worker three times, and only that one',
    () =>
      inWorld(async (world) => {
        const jobs = 200;
        const badRouter = await world.setRouter('bad', { latency_ms: 200, fault: 'exit' });
        await world.setRouter('good', { latency_ms: 200 });
        const api = await world.start('api');
        const [first, second] = [await world.superviseWorker(), await world.superviseWorker()];
        const poison = await order(world, api, 1, 1, badRouter);
        const good = await order(world, api, jobs, 2);
        const watch = stopwatch();
        const counts = await drained(world, 90_000);
        const seconds = watch.seconds();
        const deaths = first.deaths() + second.deaths();
        const result = await account(world, [...poison, ...good]);
        const delay = await world.row<{ p95: number }>(
          `SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - created_at))::float8 AS p95
           FROM provisioning_jobs WHERE status = 'succeeded'`,
        );
        const dead = await world.rows<{ name: string; deaths: number }>(
          `SELECT name, deaths FROM work_items WHERE status = 'dead'`,
        );
        const told = await world.rows(`SELECT payload FROM outbox WHERE name = 'platform.work.died.v1'`);
        const failed = await world.rows(`SELECT payload FROM outbox WHERE name = 'provisioning.job.failed.v1'`);
        report('F14', { ...result, deaths, p95_seconds: delay.p95.toFixed(1), seconds });
        expect(counts).toMatchObject({ succeeded: jobs, dead: 1, failed: 0 });
        expect(result).toMatchObject({ accepted: jobs + 1, finished: jobs, dead: 1, lost: 0, duplicated: 0 });
        expect(dead).toEqual([{ name: 'provisioning.run', deaths: 3 }]);
        expect([deaths, told.length, failed.length]).toEqual([3, 1, 1]);
        expect(delay.p95).toBeLessThanOrEqual(30);
        // When the cause is gone, a person has it run again.
        await world.setRouter('bad', {});
        const url = `${api.url}/v1/provisioning/jobs/${poison[0]?.jobId}/retry`;
        expect((await ask(url, world.database.apiKey, { method: 'POST' })).status).toBe(202);
        expect(await drained(world, 20_000)).toMatchObject({ succeeded: jobs + 1, dead: 1 });
      }),
    150_000,
  );
});
