import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { systemClock } from '@isp/kernel';
import { redisAvailable, startRedis } from '../../../../test/support/redis.js';
import { createTestDatabase } from '../../../../test/support/test-postgres.js';
import { MemoryRateLimitStore } from './memory-rate-limit.adapter.js';
import { PostgresRateLimitStore } from './postgres-rate-limit.adapter.js';
import type { RateLimitStore, WindowLimit } from './rate-limit.port.js';
import { RedisRateLimitStore } from './redis-rate-limit.adapter.js';
import { tierLimits } from './tiers.js';

interface Backend {
  /** Two stores on one backend, as two processes would have. */
  readonly stores: readonly [RateLimitStore, RateLimitStore];
  close(): Promise<void>;
}

async function memory(): Promise<Backend> {
  const store = new MemoryRateLimitStore(systemClock);
  return { stores: [store, store], close: () => Promise.resolve() };
}

async function redis(): Promise<Backend> {
  const server = await startRedis();
  const clients = [new Redis(server.url), new Redis(server.url)] as const;
  return {
    stores: [new RedisRateLimitStore(clients[0]), new RedisRateLimitStore(clients[1])],
    async close() {
      for (const client of clients) client.disconnect();
      await server.stop();
    },
  };
}

async function postgres(): Promise<Backend> {
  const database = await createTestDatabase();
  const pools = [1, 2].map(() => new pg.Pool({ connectionString: database.appUrl, max: 10 })) as [pg.Pool, pg.Pool];
  return {
    stores: [new PostgresRateLimitStore(pools[0]), new PostgresRateLimitStore(pools[1])],
    async close() {
      await Promise.all(pools.map((pool) => pool.end()));
      await database.drop();
    },
  };
}

const minuteAndHour: readonly WindowLimit[] = [
  { windowSeconds: 60, limit: 100 },
  { windowSeconds: 3600, limit: 1000 },
];
const second = (limit: number): readonly WindowLimit[] => [{ windowSeconds: 1, limit }];

/** `total` takes of one by `callers` who each wait for an answer before they ask again, over all stores in turn. */
async function hammer(
  stores: readonly RateLimitStore[],
  key: string,
  limits: readonly WindowLimit[],
  total: number,
  callers: number,
) {
  const remaining: number[] = [];
  let asked = 0;
  const caller = async (store: RateLimitStore) => {
    while (asked < total) {
      asked += 1;
      const result = await store.take(key, limits, 1);
      if (result.granted === 1) remaining.push(result.windows[0]?.remaining ?? -1);
    }
  };
  await Promise.all(
    Array.from({ length: callers }, (_, index) => caller(stores[index % stores.length] as RateLimitStore)),
  );
  return remaining;
}

const backends: [string, () => Promise<Backend>, boolean][] = [
  ['memory', memory, true],
  ['redis', redis, redisAvailable()],
  ['postgres', postgres, true],
];

