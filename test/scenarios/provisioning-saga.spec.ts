import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { DefineRouter } from '@isp/domain/network';
import { EVERYTHING, factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { until } from '../support/until.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

const PARTNER = 2;
/** One call takes so long that whoever acts during it is not late, and far less than a device may take (15 s). */
const SLOW = { latency_ms: 4_000 };
let world: ApiWorld;
let worker: RunningProgram;
let key: string;
let made: ReturnType<typeof factory>;
let routers = 0;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  worker = await workerBeside(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  made = factory(world);
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
}, 60_000);

interface Job {
  readonly id: number;
  readonly status: string;
  readonly error: string | null;
  readonly rolling_back: boolean;
  readonly hold: { readonly reason: string } | null;
  readonly steps: readonly {
    readonly name: string;
    readonly status: string;
    readonly detail: Record<string, unknown>;
  }[];
}

const post = (path: string, body: unknown = {}) => world.ask(path, { method: 'POST', key, body });
const read = async (id: number) => (await world.ask(`/v1/provisioning/jobs/${id}`, { key })).json<Job>();
const stepsOf = (job: Job) => Object.fromEntries(job.steps.map(({ name, status }) => [name, status]));
const one = async <R extends object>(sql: string): Promise<R> => (await world.sql<R>(sql))[0] as R;

async function router(settings: Readonly<Record<string, unknown>> = {}): Promise<number> {
  routers += 1;
  const prefixes = [`10.200.${routers}.0/28`];
  const name = `saga ${routers}`;
  const input = { actor: EVERYTHING, name, driver: 'simulated', settings, prefixes };
  return (await made.use(DefineRouter).execute(input)).id;
}

const behave = (id: number, settings: Readonly<Record<string, unknown>>) =>
  world.sql(`UPDATE devices SET settings = '${JSON.stringify(settings)}' WHERE id = ${id}`);

async function provision(routerId: number): Promise<{ serviceId: number; jobId: number }> {
  const serviceId = Number(await made.make.service(PARTNER));
  const answer = await post(`/v1/services/${serviceId}/provision`, { provisioning_data: { router_id: routerId } });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  return { serviceId, jobId: answer.json<{ provisioning_job_id: number }>().provisioning_job_id };
}

const ended = (id: number, status: string) =>
  until(`job ${id} ${status}`, async () => {
    const job = await read(id);
    return job.status === status && job;
  });
const begun = (id: number) =>
  until('intent on record', async () => {
    const job = await read(id);
    return stepsOf(job)['router'] === 'intended' && job;
  });
/** What the network and the database hold of a service. */
const traces = (serviceId: number) =>
  one<{
    router: number | null;
    address: string | null;
    held: number;
    access: string;
    settled: boolean;
    service: string;
  }>(
    `SELECT (SELECT max(router_id) FROM simulated_network.subscribers n WHERE n.username = u.username) AS router,
            host(u.address) AS address, u.access, u.convergence = 'confirmed' AS settled, s.status AS service,
            (SELECT count(*)::integer FROM ip_addresses a WHERE a.service_id = s.id) AS held
       FROM services s JOIN subscribers u ON u.service_id = s.id WHERE s.id = ${serviceId}`,
  );
const GONE = { router: null, address: null, held: 0, access: 'closed', settled: true };

