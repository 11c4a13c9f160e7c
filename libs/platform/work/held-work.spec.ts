import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemActor } from '@isp/contracts';
import { monotonicMs } from '@isp/kernel';
import type { Config } from '@isp/platform/config';
import { Database, UnitOfWork, WORKER_LIMITS, createDataSource } from '@isp/platform/database';
import { createLogger, Log } from '@isp/platform/logging';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { query } from '../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import { HeldWork } from './held-work.js';

/** Claims and releases touch no database. */
const heldWork = (): HeldWork =>
  new HeldWork(undefined as never, undefined as never, new Log(createLogger('silent', 'test')), undefined as never);
const claim = (epoch: number) => ({ id: '7', epoch, failures: 0 });

describe('HeldWork', () => {
  it('forgets a claim when it ends', () => {
    const held = heldWork();
    held.hold(claim(1));
    held.release(claim(1));
    expect(held.size).toBe(0);
  });

  it('keeps the newer claim of the same work when the older run ends late', () => {
    const held = heldWork();
    const older = held.hold(claim(1));
    const newer = held.hold(claim(3));
    expect([older.signal.aborted, newer.signal.aborted]).toEqual([true, false]);
    held.release(claim(1));
    expect(held.size).toBe(1);
    held.release(claim(3));
    expect(held.size).toBe(0);
  });
});

describe('the heartbeat', () => {
  let database: TestDatabase;
  let source: DataSource;
  let held: HeldWork;
  let uow: UnitOfWork;

  beforeAll(async () => {
    database = await createTestDatabase();
    const pool = { url: database.appUrl, max: 4, limits: WORKER_LIMITS, applicationName: 'spec' };
    source = await createDataSource(pool, []).initialize();
    const log = new Log(createLogger('silent', 'test'));
    uow = new UnitOfWork(source);
    held = new HeldWork(new Database(source), uow, log, { ISP_WORKER_CONCURRENCY: 4 } as Config);
    held.start();
  });
  afterAll(async () => {
    held.stop();
    await source.destroy();
    await database.drop();
  });

  const work = (epoch: number) =>
    query<{ id: string }>(
      database.ownerUrl,
      `INSERT INTO work_items (queue, name, payload, status, epoch, due_at)
       VALUES ('events', 'spec', '{}', 'running', ${epoch}, now() + interval '8 seconds') RETURNING id::text`,
    ).then(([row]) => row?.id as string);
  const leaseOf = async (id: string): Promise<number> => {
    const text = `SELECT extract(epoch FROM due_at - now())::float8 AS left FROM work_items WHERE id = ${id}`;
    const [row] = await query<{ left: number }>(database.ownerUrl, text);
    return row?.left ?? Number.NaN;
  };

  it('goes on for all others while a row is locked, and waits for one that stays so', async () => {
    const [locked, free] = [await work(1), await work(3)];
    const runs = [
      held.hold({ id: locked, epoch: 1, failures: 0 }),
      held.hold({ id: free, epoch: 3, failures: 0 }),
    ] as const;
    const other = new Client({ connectionString: database.ownerUrl });
    await other.connect();
    await other.query(`BEGIN; SELECT FROM work_items WHERE id = ${locked} FOR UPDATE`);
    // Longer than a lease: nobody may find one lapsed afterwards.
    const until = monotonicMs() + 9_000;
    while (monotonicMs() < until) {
      await sleep(500);
      expect(await leaseOf(free)).toBeGreaterThan(4);
    }
    await other.query('COMMIT');
    await other.end();
    while ((await leaseOf(locked)) < 4) await sleep(20);
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  it('ends a run whose work another process has taken over, and no other', async () => {
    const [mine, lost] = [await work(1), await work(3)];
    const runs = [held.hold({ id: mine, epoch: 1, failures: 0 }), held.hold({ id: lost, epoch: 3, failures: 0 })];
    await query(database.ownerUrl, `UPDATE work_items SET epoch = 4 WHERE id = ${lost}`);
    while (!runs[1]?.signal.aborted) await sleep(50);
    expect(runs[0]?.signal.aborted).toBe(false);
  });

  it('does not take a run for lost whose end is committed before its answer is here', async () => {
    const [ends, beaten] = [await work(1), await work(1)];
    held.hold({ id: beaten, epoch: 1, failures: 0 });
    await query(database.ownerUrl, `UPDATE work_items SET due_at = now() WHERE id = ${beaten}`);
    while ((await leaseOf(beaten)) < 4) await sleep(20);
    // One heartbeat comes between the commit and what we hear of it.
    const run = held.hold({ id: ends, epoch: 1, failures: 0 });
    await uow.run(systemActor('spec'), async (tx) => {
      tx.collect(() => sleep(3_000), undefined);
      await run.complete();
    });
    expect([run.completed, run.signal.aborted]).toEqual([true, false]);
  });

  it('counts deaths from the last advance that was committed, and lets nobody advance who was taken over', async () => {
    const id = await work(1);
    await query(database.ownerUrl, `UPDATE work_items SET deaths = 2 WHERE id = ${id}`);
    const deaths = async () =>
      (await query<{ deaths: number }>(database.ownerUrl, `SELECT deaths FROM work_items WHERE id = ${id}`))[0]?.deaths;
    const run = held.hold({ id, epoch: 1, failures: 0 });
    const undone = uow.run(systemActor('spec'), async () => {
      await run.advance();
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await deaths()).toBe(2);
    await uow.run(systemActor('spec'), () => run.advance());
    expect(await deaths()).toBe(0);
    await query(database.ownerUrl, `UPDATE work_items SET epoch = 2, deaths = 1 WHERE id = ${id}`);
    const late = uow.run(systemActor('spec'), () => run.advance());
    await expect(late).rejects.toMatchObject({ code: 'platform.work.fenced' });
    expect(await deaths()).toBe(1);
  });
});
