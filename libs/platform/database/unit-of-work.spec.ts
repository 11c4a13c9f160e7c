import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor, systemActor } from '@isp/contracts';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import { API_LIMITS, REPORT_LIMITS, createDataSource } from './pool.js';
import { statement } from './statement.js';
import { together, type Transaction, UnitOfWork } from './unit-of-work.js';

const NOTE = statement('spec-note', 'INSERT INTO schedules (name, every_seconds) VALUES ($1, $2)');
const NOTED = statement('spec-noted', 'SELECT name FROM schedules WHERE name = $1');
const PARTNERS = statement('spec-partners', 'SELECT id FROM partners ORDER BY id');
const ACTOR = systemActor('spec');
const RESELLER: Actor = { ...ACTOR, reach: 'partner', partnerId: 999 };

let database: TestDatabase;
let source: DataSource;
let uow: UnitOfWork;

beforeAll(async () => {
  database = await createTestDatabase();
  source = await createDataSource(
    { url: database.appUrl, max: 2, limits: API_LIMITS, applicationName: 'spec' },
    [],
  ).initialize();
  uow = new UnitOfWork(source);
});
afterAll(async () => {
  await source?.destroy();
  await database?.drop();
});

const noted = (name: string): Promise<boolean> =>
  uow.read(ACTOR, async (tx) => (await tx.one(NOTED, [name])) !== undefined);

const SLOW = statement(
  'spec-slow',
  `SELECT current_setting('statement_timeout') AS limit, current_setting('work_mem') AS memory, pg_sleep($1::float8)::text AS slept`,
);

describe('a report', () => {
  it('may take longer than other answers, with more memory, and leaves nothing of that behind', async () => {
    const limits = { ...API_LIMITS, statementTimeoutMs: 300, readTimeoutMs: 400 };
    const short = await createDataSource(
      { url: database.appUrl, max: 1, limits, applicationName: 'spec' },
      [],
    ).initialize();
    try {
      const small = new UnitOfWork(short);
      const slow = (tx: Transaction) => tx.one<{ limit: string; memory: string }>(SLOW, [0.6]);
      expect(await small.report(ACTOR, slow)).toMatchObject({ limit: '30s', memory: '64MB' });
      await expect(small.read(ACTOR, slow)).rejects.toMatchObject({ code: 'platform.database.timeout' });
      const quick = await small.read(ACTOR, (tx) => tx.one<{ limit: string; memory: string }>(SLOW, [0]));
      expect(quick).toMatchObject({ limit: '300ms', memory: '4MB' });
    } finally {
      await short.destroy();
    }
  });

  it('waits for its turn, so that others find a connection', async () => {
    const wide = await createDataSource(
      { url: database.appUrl, max: 4, limits: API_LIMITS, applicationName: 'spec' },
      [],
    ).initialize();
    try {
      const unit = new UnitOfWork(wide);
      let [running, most] = [0, 0];
      const one = () =>
        unit.report(ACTOR, async (tx) => {
          most = Math.max(most, (running += 1));
          await tx.one(SLOW, [0.05]);
          running -= 1;
        });
      await Promise.all(Array.from({ length: 6 }, one));
      expect(most).toBe(REPORT_LIMITS.atOnce);
    } finally {
      await wide.destroy();
    }
  });
});

describe('UnitOfWork', () => {
  it('writes what was deferred, with the commit', async () => {
    await uow.run(ACTOR, (tx) => Promise.resolve(tx.defer(NOTE, ['deferred', 1])));
    expect(await noted('deferred')).toBe(true);
  });

  it('undoes everything when a deferred write fails', async () => {
    const work = uow.run(ACTOR, async (tx) => {
      await tx.execute(NOTE, ['first', 1]);
      tx.defer(NOTE, ['refused', 0]);
    });
    await expect(work).rejects.toThrow('schedules_every_seconds_check');
    expect([await noted('first'), await noted('refused')]).toEqual([false, false]);
  });

  it('forgets what was deferred inside a savepoint that is undone', async () => {
    await uow.run(ACTOR, async (tx) => {
      tx.defer(NOTE, ['outer', 1]);
      const part = tx.savepoint(() => {
        tx.defer(NOTE, ['inner', 1]);
        return Promise.reject(new Error('undone'));
      });
      await part.catch(() => undefined);
    });
    expect([await noted('outer'), await noted('inner')]).toEqual([true, false]);
  });

  it('reads inside the walls, and refuses a statement behind the commit', async () => {
    expect(await uow.read(ACTOR, (tx) => tx.query(PARTNERS))).toEqual([{ id: 1 }]);
    expect(await uow.read(RESELLER, (tx) => tx.query(PARTNERS))).toEqual([]);
    const late = uow.read(ACTOR, async (tx) => {
      await tx.query(PARTNERS);
      return tx.query(PARTNERS);
    });
    await expect(late).rejects.toThrow('came too late');
  });

  it('asks at once what several ask in the same turn, and gives each its own answer', async () => {
    const asked: (readonly number[])[] = [];
    const double = (items: readonly number[]) => {
      asked.push(items);
      return Promise.resolve(items.map((item) => item * 2));
    };
    const answers = await uow.run(ACTOR, (tx) =>
      Promise.all(
        [1, 2, 3].map(async (item) => {
          const once = await tx.gather(double, item);
          return tx.gather(double, once);
        }),
      ),
    );
    expect(answers).toEqual([4, 8, 12]);
    expect(asked).toEqual([
      [1, 2, 3],
      [2, 4, 6],
    ]);
  });

  it('lets everybody who asked together hear of a failure, and asks nothing behind the rollback', async () => {
    const heard: unknown[] = [];
    const late: Promise<unknown>[] = [];
    const refuse = (_: readonly number[], tx: Transaction) => tx.query<number>(NOTE, ['refused', 0]);
    const work = uow.run(ACTOR, async (tx) => {
      const asked = [1, 2].map((item) => tx.gather(refuse, item).catch((error: Error) => heard.push(error.message)));
      await Promise.all(asked);
      setTimeout(() => late.push(tx.gather(refuse, 3).catch((error: Error) => error.message)), 50);
      throw new Error('undone');
    });
    await expect(work).rejects.toThrow('undone');
    expect(heard).toEqual([
      expect.stringContaining('schedules_every_seconds_check'),
      expect.stringContaining('schedules_every_seconds_check'),
    ]);
    while (late.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await late[0]).toContain('came too late');
  });

  it('asks within a single flight of reads, too', async () => {
    const named = (names: readonly string[], tx: Transaction) =>
      Promise.all(names.map((name) => tx.one<{ name: string }>(NOTED, [name])));
    expect(await uow.read(ACTOR, (tx) => tx.gather(named, 'deferred'))).toEqual({ name: 'deferred' });
  });

  it('refuses a statement of a straggler behind the rollback', async () => {
    const begun: Transaction[] = [];
    const work = uow.run(ACTOR, async (tx) => {
      begun.push(tx);
      await tx.query(PARTNERS);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(begun).toHaveLength(1);
    const stragglers = begun.map((tx) => tx.execute(NOTE, ['straggler', 1]));
    await expect(Promise.all(stragglers)).rejects.toThrow('came too late');
    expect(await noted('straggler')).toBe(false);
  });

  it('names the first failure of statements that were sent together', async () => {
    const work = uow.run(ACTOR, (tx) => together([tx.execute(NOTE, ['zero', 0]), tx.query(PARTNERS)]));
    await expect(work).rejects.toThrow('schedules_every_seconds_check');
  });
});
