import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../../../../test/support/test-postgres.js';
import type { TestDatabase } from '../../../../test/support/test-postgres.js';
import { PostgresRateLimitStore } from './postgres-rate-limit.adapter.js';
import { tierLimits } from './tiers.js';

describe('PostgresRateLimitStore', () => {
  let database: TestDatabase;
  let app: pg.Pool;
  let superuser: pg.Pool;
  let store: PostgresRateLimitStore;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = new pg.Pool({ connectionString: database.appUrl, max: 4 });
    superuser = new pg.Pool({ connectionString: database.superUrl, max: 1 });
    store = new PostgresRateLimitStore(app);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([app.end(), superuser.end()]);
    await database.drop();
  });

  const age = (interval: string) =>
    superuser.query(
      `UPDATE rate_limits SET expires_at = expires_at - $1::interval,
      last_ms = last_ms - extract(epoch FROM $1::interval) * 1000`,
      [interval],
    );

  it('purges what has expired and nothing else', async () => {
    await store.take('old', [{ windowSeconds: 60, limit: 5 }], 1);
    await age('62 seconds');
    await store.take('live', tierLimits('free'), 1);
    expect(await store.purge()).toBe(1);
    expect((await store.peek('live', tierLimits('free'))).windows[0]?.remaining).toBe(99);
  });

  it('frees nothing when the clock goes back', async () => {
    const limits = [{ windowSeconds: 60, limit: 2 }];
    const { at } = await store.take('back', limits, 2);
    // A multiple of the ring's 61 seconds leaves every count in its slot.
    await superuser.query(`UPDATE rate_limits SET last_ms = last_ms + 3660000, oldest[1] = oldest[1] + 3660
      WHERE key LIKE '%:back'`);
    const later = await store.take('back', limits, 1);
    expect(later.granted).toBe(0);
    expect(later.at.getTime()).toBe(at.getTime() + 3_660_000);
  });

  it('writes nothing when it refuses or looks', async () => {
    const limits = [{ windowSeconds: 60, limit: 1 }];
    const version = async () =>
      (await superuser.query("SELECT xmin::text || ctid::text AS v FROM rate_limits WHERE key LIKE '%:quiet'")).rows;
    await store.peek('quiet', limits);
    expect(await version()).toEqual([]);
    await store.take('quiet', limits, 1);
    const [written] = await version();
    await store.peek('quiet', limits);
    expect((await store.take('quiet', limits, 1)).granted).toBe(0);
    const ctid = (row: { v: string } | undefined) => row?.v.replace(/^\d+/, '');
    expect(ctid((await version())[0] as { v: string })).toBe(ctid(written as { v: string }));
  });

  it('takes of keys that meet in one statement, each to its own limits', async () => {
    const asked: number[] = [];
    const counting = {
      query: (config: pg.QueryConfig) => {
        asked.push((config.values as unknown[][])[0]?.length ?? 0);
        return app.query(config);
      },
    };
    const gathering = new PostgresRateLimitStore(counting as never);
    const take = (key: string, limit: number, n: number) => gathering.take(key, [{ windowSeconds: 60, limit }], n);
    const results = await Promise.all([
      take('meet-c', 5, 7),
      take('meet-a', 3, 1),
      take('meet-b', 9, 0),
      take('meet-a', 3, 9),
      gathering.take('meet-a', tierLimits('free'), 1),
    ]);
    expect(results.map(({ granted, windows: [first] }) => [granted, first?.limit, first?.remaining])).toEqual([
      [5, 5, 0],
      [1, 3, 2],
      [0, 9, 9],
      [2, 3, 0],
      [1, 100, 99],
    ]);
    // Three keys, the other windows of one of them, and then the key that came twice.
    expect(asked).toEqual([3, 1, 1]);
  });

  it('never locks the keys of others in its way, nor the purge in theirs', async () => {
    const other = new PostgresRateLimitStore(app);
    const keys = Array.from({ length: 40 }, (_, index) => `cross-${index}`);
    const limits = [{ windowSeconds: 60, limit: 30 }];
    const rounds = Array.from({ length: 20 }, async (_, round) => {
      const mine = round % 2 === 0 ? keys : [...keys].reverse();
      const results = await Promise.all(mine.map((key) => (round % 4 < 2 ? store : other).take(key, limits, 2)));
      if (round % 5 === 0) await store.purge();
      return results.reduce((sum, { granted }) => sum + granted, 0);
    });
    expect((await Promise.all(rounds)).reduce((sum, granted) => sum + granted, 0)).toBe(40 * 30);
  });

  describe('where there is only something to add', () => {
    const asked: string[] = [];
    const noting = () => {
      asked.length = 0;
      const query = (config: pg.QueryConfig) => {
        asked.push(/simple/.test(config.name ?? '') ? 'simple' : 'any');
        return app.query(config);
      };
      return new PostgresRateLimitStore({ query } as never);
    };

    it('adds with a plain statement, and says what the function says', async () => {
      const noted = noting();
      await noted.take('plain', tierLimits('free'), 3);
      const added = await noted.take('plain', tierLimits('free'), 4);
      expect(asked).toEqual(['any', 'simple']);
      expect(added.granted).toBe(4);
      const looked = await store.peek('plain', tierLimits('free'));
      expect(looked.windows).toEqual(added.windows);
      expect(added.windows.map(({ remaining }) => remaining)).toEqual([93, 993, 9993]);
      const { rows } = await superuser.query(
        `SELECT totals, (SELECT sum(n) FROM unnest(counts) n)::integer AS counted FROM rate_limits WHERE key LIKE '%:plain'`,
      );
      expect(rows).toEqual([{ totals: [7, 7, 7], counted: 21 }]);
    });

    it('leaves alone what another process has filled meanwhile', async () => {
      const limits = [{ windowSeconds: 60, limit: 5 }];
      const noted = noting();
      await noted.take('filled', limits, 1);
      await store.take('filled', limits, 3);
      expect((await noted.take('filled', limits, 2)).granted).toBe(1);
      expect(asked).toEqual(['any', 'simple', 'any']);
    });

    it('frees first what has left its window', async () => {
      const limits = [{ windowSeconds: 60, limit: 5 }];
      const noted = noting();
      await noted.take('freed', limits, 4);
      await superuser.query("UPDATE rate_limits SET oldest[1] = oldest[1] - 61 WHERE key LIKE '%:freed'");
      const later = await noted.take('freed', limits, 1);
      expect(asked).toEqual(['any', 'simple', 'any']);
      expect(later).toMatchObject({ granted: 1, windows: [{ remaining: 4 }] });
    });

    it('does not try where it knows better', async () => {
      const limits = [{ windowSeconds: 1, limit: 5 }];
      const noted = noting();
      await noted.take('known', limits, 5);
      await noted.take('known', limits, 1);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await noted.take('known', limits, 2);
      await noted.take('known', limits, 4);
      expect(asked).toEqual(['any', 'any', 'any', 'any']);
    });
  });

  it('keeps the table out of the log', async () => {
    const { rows } = await superuser.query("SELECT relpersistence FROM pg_class WHERE relname = 'rate_limits'");
    expect(rows).toEqual([{ relpersistence: 'u' }]);
  });
});
