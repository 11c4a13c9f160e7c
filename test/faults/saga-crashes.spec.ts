import { describe, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import { ask } from './support/http.js';
import { account, type Accepted, drained, order, tally } from './support/provisioning.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

const FORWARD = [
  'provisioning.before-intent',
  'provisioning.after-intent',
  'provisioning.after-step.router',
  'provisioning.after-step.read_back',
  'provisioning.after-activate',
] as const;
const BACKWARD = ['provisioning.before-undo.router', 'provisioning.after-undo.router'] as const;
/** What a step log looks like, and what the database holds, when nothing went wrong. */
const CLEAN = {
  job: 'succeeded',
  service: 'active',
  steps: 'validate:done reserve_address:done credentials:done router:done read_back:done activate:done',
  addresses: 1,
  settled: true,
};

interface State {
  readonly job: string;
  readonly service: string;
  readonly steps: string;
  readonly addresses: number;
  readonly settled: boolean;
}

const stateOf = (world: World, { jobId }: Accepted) =>
  world.row<State>(
    `SELECT j.status AS job, s.status AS service, u.confirmed_version = u.desired_version AS settled,
            (SELECT string_agg(p.name || ':' || p.status, ' ' ORDER BY p.position) FROM provisioning_steps p
              WHERE p.provisioning_job_id = j.id) AS steps,
            (SELECT count(*)::integer FROM ip_addresses a WHERE a.service_id = s.id) AS addresses
       FROM provisioning_jobs j JOIN services s ON s.id = j.service_id LEFT JOIN subscribers u ON u.service_id = s.id
      WHERE j.id = $1`,
    [jobId],
  );

describe('a saga whose worker is killed', () => {
  it(
    'F3: goes on behind every step, and ends as a run without a kill',
    () =>
      inWorld(async (world) => {
        const api = await world.start('api');
        const accepted: Accepted[] = [];
        for (const [index, point] of FORWARD.entries()) {
          const victim = await world.startDying('worker', point);
          accepted.push(...(await order(world, api, 1, index + 1)));
          expect([point, await victim.end()]).toEqual([point, 'SIGKILL']);
        }
        const watch = stopwatch();
        await world.start('worker');
        await drained(world, 40_000);
        for (const [index, job] of accepted.entries())
          expect([FORWARD[index], await stateOf(world, job)]).toEqual([FORWARD[index], CLEAN]);
        const result = await account(world, accepted);
        report('F3', { ...result, kills: FORWARD.length, seconds: watch.seconds() });
        expect(result).toMatchObject({ finished: FORWARD.length, lost: 0, duplicated: 0, dead: 0 });
      }),
    300_000,
  );

  it(
    'F3: goes back behind every step, and leaves nothing on the network',
    () =>
      inWorld(async (world) => {
        // Long enough for the order to be called back while the router is still at it.
        await world.setRouter('good', { latency_ms: 5_000 });
        const api = await world.start('api');
        for (const [index, point] of BACKWARD.entries()) {
          const victim = await world.startDying('worker', point);
          const [job] = (await order(world, api, 1, index + 1)) as [Accepted];
          const { jobId, serviceId } = job;
          await until('it runs', async () => (await tally(world)).running === 1, 20_000);
          const cancel = `${api.url}/v1/provisioning/jobs/${jobId}/cancel`;
          expect((await ask(cancel, world.database.apiKey, { method: 'POST' })).status).toBe(200);
          expect([point, await victim.end()]).toEqual([point, 'SIGKILL']);
          const heir = await world.start('worker');
          await drained(world, 40_000);
          await heir.terminate();
          expect([point, await stateOf(world, job)]).toEqual([
            point,
            {
              job: 'cancelled',
              service: 'pending_activation',
              steps: expect.stringMatching(
                /validate:done reserve_address:compensated credentials:compensated router:compensated/,
              ),
              addresses: 0,
              settled: true,
            },
          ]);
          const left = await world.row<{ left: number; undone: number }>(
            `SELECT (SELECT count(*)::integer FROM simulated_network.subscribers n JOIN subscribers u USING (username) WHERE u.service_id = $1) AS left,
                    (SELECT count(*)::integer FROM simulated_network.effects WHERE step_key LIKE 'provisioning-' || $2::integer || '-%-router-undo') AS undone`,
            [serviceId, jobId],
          );
          expect(left).toEqual({ left: 0, undone: 1 });
        }
        report('F3', { direction: 'back', kills: BACKWARD.length });
      }),
    300_000,
  );
});

describe('a device that misbehaves', () => {
  it(
    'F26: is given up after 15 s of silence, and tried again until it answers',
    () =>
      inWorld(async (world) => {
        const bad = await world.setRouter('bad', { fault: 'silence' });
        const api = await world.start('api');
        await world.start('worker');
        const start = monotonicMs();
        const [silent] = (await order(world, api, 1, 1, bad)) as [Accepted];
        const failed = await until(
          'the silence on record',
          () => routerStep(world, silent.jobId, `detail->>'error' IS NOT NULL`),
          25_000,
        );
        const waited = (monotonicMs() - start) / 1_000;
        expect(failed).toMatchObject({ status: 'failed', error: 'The device did not answer in time.' });
        await world.setRouter('bad', { fault: 'error' });
        const refused = await until(
          'the refusal on record',
          () => routerStep(world, silent.jobId, `detail->>'error' ~ 'refused'`),
          40_000,
        );
        expect(refused.attempts).toBeGreaterThan(1);
        await world.setRouter('bad', {});
        await drained(world, 60_000);
        expect(await stateOf(world, silent)).toEqual(CLEAN);
        report('F26', { given_up_seconds: waited.toFixed(1), tries: refused.attempts });
        expect(waited).toBeGreaterThan(14);
        expect(waited).toBeLessThan(20);
      }),
    180_000,
  );
});

const routerStep = (world: World, jobId: number, condition: string) =>
  world.row<{ status: string; error: string; attempts: number }>(
    `SELECT status, attempts, detail->>'error' AS error FROM provisioning_steps
      WHERE provisioning_job_id = $1 AND name = 'router' AND ${condition}`,
    [jobId],
  );
