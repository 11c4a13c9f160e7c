import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { DefineRouter } from '@isp/domain/network';
import { EVERYTHING, factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { until } from '../support/until.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

const PARTNER = 2;
/** One call takes so long that whoever acts during it is not late. */
const SLOW = { latency_ms: 4_000 };
let world: ApiWorld;
let key: string;
let made: ReturnType<typeof factory>;
let quick: number;
let slow: number;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  key = await world.keyOf(1, PERMISSIONS, 'all');
  made = factory(world);
}, 120_000);
afterAll(() => world.close(), 60_000);

interface Job {
  readonly id: number;
  readonly serviceId: number;
  readonly requestId: string;
}
interface Row {
  readonly id: number;
  readonly status: string;
  readonly attempts: number;
  /** Of the transaction in which it began, and of that in which it ended. */
  readonly began: string | null;
  readonly ended: string | null;
  readonly service: string;
  readonly address: string | null;
}

let routers = 0;
async function router(settings: Readonly<Record<string, unknown>> = {}): Promise<number> {
  routers += 1;
  const prefixes = [`10.220.${routers}.0/26`];
  const input = { actor: EVERYTHING, name: `together ${routers}`, driver: 'simulated', settings, prefixes };
  return (await made.use(DefineRouter).execute(input)).id;
}
beforeEach(async () => {
  quick = await router();
  slow = await router(SLOW);
});

async function order(routerId: number): Promise<Job> {
  const serviceId = Number(await made.make.service(PARTNER));
  const body = { provisioning_data: { router_id: routerId } };
  const answer = await world.ask(`/v1/services/${serviceId}/provision`, { method: 'POST', key, body });
  expect([answer.status, answer.text]).toEqual([202, expect.any(String)]);
  const id = answer.json<{ provisioning_job_id: number }>().provisioning_job_id;
  const [work] = await world.sql<{ request_id: string }>(
    `SELECT request_id FROM work_items WHERE name = 'provisioning.run' AND dedupe_key = '${id}'`,
  );
  return { id, serviceId, requestId: work?.request_id as string };
}
async function orders(routerId: number, count: number): Promise<Job[]> {
  const all: Job[] = [];
  for (let n = 0; n < count; n += 1) all.push(await order(routerId));
  return all;
}

const rowsOf = async (jobs: readonly Job[]): Promise<Row[]> => {
  const rows = await world.sql<Row>(
    `SELECT j.id, j.status, j.attempts, j.started_at::text AS began, j.finished_at::text AS ended, s.status AS service,
            (SELECT host(a.address) FROM ip_addresses a WHERE a.service_id = s.id) AS address
       FROM provisioning_jobs j JOIN services s ON s.id = j.service_id WHERE j.id IN (${jobs.map(({ id }) => id).join()})`,
  );
  return jobs.map((job) => rows.find(({ id }) => id === job.id) as Row);
};
const over = (jobs: readonly Job[]) =>
  until('jobs over', async () => {
    const rows = await rowsOf(jobs);
    return rows.every(({ ended }) => ended !== null) && rows;
  });
const statuses = (rows: readonly Row[]) => rows.map(({ status, service }) => `${status}: ${service}`);
const different = <T>(all: readonly T[]) => new Set(all).size;
const WELL = 'succeeded: active';

/** A worker that finds all of it waiting, and claims it at once: it has a place for it beside what else waits. */
async function withWorker<T>(work: () => Promise<T>): Promise<T> {
  const worker: RunningProgram = await workerBeside(world, { ISP_WORKER_CONCURRENCY: '80' });
  try {
    return await work();
  } finally {
    await worker.stop(0);
  }
}
const told = (jobs: readonly Job[]) =>
  until('devices told', async () => {
    const [row] = await world.sql<{ intended: number }>(
      `SELECT count(*)::integer AS intended FROM provisioning_steps WHERE name = 'router' AND status = 'intended'
          AND provisioning_job_id IN (${jobs.map(({ id }) => id).join()})`,
    );
    return row?.intended === jobs.length;
  });

