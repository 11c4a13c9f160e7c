import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { monotonicMs, systemClock } from '@isp/kernel';
import { redisAvailable, startRedis } from '../../../../test/support/redis.js';
import { FallbackRateLimitStore } from './fallback-rate-limit.adapter.js';
import { MemoryRateLimitStore } from './memory-rate-limit.adapter.js';
import type { RateLimitStore } from './rate-limit.port.js';
import { RedisRateLimitStore } from './redis-rate-limit.adapter.js';

const limits = [{ windowSeconds: 60, limit: 100 }];

describe('FallbackRateLimitStore', () => {
  it('counts locally at its share while the shared store hangs, and goes back when it answers', async () => {
    const real = new MemoryRateLimitStore(systemClock);
    let hangs = true;
    const shared: RateLimitStore = {
      take: (key, its, n) => (hangs ? new Promise(() => undefined) : real.take(key, its, n)),
      peek: (key, its) => (hangs ? new Promise(() => undefined) : real.peek(key, its)),
    };
    const switches: string[] = [];
    const store = new FallbackRateLimitStore(shared, new MemoryRateLimitStore(systemClock), {
      processes: 4,
      timeoutMs: 50,
      probeEveryMs: 100,
      onSwitch: (to) => switches.push(to),
    });
    const start = monotonicMs();
    expect(await store.take('k', limits, 1)).toMatchObject({ granted: 1, windows: [{ limit: 25, remaining: 24 }] });
    expect(monotonicMs() - start).toBeLessThan(200);
    const inOutage = monotonicMs();
    expect((await store.take('k', limits, 100)).granted).toBe(24);
    for (let index = 0; index < 50; index += 1) await store.take('k', limits, 1);
    expect(monotonicMs() - inOutage).toBeLessThan(45);
    expect((await store.take('other', [{ windowSeconds: 60, limit: 2 }], 5)).granted).toBe(1);
    hangs = false;
    await sleep(120);
    await store.peek('k', limits);
    await sleep(60);
    expect(await store.take('k', limits, 1)).toMatchObject({ granted: 1, windows: [{ limit: 100 }] });
    expect(switches).toEqual(['local', 'shared']);
  });

  (redisAvailable() ? it : it.skip)('survives a real Redis that dies and comes back', async () => {
    const before = await startRedis();
    const client = new Redis(before.url, { enableOfflineQueue: false, commandTimeout: 250, retryStrategy: () => 100 });
    client.on('error', () => undefined);
    await new Promise((resolve) => client.once('ready', resolve));
    const switches: string[] = [];
    const store = new FallbackRateLimitStore(new RedisRateLimitStore(client), new MemoryRateLimitStore(systemClock), {
      processes: 2,
      onSwitch: (to) => switches.push(to),
    });
    expect((await store.take('k', limits, 10)).windows[0]).toMatchObject({ limit: 100, remaining: 90 });
    await before.kill();
    for (let index = 0; index < 60; index += 1) {
      const start = monotonicMs();
      expect((await store.take('k', limits, 1)).granted).toBe(index < 50 ? 1 : 0);
      expect(monotonicMs() - start).toBeLessThan(400);
    }
    const after = await startRedis({ port: before.port });
    const back = monotonicMs();
    while (switches.at(-1) !== 'shared' && monotonicMs() - back < 6000) {
      await store.take('k', limits, 1);
      await sleep(50);
    }
    expect(monotonicMs() - back).toBeLessThan(5000);
    expect((await store.take('k', limits, 1)).windows[0]?.limit).toBe(100);
    expect(switches).toEqual(['local', 'shared']);
    client.disconnect();
    await after.stop();
  });
});