describe('a provisioning job', () => {
  it('is followed live at another API process, and the subscriber is seen to be as wanted', async () => {
    const routerId = await router(SLOW);
    const other = await world.another();
    const { serviceId, jobId } = await provision(routerId);
    const headers = { 'x-api-key': key, accept: 'text/event-stream' };
    const follow = (more = {}) =>
      fetch(`${other.url}/v1/provisioning/jobs/${jobId}/events`, { headers: { ...headers, ...more } });
    const answer = await follow();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const text = await answer.text();
    const events = text.split('\n\n').filter((part) => part.includes('event: '));
    const kinds = events.map((part) => /event: (\w+)/.exec(part)?.[1]);
    expect(new Set(kinds)).toEqual(new Set(['step', 'job']));
    expect(events.filter((part) => /event: step\n.*"name":"router","status":"intended"/.test(part))).toHaveLength(1);
    const last = JSON.parse(/data: (.*)/.exec(events.at(-1) ?? '')?.[1] ?? '{}') as Job;
    expect([kinds.at(-1), last.status, stepsOf(last)['activate']]).toEqual(['job', 'succeeded', 'done']);
    // A reader who lost the connection half way gets the rest, one who has seen all of it an end.
    const half = /id: (.*)/.exec(events[1] ?? '')?.[1] as string;
    const rest = await (await follow({ 'last-event-id': half })).text();
    expect(rest).toContain('"status":"succeeded"');
    expect((await follow({ 'last-event-id': /id: (.*)/.exec(events.at(-1) ?? '')?.[1] as string })).status).toBe(204);
    expect(await traces(serviceId)).toMatchObject({ router: routerId, held: 1, settled: true, service: 'active' });
  }, 60_000);

  it('goes back when its end is refused, in reverse and with every undoing on record', async () => {
    const routerId = await router(SLOW);
    const { serviceId, jobId } = await provision(routerId);
    await begun(jobId);
    await world.sql(`UPDATE services SET status = 'terminated' WHERE id = ${serviceId}`);
    const job = await ended(jobId, 'failed');
    expect(stepsOf(job)).toMatchObject({
      router: 'compensated',
      reserve_address: 'compensated',
      credentials: 'compensated',
    });
    expect(job.error).toContain('terminated');
    expect(await traces(serviceId)).toMatchObject(GONE);
    const keys = await world.sql<{ step_key: string }>(
      `SELECT step_key FROM simulated_network.effects WHERE step_key LIKE 'provisioning-${jobId}-%' ORDER BY at`,
    );
    expect(keys.map(({ step_key: one }) => one)).toEqual([
      expect.stringMatching(/^provisioning-\d+-[a-z0-9]+-[0-9a-f]{12}-router$/),
      expect.stringMatching(/^provisioning-\d+-[a-z0-9]+-router-undo$/),
    ]);
  }, 60_000);

  it('is cancelled while it runs: undone, and ready to be ordered again', async () => {
    const { serviceId, jobId } = await provision(await router(SLOW));
    await begun(jobId);
    const answer = await post(`/v1/provisioning/jobs/${jobId}/cancel`);
    expect([answer.status, answer.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'running', rolling_back: true }),
    ]);
    await ended(jobId, 'cancelled');
    expect(await traces(serviceId)).toMatchObject({ ...GONE, service: 'pending_activation' });
    expect((await post(`/v1/services/${serviceId}/provision`)).status).toBe(202);
  }, 60_000);

  it('is held at its next step and goes on when it is released', async () => {
    const { serviceId, jobId } = await provision(await router(SLOW));
    await begun(jobId);
    expect((await post(`/v1/provisioning/jobs/${jobId}/hold`, { reason: 'Splicer' })).status).toBe(200);
    const held = await until('router on record', async () => {
      const job = await read(jobId);
      return stepsOf(job)['read_back'] === 'done' && job;
    });
    expect(held).toMatchObject({ status: 'running', hold: { reason: 'Splicer' } });
    expect((await traces(serviceId)).service).toBe('provisioning');
    expect((await post(`/v1/provisioning/jobs/${jobId}/release`)).status).toBe(200);
    expect((await ended(jobId, 'succeeded')).hold).toBeNull();
    const { asked } = await one<{ asked: number }>(
      `SELECT sum(times_asked)::integer AS asked FROM simulated_network.effects WHERE step_key LIKE 'provisioning-${jobId}-%'`,
    );
    expect(asked).toBe(1);
  }, 60_000);

  it('is held by name when it cannot go back, until a person says that it was undone', async () => {
    const routerId = await router(SLOW);
    const { serviceId, jobId } = await provision(routerId);
    await begun(jobId);
    expect((await post(`/v1/provisioning/jobs/${jobId}/cancel`)).status).toBe(200);
    await behave(routerId, { fault: 'error' });
    await until('an undoing that failed', async () => stepsOf(await read(jobId))['router'] === 'compensating');
    // The other tries would take half a minute.
    await world.sql(
      `UPDATE provisioning_steps SET attempts = 5 WHERE provisioning_job_id = ${jobId} AND name = 'router'`,
    );
    const held = await until('held', async () => {
      const job = await read(jobId);
      return job.hold && job;
    });
    expect(held).toMatchObject({ status: 'running', hold: { reason: 'compensation_failed' }, rolling_back: true });
    const listed = await world.ask('/v1/provisioning/jobs?held=true', { key });
    expect(listed.json<{ provisioning_jobs: Job[] }>().provisioning_jobs.map(({ id }) => id)).toContain(jobId);
    const resolve = (step: string) =>
      post(`/v1/provisioning/jobs/${jobId}/resolve`, { step, note: 'Over the console' });
    expect((await resolve('read_back')).status).toBe(409);
    expect((await resolve('router')).status).toBe(200);
    const job = await ended(jobId, 'cancelled');
    expect(job.steps.find(({ name }) => name === 'router')?.detail).toMatchObject({ note: 'Over the console' });
    expect(await traces(serviceId)).toMatchObject({ address: null, held: 0, access: 'closed' });
  }, 90_000);

  it('that waited is not carried out for a customer who was suspended meanwhile', async () => {
    const { serviceId, jobId } = await provision(await router());
    await ended(jobId, 'succeeded');
    const waiting = Number(await made.make.service(PARTNER));
    const scheduled = await post(`/v1/services/${waiting}/provision`, { scheduled_time: '2099-01-01T00:00:00Z' });
    const { provisioning_job_id: id } = scheduled.json<{ provisioning_job_id: number }>();
    await world.sql(`UPDATE customers SET status = 'suspended' WHERE id = (SELECT customer_id FROM services WHERE id = ${waiting});
                     UPDATE provisioning_jobs SET scheduled_at = now() WHERE id = ${id};
                     UPDATE work_items SET due_at = now(), not_before = now() WHERE dedupe_key = '${id}'`);
    const job = await ended(id, 'failed');
    expect([job.error, job.steps]).toEqual([expect.stringContaining('suspended'), []]);
    expect((await traces(serviceId)).service).toBe('active');
  }, 60_000);

  it('waits for a device that takes one order at a time, without a worker waiting for it', async () => {
    const routerId = await router({ latency_ms: 300, max_parallel: 1 });
    const jobs = await Promise.all([1, 2, 3].map(() => provision(routerId)));
    await Promise.all(jobs.map(({ jobId }) => ended(jobId, 'succeeded')));
    const gaps = await world.sql<{ gap: number }>(
      `SELECT extract(epoch FROM at - lag(at) OVER (ORDER BY at))::float8 AS gap FROM simulated_network.effects WHERE router_id = ${routerId}`,
    );
    expect(gaps).toHaveLength(3);
    for (const { gap } of gaps.slice(1)) expect(gap).toBeGreaterThanOrEqual(0.29);
  }, 60_000);
});

