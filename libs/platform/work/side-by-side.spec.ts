import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemActor } from '@isp/contracts';
import type { Config } from '@isp/platform/config';
import { Database, UnitOfWork, WORKER_LIMITS, createDataSource, together } from '@isp/platform/database';
import { Log, createLogger } from '@isp/platform/logging';
import type { DataSource } from 'typeorm';
import { query } from '../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import type { HandlesJob, JobPart } from './handlers.js';
import { HeldWork } from './held-work.js';
import { HandlerRegistry } from './registry.js';
import { WorkHandlers } from './work-handlers.js';
import { WorkRunner } from './work-runner.js';

const JOB = 'provisioning.run';
type Part = JobPart<typeof JOB>;
type Work = (parts: readonly Part[]) => readonly Promise<void>[];

let database: TestDatabase;
let source: DataSource;
let uow: UnitOfWork;
let runner: WorkRunner;
let work: Work;
let alone: number[] = [];

const sql = <R extends object = never>(text: string) => query<R>(database.ownerUrl, text);
const numberOf = ({ payload }: Part): number => payload.provisioning_job_id;
async function accepted(count: number): Promise<string[]> {
  const rows = await sql<{ id: string }>(
    `INSERT INTO work_items (queue, name, payload, dedupe_key, request_id)
     SELECT 'provisioning', '${JOB}', jsonb_build_object('provisioning_job_id', n), n, 'request-' || n
       FROM generate_series(1, ${count}) n RETURNING id::text`,
  );
  return rows.map(({ id }) => id);
}
const left = () =>
  sql<{ status: string; failures: number }>('SELECT status, failures FROM work_items ORDER BY id').then((rows) =>
    rows.map(({ status, failures }) => `${status} ${failures}`),
  );

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = { url: database.appUrl, max: 4, limits: WORKER_LIMITS, applicationName: 'spec' };
  source = await createDataSource(pool, []).initialize();
  uow = new UnitOfWork(source);
  const registry = new HandlerRegistry(undefined as never);
  const instance: HandlesJob<typeof JOB> = {
    handle: ({ provisioning_job_id: id }) => Promise.resolve(void alone.push(id)),
    handleAll: (parts) => work(parts),
  };
  registry.jobs.set(JOB, { options: { job: JOB }, instance: instance });
  const log = new Log(createLogger('silent', 'spec'));
  const config = { ISP_WORKER_CONCURRENCY: 4 } as Config;
  const platform = new Database(source);
  const held = new HeldWork(platform, uow, log, config);
  runner = new WorkRunner(platform, uow, new WorkHandlers(uow, registry), held, undefined as never, log, config);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});
beforeEach(async () => {
  await sql('DELETE FROM work_items');
  alone = [];
});

describe('work of a handler that wants all of it at once', () => {
  it('comes as it was claimed, each part with its own request', async () => {
    const seen: (readonly [number, string])[][] = [];
    work = (parts) => {
      seen.push(parts.map((part) => [numberOf(part), part.requestId]));
      return parts.map(() => Promise.resolve());
    };
    await runner.process({ ids: await accepted(3), deaths: 0 }, 3);
    expect(seen).toEqual([[1, 2, 3].map((n) => [n, `request-${n}`])]);
    expect([await left(), alone]).toEqual([Array<string>(3).fill('succeeded 0'), []]);
  });

  it('is completed in one transaction, or fenced off part by part', async () => {
    const outcomes: unknown[] = [];
    work = (parts) => {
      const taken = sql(`UPDATE work_items SET epoch = epoch + 1 WHERE payload->>'provisioning_job_id' = '2'`);
      const finish = (some: readonly Part[]) =>
        uow.run(systemActor('spec'), () => together(some.map(({ run }) => run.complete())));
      const all = taken.then(() => finish(parts)).catch((error: Error) => outcomes.push(error.message));
      return parts.map((part) => all.then(() => finish([part])).then(() => undefined));
    };
    await runner.process({ ids: await accepted(3), deaths: 0 }, 3);
    expect(outcomes).toHaveLength(1);
    expect(await left()).toEqual(['succeeded 0', 'running 0', 'succeeded 0']);
  });

  it('fails part by part, and gives the slot of each back as it ends', async () => {
    let slow = (): void => undefined;
    const ids = await accepted(5);
    work = (parts) =>
      parts.map((part) => {
        if (numberOf(part) === 1) return new Promise<void>((resolve) => (slow = resolve));
        // The fifth found a place while the first is still under way.
        if (numberOf(part) === 5) slow();
        return numberOf(part) === 2 ? Promise.reject(new Error('no')) : Promise.resolve();
      });
    await runner.process({ ids, deaths: 0 }, 3);
    expect(await left()).toEqual(['succeeded 0', 'queued 1', 'succeeded 0', 'succeeded 0', 'succeeded 0']);
  });

  it('comes alone when it was part of a death', async () => {
    const [id = ''] = await accepted(1);
    await sql('UPDATE work_items SET deaths = 1');
    await runner.process({ ids: [id], deaths: 1 }, 3);
    expect([await left(), alone]).toEqual([['succeeded 0'], [1]]);
  });
});
