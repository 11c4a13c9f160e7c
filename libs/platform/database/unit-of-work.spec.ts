import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor, systemActor } from '@isp/contracts';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import { API_LIMITS, createDataSource } from './pool.js';
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