describe('a service on the network', () => {
  it('moves, comes back when the move is cancelled, and leaves when it is over', async () => {
    const [from, to] = [await router(), await router(SLOW)];
    const { serviceId, jobId } = await provision(from);
    await ended(jobId, 'succeeded');
    const before = await traces(serviceId);
    const move = async () => {
      const answer = await post(`/v1/services/${serviceId}/move`, { provisioning_data: { router_id: to } });
      expect(answer.status).toBe(202);
      return answer.json<{ provisioning_job_id: number }>().provisioning_job_id;
    };
    const first = await move();
    await begun(first);
    expect((await post(`/v1/provisioning/jobs/${first}/cancel`)).status).toBe(200);
    expect(stepsOf(await ended(first, 'cancelled'))).toMatchObject({
      router: 'compensated',
      reserve_address: 'compensated',
    });
    expect(await traces(serviceId)).toEqual(before);
    await behave(to, {});
    expect(stepsOf(await ended(await move(), 'succeeded'))).toMatchObject({ old_router: 'done', confirm: 'done' });
    const after = await traces(serviceId);
    expect(after).toMatchObject({ router: to, held: 1, settled: true, service: 'active' });
    expect(after.address).not.toBe(before.address);
    await world.sql(`UPDATE services SET status = 'terminated' WHERE id = ${serviceId};
      INSERT INTO outbox (name, partner_id, payload) SELECT 'services.service.terminated.v1', partner_id, jsonb_build_object(
        'partner_id', partner_id, 'customer_id', customer_id, 'service_id', id, 'service_type', service_type, 'status', status, 'sequence', version)
        FROM services WHERE id = ${serviceId}`);
    const removal = await until('removal', async () =>
      one<{ id: number }>(`SELECT id FROM provisioning_jobs WHERE service_id = ${serviceId} AND kind = 'deprovision'`),
    );
    expect(stepsOf(await ended(removal.id, 'succeeded'))).toMatchObject({ router: 'done', close_subscriber: 'done' });
    expect(await traces(serviceId)).toMatchObject(GONE);
  }, 90_000);
});