describe('orders that a worker claims together', () => {
  it('begin in one transaction and end in another, each in the wake of its own request', async () => {
    const jobs = await orders(quick, 6);
    const rows = await withWorker(() => over(jobs));
    expect(statuses(rows)).toEqual(jobs.map(() => WELL));
    expect([different(rows.map(({ began }) => began)), different(rows.map(({ address }) => address))]).toEqual([1, 6]);
    expect(different(rows.map(({ ended }) => ended))).toBeLessThan(6);
    const traced = await world.sql<{ id: string; request: string }>(
      `SELECT subject_id AS id, request_id AS request FROM audit_entries
        WHERE subject_type = 'service' AND action = 'service.move' AND changes->'status'->>1 = 'active'
          AND subject_id IN (${jobs.map(({ serviceId }) => `'${serviceId}'`).join()})`,
    );
    const requests = new Map(traced.map(({ id, request }) => [Number(id), request]));
    expect(jobs.map(({ serviceId }) => requests.get(serviceId))).toEqual(jobs.map(({ requestId }) => requestId));
    const notes = await world.sql<{ steps: number }>(
      `SELECT count(*)::integer AS steps FROM provisioning_steps
        WHERE status = 'done' AND provisioning_job_id IN (${jobs.map(({ id }) => id).join()}) GROUP BY provisioning_job_id`,
    );
    expect(notes.map(({ steps }) => steps)).toEqual(jobs.map(() => notes[0]?.steps));
  }, 60_000);

  it('are not held up by one that is refused, nor by one whose device fails', async () => {
    const jobs = await orders(quick, 4);
    const refused = await order(quick);
    const broken = await router({ fault: 'error' });
    const failing = await order(broken);
    await world.sql(`UPDATE services SET status = 'terminated' WHERE id = ${refused.serviceId}`);
    const [rows, gone, failed, mended] = await withWorker(async () => {
      const well = await over([...jobs, refused]);
      const before = await rowsOf([failing]);
      await world.sql(`UPDATE devices SET settings = '{}' WHERE id = ${broken}`);
      return [well.slice(0, 4), well.slice(4), before, await over([failing])] as const;
    });
    expect(statuses(rows)).toEqual(jobs.map(() => WELL));
    expect(different(rows.map(({ address }) => address))).toBe(4);
    expect(gone.map(({ status, address }) => [status, address])).toEqual([['failed', null]]);
    expect([statuses(failed), statuses(mended)]).toEqual([['running: provisioning'], [WELL]]);
  }, 90_000);

  it('are over before one whose device is slow', async () => {
    const jobs = await orders(quick, 4);
    const waiting = await order(slow);
    const [rows, meanwhile] = await withWorker(async () => {
      const well = await over(jobs);
      return [well, await rowsOf([waiting]), await over([waiting])] as const;
    });
    expect(statuses(rows)).toEqual(jobs.map(() => WELL));
    expect(different([...rows, ...meanwhile].map(({ began }) => began))).toBe(1);
    expect(statuses(meanwhile)).toEqual(['running: provisioning']);
  }, 60_000);

  it('end well beside one that was called back, one that is held and one that another worker took over', async () => {
    const jobs = await orders(slow, 3);
    const [cancelled, held, fenced] = [await order(slow), await order(slow), await order(slow)];
    const after = await withWorker(async () => {
      await told([...jobs, cancelled, held, fenced]);
      const post = (job: Job, verb: string, body = {}) =>
        world.ask(`/v1/provisioning/jobs/${job.id}/${verb}`, { method: 'POST', key, body });
      expect((await post(cancelled, 'cancel')).status).toBe(200);
      expect((await post(held, 'hold', { reason: 'Splicer' })).status).toBe(200);
      await world.sql(
        `UPDATE work_items SET epoch = epoch + 1 WHERE name = 'provisioning.run' AND dedupe_key = '${fenced.id}'`,
      );
      const well = await over([...jobs, cancelled]);
      const waits = await rowsOf([held]);
      expect((await post(held, 'release')).status).toBe(200);
      return [...well, ...waits, ...(await over([fenced])), ...(await over([held]))];
    });
    expect(statuses(after)).toEqual([
      ...jobs.map(() => WELL),
      'cancelled: pending_activation',
      'running: provisioning',
      WELL,
      WELL,
    ]);
    const asked = await world.sql<{ asked: number }>(
      `SELECT sum(times_asked)::integer AS asked FROM simulated_network.effects WHERE operation = 'apply'
          AND split_part(step_key, '-', 2)::integer IN (${jobs.map(({ id }) => id).join()}) GROUP BY split_part(step_key, '-', 2)`,
    );
    expect(asked.map((row) => row.asked)).toEqual([1, 1, 1]);
  }, 90_000);
});
