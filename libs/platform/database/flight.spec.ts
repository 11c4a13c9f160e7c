import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Actor, systemActor } from '@isp/contracts';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import { fly } from './flight.js';
import { API_LIMITS, createDataSource, poolOf } from './pool.js';
import { statement } from './statement.js';
import { together, UnitOfWork } from './unit-of-work.js';

const PARTNERS = statement('flight-partners', 'SELECT id FROM partners ORDER BY id');
const WALLS = statement(
  'flight-walls',
  `SELECT current_setting('app.unrestricted', true) AS unrestricted, current_setting('app.partner_id', true) AS partner,
          current_setting('app.customer_id', true) AS customer, pg_backend_pid() AS pid`,
);
const NOTE = statement('flight-note', 'INSERT INTO schedules (name, every_seconds) VALUES ($1, $2)');
const NOTED = statement('flight-noted', 'SELECT name FROM schedules WHERE name = $1');
const RENAME = statement(
  'flight-rename',
  `UPDATE schedules SET every_seconds = every_seconds WHERE name LIKE 'flight-%'`,
);
const BAD = statement('flight-bad', 'SELECT 1 / $1::integer AS n');
const NONSENSE = statement('flight-nonsense', 'SELECT no_such_column FROM partners');
const SLOW = statement('flight-slow', 'SELECT pg_sleep($1::float8)');
const MANY = statement(
  'flight-many',
  `SELECT n, repeat('x', 100) AS text, n::bigint AS big FROM generate_series(1, $1::integer) n`,
);
const TYPES = statement(
  'flight-types',
  `SELECT NULL::text AS nothing, 7 AS number, true AS truth, '{"a":[1]}'::jsonb AS json, ARRAY['a','b'] AS list,
          '2026-01-02T03:04:05.678Z'::timestamptz AS instant, 12.50::numeric AS money, '' AS empty, '\\x01ff'::bytea AS bytes`,
);
const ECHO = statement(
  'flight-echo',
  'SELECT $1::text AS text, $2::jsonb AS json, $3::timestamptz AS instant, $4::text[] AS list',
);
const OPERATOR = systemActor('spec');
const partner = (partnerId: number): Actor => ({ ...OPERATOR, reach: 'partner', partnerId });

let database: TestDatabase;
let source: DataSource;
let uow: UnitOfWork;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  // One connection: whoever comes next has the very one that was used before.
  const limits = { ...API_LIMITS, statementTimeoutMs: 400, readTimeoutMs: 1_500 };
  source = await createDataSource({ url: database.appUrl, max: 1, limits, applicationName: 'spec' }, []).initialize();
  uow = new UnitOfWork(source);
});
afterEach(() => source?.destroy());

interface Seen {
  readonly unrestricted: string | null;
  readonly partner: string | null;
  readonly customer: string | null;
  readonly pid: number;
}

/** What somebody sees who uses the connection outside of every unit of work. */
async function outside(): Promise<Seen> {
  return (await poolOf(source).query<Seen>(WALLS.text)).rows[0] as Seen;
}

async function asSuperuser(text: string, values: readonly unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: database.superUrl });
  await client.connect();
  await client.query(text, [...values]);
  await client.end();
}

const noWalls = { unrestricted: '', partner: '', customer: '' };

