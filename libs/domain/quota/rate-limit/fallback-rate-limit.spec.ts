import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { monotonicMs, systemClock } from '@isp/kernel';
import { redisAvailable, startRedis } from '../../../../test/support/redis.js';
import { FallbackRateLimitStore } from './fallback-rate-limit.adapter.js';
import { MemoryRateLimitStore } from './memory-rate-limit.adapter.js';
import type { RateLimitStore, WindowLimit } from './rate-limit.port.js';
import { RedisRateLimitStore } from './redis-rate-limit.adapter.js';

const limits = [{ windowSeconds: 60, limit: 100 }];
/** Longer than any test lasts. */
const NEVER_MS = 600_000;

/** A store behind which another one answers unless it `hangs`; counts what it is asked. */
class Watched implements RateLimitStore {
  hangs = false;
  takes = 0;
  peeks = 0;

  constructor(private readonly real: RateLimitStore = new MemoryRateLimitStore(systemClock)) {}

  take(key: string, its: readonly WindowLimit[], n: number) {
    this.takes += 1;
    return this.hangs ? new Promise<never>(() => undefined) : this.real.take(key, its, n);
  }

  peek(key: string, its: readonly WindowLimit[]) {
    this.peeks += 1;
    return this.hangs ? new Promise<never>(() => undefined) : this.real.peek(key, its);
  }
}

function behind(shared: RateLimitStore, options: { processes: number; timeoutMs?: number; probeEveryMs?: number }) {
  const switches: string[] = [];
  const onSwitch = (to: string) => void switches.push(to);
  const local = new MemoryRateLimitStore(systemClock);
  return { store: new FallbackRateLimitStore(shared, local, { ...options, onSwitch }), switches };
}

/** Does something again and again until it has the effect; it may take as long as a busy machine does. */
async function until(isSo: () => boolean, meanwhile: () => Promise<unknown>): Promise<void> {
  const began = monotonicMs();
  while (!isSo()) {
    if (monotonicMs() - began > 30_000) throw new Error('it did not come to that');
    await meanwhile();
    await sleep(10);
  }
}

describe('FallbackRateLimitStore', () => {
  it('counts locally at its share while the shared store hangs, and waits for it once', async () => {
    const shared = new Watched();
    shared.hangs = true;
    const { store, switches } = behind(shared, { processes: 4, timeoutMs: 50, probeEveryMs: NEVER_MS });
    expect(await store.take('k', limits, 1)).toMatchObject({ granted: 1, windows: [{ limit: 25, remaining: 24 }] });
    expect((await store.take('k', limits, 100)).granted).toBe(24);
    for (let index = 0; index < 50; index += 1) expect((await store.take('k', limits, 1)).granted).toBe(0);
    expect((await store.take('other', [{ windowSeconds: 60, limit: 2 }], 5)).granted).toBe(1);
    expect([shared.takes, shared.peeks, switches]).toEqual([1, 0, ['local']]);
  });

  it('asks the shared store again beside the traffic, which does not wait, and goes back when it answers', async () => {
    const shared = new Watched();
    let away = true;
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const slow: RateLimitStore = {
      take: (key, its, n) => (away ? Promise.reject(new Error('away')) : shared.take(key, its, n)),
      peek: async (key, its) => {
        const result = await shared.peek(key, its);
        await answered;
        return result;
      },
    };
    const { store, switches } = behind(slow, { processes: 4, timeoutMs: NEVER_MS, probeEveryMs: 0 });
    for (let index = 0; index < 50; index += 1)
      expect(await store.take('k', limits, 1)).toMatchObject({ granted: index < 25 ? 1 : 0, windows: [{ limit: 25 }] });
    expect([shared.takes, shared.peeks, switches]).toEqual([0, 1, ['local']]);
    away = false;
    answer();
    await until(
      () => switches.length > 1,
      () => Promise.resolve(),
    );
    expect(await store.take('k', limits, 1)).toMatchObject({ granted: 1, windows: [{ limit: 100, remaining: 99 }] });
    expect([shared.takes, shared.peeks, switches]).toEqual([1, 1, ['local', 'shared']]);
  });

  it('asks again after a question that was not answered in time either', async () => {
    const shared = new Watched();
    shared.hangs = true;
    const { store, switches } = behind(shared, { processes: 4, timeoutMs: 20, probeEveryMs: 20 });
    const use = () => store.peek('k', limits);
    await until(() => shared.peeks > 3, use);
    expect(switches).toEqual(['local']);
    shared.hangs = false;
    await until(() => switches.length > 1, use);
    expect(switches).toEqual(['local', 'shared']);
  });

  (redisAvailable() ? it : it.skip)('survives a real Redis that dies and comes back', async () => {
    const before = await startRedis();
    // Patient, so that the store falls back because Redis died and not because the machine is busy.
    const timeoutMs = 10_000;
    const options = { enableOfflineQueue: false, commandTimeout: timeoutMs, retryStrategy: () => 100 };
    const client = new Redis(before.url, options);
    client.on('error', () => undefined);
    await new Promise((resolve) => client.once('ready', resolve));
    const shared = new Watched(new RedisRateLimitStore(client));
    const { store, switches } = behind(shared, { processes: 2, timeoutMs });
    expect((await store.take('k', limits, 10)).windows[0]).toMatchObject({ limit: 100, remaining: 90 });
    await before.kill();
    for (let index = 0; index < 60; index += 1)
      expect((await store.take('k', limits, 1)).granted).toBe(index < 50 ? 1 : 0);
    // One before its death and one after: nobody else waited for it.
    expect([shared.takes, switches]).toEqual([2, ['local']]);
    const after = await startRedis({ port: before.port });
    await until(
      () => switches.at(-1) === 'shared',
      () => store.take('k', limits, 1),
    );
    expect((await store.take('k', limits, 1)).windows[0]?.limit).toBe(100);
    expect(switches).toEqual(['local', 'shared']);
    client.disconnect();
    await after.stop();
  });
});