describe.each(backends.filter(([, , available]) => available))('rate limit store: %s', (_, open) => {
  let backend: Backend;
  let first: RateLimitStore;
  let other: RateLimitStore;

  beforeAll(async () => {
    backend = await open();
    [first, other] = backend.stores;
  }, 60_000);
  afterAll(() => backend.close());

  it('admits exactly 100 of 500 at once, through two stores', async () => {
    const remaining = await hammer(backend.stores, 'burst', minuteAndHour, 500, 20);
    expect(remaining.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('counts down by one in every window', async () => {
    const seen: (number | undefined)[][] = [];
    for (let index = 0; index < 4; index += 1) {
      const { windows } = await backend.stores[index % 2 === 0 ? 0 : 1].take('count', tierLimits('free'), 1);
      seen.push(windows.map(({ remaining }) => remaining));
    }
    expect(seen).toEqual([99, 98, 97, 96].map((left) => [left, left + 900, left + 9900]));
  });

  it('takes from all windows or from none, and grants of a batch what fits', async () => {
    const limits = [
      { windowSeconds: 60, limit: 5 },
      { windowSeconds: 3600, limit: 3 },
    ];
    expect(await first.take('batch', limits, 10)).toMatchObject({
      granted: 3,
      windows: [{ remaining: 2 }, { remaining: 0 }],
    });
    expect(await other.take('batch', limits, 1)).toMatchObject({
      granted: 0,
      windows: [{ remaining: 2 }, { remaining: 0 }],
    });
  });

  it('looks without taking', async () => {
    const idle = await first.peek('peek', minuteAndHour);
    expect(idle).toMatchObject({ granted: 0, windows: [{ remaining: 100, limit: 100 }, { remaining: 1000 }] });
    expect((idle.windows[0]?.resetAt.getTime() ?? 0) - idle.at.getTime()).toBe(60_000);
    await first.take('peek', minuteAndHour, 7);
    for (let index = 0; index < 3; index += 1) {
      expect((await other.peek('peek', minuteAndHour)).windows[0]?.remaining).toBe(93);
    }
  });

  it('never admits more than the limit in any stretch of the window, and does not starve', async () => {
    const limits = second(10);
    const admitted: number[] = [];
    const start = performance.now();
    while (performance.now() - start < 2250) {
      const result = await backend.stores[admitted.length % 2 === 0 ? 0 : 1].take('slide', limits, 1);
      if (result.granted > 0) admitted.push(result.at.getTime());
      await sleep(3);
    }
    admitted.forEach((instant, index) => {
      const next = admitted[index + 10];
      if (next !== undefined) expect(next - instant).toBeGreaterThanOrEqual(1000);
    });
    expect(admitted.length).toBeGreaterThanOrEqual(20);
  });

  it('frees at the instant it names, not before', async () => {
    const limits = second(2);
    await first.take('reset', limits, 1);
    await sleep(200);
    const full = await first.take('reset', limits, 1);
    const resetAt = full.windows[0]?.resetAt.getTime() ?? 0;
    expect(resetAt - full.at.getTime()).toBeLessThanOrEqual(850);
    let result = await other.take('reset', limits, 1);
    while (result.granted === 0) {
      expect(result.at.getTime()).toBeLessThan(resetAt);
      expect(result.windows[0]?.resetAt.getTime()).toBe(resetAt);
      await sleep(10);
      result = await other.take('reset', limits, 1);
    }
    expect(result.at.getTime()).toBeGreaterThanOrEqual(resetAt);
    expect(result.at.getTime()).toBeLessThan(resetAt + 500);
    expect((await other.take('reset', limits, 1)).granted).toBe(0);
  });

  it('follows limits that change', async () => {
    const limit = (limit: number) => [{ windowSeconds: 60, limit }];
    await first.take('change', limit(10), 8);
    expect(await first.take('change', limit(5), 1)).toMatchObject({ granted: 0, windows: [{ remaining: 0 }] });
    expect(await first.take('change', limit(20), 5)).toMatchObject({ granted: 5, windows: [{ remaining: 7 }] });
    const none = await first.take('none', limit(0), 3);
    expect(none).toMatchObject({ granted: 0, windows: [{ remaining: 0 }] });
    expect(none.windows[0]?.resetAt.getTime()).toBeGreaterThan(none.at.getTime());
  });

  it('names a late enough reset when a limit was lowered', async () => {
    const early = await first.take('lowered', second(10), 3);
    await sleep(300);
    const late = await first.take('lowered', second(10), 3);
    const lowered = await other.peek('lowered', second(3));
    expect(lowered.windows[0]?.resetAt.getTime()).toBeGreaterThan(late.at.getTime() + 1000 - 1);
    expect(early.windows[0]?.resetAt.getTime()).toBeLessThan(lowered.windows[0]?.resetAt.getTime() ?? 0);
  });

  it('keeps keys apart, whatever they are made of', async () => {
    const keys = ['a', 'A', 'a ', "a'; --", 'a:1', '{a}', 'ключ', 'a\n', '%', ''];
    for (const key of keys) expect((await first.take(key, minuteAndHour, 1)).windows[0]?.remaining).toBe(99);
    for (const key of keys) expect((await other.take(key, minuteAndHour, 1)).windows[0]?.remaining).toBe(98);
  });

  it('is at its limit after a long rest again', async () => {
    expect((await first.take('rest', second(4), 9)).granted).toBe(4);
    await sleep(1500);
    expect((await other.take('rest', second(4), 9)).granted).toBe(4);
  });
});