describe('a flight of reads', () => {
  it('stands within the walls of its own tenant alone, on one connection in turn, and leaves none behind', async () => {
    const { pid } = (await uow.read(partner(41), (tx) => tx.one<Seen>(WALLS))) as Seen;
    expect(await outside()).toEqual({ ...noWalls, pid });
    for (const id of [42, 43, 42]) {
      const [seen, rows] = await uow.read(partner(id), (tx) => together([tx.one<Seen>(WALLS), tx.query(PARTNERS)]));
      expect(seen).toEqual({ unrestricted: '', partner: String(id), customer: '', pid });
      expect(rows).toEqual([]);
    }
    expect(await uow.read(OPERATOR, (tx) => tx.query(PARTNERS))).toEqual([{ id: 1 }]);
    expect(await uow.read({ ...partner(42), reach: 'customer', customerId: 7 }, (tx) => tx.one(WALLS))).toEqual({
      ...{ unrestricted: '', partner: '42', customer: '7', pid },
    });
    expect(await outside()).toEqual({ ...noWalls, pid });
  });

  it('keeps many tenants apart who read at the same time', async () => {
    const seen = await Promise.all(
      Array.from({ length: 60 }, (_, id) =>
        uow.read(partner(id + 100), async (tx) => (await tx.one<Seen>(WALLS))?.partner),
      ),
    );
    expect(seen).toEqual(Array.from({ length: 60 }, (_, id) => String(id + 100)));
  });

  it.each([
    ['fails as it runs', BAD, 'division by zero'],
    ['cannot be parsed', NONSENSE, 'no_such_column'],
  ])('is undone and leaves the connection clean when a statement in its middle %s', async (_, bad, message) => {
    const { pid } = (await uow.read(partner(51), (tx) => tx.one<Seen>(WALLS))) as Seen;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const work = uow.read(partner(51), (tx) =>
        together([tx.execute(NOTE, ['flight-lost', 1]), tx.query(bad, bad === BAD ? [0] : []), tx.query(MANY, [3])]),
      );
      await expect(work).rejects.toThrow(message);
      expect(await outside()).toEqual({ ...noWalls, pid });
    }
    const after = uow.read(OPERATOR, (tx) => together([tx.query(NOTED, ['flight-lost']), tx.query(MANY, [1])]));
    expect(await after).toEqual([[], [{ n: 1, text: 'x'.repeat(100), big: '1' }]]);
    expect((await uow.read(partner(52), (tx) => tx.one<Seen>(WALLS)))?.pid).toBe(pid);
  });

  it('fails as a whole although its reader looks away', async () => {
    const work = uow.read(partner(51), async (tx) => {
      const [outcome] = await Promise.allSettled([tx.query(BAD, [0])]);
      return outcome?.status;
    });
    await expect(work).rejects.toThrow('division by zero');
  });

  it('is stopped by the server when it takes too long, and leaves the connection clean', async () => {
    const { pid } = await outside();
    const slow = uow.read(partner(61), (tx) => together([tx.query(PARTNERS), tx.query(SLOW, [5])]));
    await expect(slow).rejects.toMatchObject({ code: 'platform.database.timeout' });
    expect(await outside()).toEqual({ ...noWalls, pid });
  });

  it('gives up a connection that does not answer, and the next has another one', async () => {
    const { pid } = await outside();
    await poolOf(source).query('SET statement_timeout = 0');
    const slow = uow.read(partner(61), (tx) => tx.query(SLOW, [4]));
    await expect(slow).rejects.toMatchObject({ code: 'platform.database.unavailable' });
    const next = (await uow.read(partner(62), (tx) => tx.one<Seen>(WALLS))) as Seen;
    expect(next.partner).toBe('62');
    expect(next.pid).not.toBe(pid);
  });

  it('says that the database is away when its connection is cut, and the next has another one', async () => {
    const { pid } = await outside();
    await poolOf(source).query('SET statement_timeout = 0');
    const slow = uow.read(partner(61), (tx) => together([tx.query(PARTNERS), tx.query(SLOW, [30])]));
    const failed = expect(slow).rejects.toMatchObject({ code: 'platform.database.unavailable' });
    await asSuperuser('SELECT pg_terminate_backend($1)', [pid]);
    await failed;
    expect((await uow.read(partner(62), (tx) => tx.one<Seen>(WALLS)))?.partner).toBe('62');
  });

  it('brings large results whole and in order', async () => {
    const rows = await uow.read(OPERATOR, (tx) => tx.query<{ n: number }>(MANY, [30_000]));
    expect(rows).toHaveLength(30_000);
    expect(rows.every(({ n }, index) => n === index + 1)).toBe(true);
  });

  it('reads values of every kind as the driver does, the first time and when the columns are known', async () => {
    const expected = (await poolOf(source).query(TYPES.text)).rows;
    for (let time = 0; time < 3; time += 1) expect(await uow.read(OPERATOR, (tx) => tx.query(TYPES))).toEqual(expected);
    const values = ['O\'Neill \\ "x"', { a: [null, 'ü'] }, new Date('2026-03-04T05:06:07.089Z'), ['a"b', null, '{}']];
    const [echoed] = await uow.read(OPERATOR, (tx) => tx.query(ECHO, values));
    expect(echoed).toEqual({ text: values[0], json: values[1], instant: values[2], list: values[3] });
  });

  it('counts rows by the tag of the command', async () => {
    await uow.run(OPERATOR, async (tx) => {
      expect(await together([tx.execute(NOTE, ['flight-a', 1]), tx.execute(NOTE, ['flight-b', 1])])).toEqual([1, 1]);
      expect(await together([tx.execute(RENAME), tx.execute(MANY, [12])])).toEqual([2, 12]);
    });
  });

  it('sends nothing of a flight whose values cannot be written, and refuses a second text under one name', async () => {
    const { pid } = await outside();
    const round: Record<string, unknown> = {};
    round['self'] = round;
    const work = uow.read(OPERATOR, (tx) => together([tx.execute(NOTE, ['flight-half', 1]), tx.query(ECHO, [round])]));
    await expect(work).rejects.toThrow('circular');
    expect(await uow.read(OPERATOR, (tx) => tx.query(NOTED, ['flight-half']))).toEqual([]);
    const client = await poolOf(source).connect();
    const other = fly(client, [{ sql: { name: NOTED.name, text: 'SELECT 1' }, values: [] }]);
    await expect(other).rejects.toThrow('two statements are named flight-noted');
    client.release();
    expect((await outside()).pid).toBe(pid);
  });

  it('refuses the ORM and savepoints, which need a block', async () => {
    await expect(uow.read(OPERATOR, (tx) => Promise.resolve(tx.manager))).rejects.toThrow('a transaction of its own');
    await expect(uow.read(OPERATOR, (tx) => tx.savepoint(() => tx.query(PARTNERS)))).rejects.toThrow('of its own');
  });
});
