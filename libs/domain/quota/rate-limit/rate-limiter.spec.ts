import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import { MemoryRateLimitStore } from './memory-rate-limit.adapter.js';
import { rateLimitHeaders } from './rate-limit-headers.js';
import type { RateLimitStore, TakeResult, WindowLimit } from './rate-limit.port.js';
import { RateLimiter } from './rate-limiter.js';
import { tierLimits } from './tiers.js';

/** A store some time away, which counts its calls and can be broken. */
class DistantStore implements RateLimitStore {
  readonly takes: number[] = [];
  broken = false;
  private readonly inner = new MemoryRateLimitStore(systemClock);

  async take(key: string, limits: readonly WindowLimit[], n: number): Promise<TakeResult> {
    this.takes.push(n);
    await sleep(5);
    if (this.broken) throw new Error('store is away');
    return this.inner.take(key, limits, n);
  }

  peek(key: string, limits: readonly WindowLimit[]): Promise<TakeResult> {
    return this.inner.peek(key, limits);
  }
}

function setUp() {
  const store = new DistantStore();
  return { store, limiter: new RateLimiter(store) };
}

const perMinute = (limit: number): readonly WindowLimit[] => [{ windowSeconds: 60, limit }];

describe('RateLimiter', () => {
  it('admits exactly the limit of a burst with few store calls, counting down by one', async () => {
    const { store, limiter } = setUp();
    const decisions = await Promise.all(Array.from({ length: 250 }, () => limiter.take('k', tierLimits('free'))));
    const admitted = decisions.filter(({ allowed }) => allowed);
    expect(admitted.map(({ tightest }) => tightest.remaining)).toEqual(Array.from({ length: 100 }, (_, i) => 99 - i));
    expect(admitted[0]?.windows.map(({ remaining }) => remaining)).toEqual([99, 999, 9999]);
    expect(store.takes).toEqual([250]);
    for (const { tightest, retryAfterSeconds } of decisions.slice(100)) {
      expect(tightest).toMatchObject({ windowSeconds: 60, remaining: 0 });
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(59);
      expect(retryAfterSeconds).toBeLessThanOrEqual(61);
    }
  });

  it('gathers callers while the store is working', async () => {
    const { store, limiter } = setUp();
    const answers = [limiter.take('k', perMinute(1000))];
    await sleep(1);
    for (let index = 0; index < 40; index += 1) answers.push(limiter.take('k', perMinute(1000)));
    await Promise.all(answers);
    expect(store.takes).toEqual([1, 40]);
    await limiter.take('k', perMinute(1000));
    expect(store.takes).toEqual([1, 40, 1]);
  });

  it('does not mix keys or limits in one call', async () => {
    const { store, limiter } = setUp();
    await Promise.all([
      limiter.take('a', perMinute(1)),
      limiter.take('b', perMinute(1)),
      limiter.take('a', perMinute(5)),
    ]);
    expect(store.takes).toEqual([1, 1, 1]);
  });

  it('remembers a refusal until the window frees, and not longer', async () => {
    const { store, limiter } = setUp();
    const limits = [{ windowSeconds: 1, limit: 2 }];
    for (let index = 0; index < 3; index += 1) await limiter.take('k', limits);
    expect(store.takes).toHaveLength(3);
    for (let index = 0; index < 50; index += 1) expect((await limiter.take('k', limits)).allowed).toBe(false);
    expect(store.takes).toHaveLength(3);
    await sleep(1050);
    expect((await limiter.take('k', limits)).allowed).toBe(true);
  });

  it('asks again after the limits were raised or the key was forgotten', async () => {
    const { limiter, store } = setUp();
    await Promise.all([limiter.take('k', perMinute(1)), limiter.take('k', perMinute(1))]);
    expect((await limiter.take('k', perMinute(2))).allowed).toBe(true);
    const calls = store.takes.length;
    limiter.forget('k');
    expect((await limiter.take('k', perMinute(1))).allowed).toBe(false);
    expect(store.takes).toHaveLength(calls + 1);
  });

  it('looks without counting', async () => {
    const { limiter } = setUp();
    for (let index = 0; index < 5; index += 1) expect((await limiter.peek('k', perMinute(1))).allowed).toBe(true);
    expect((await limiter.take('k', perMinute(1))).allowed).toBe(true);
    expect(await limiter.peek('k', perMinute(1))).toMatchObject({ allowed: false, tightest: { remaining: 0 } });
  });

  it('passes a broken store on to every caller and recovers', async () => {
    const { store, limiter } = setUp();
    store.broken = true;
    const results = await Promise.allSettled([1, 2, 3].map(() => limiter.take('k', perMinute(9))));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    store.broken = false;
    expect((await limiter.take('k', perMinute(9))).allowed).toBe(true);
  });

  it('shows the tighter window', async () => {
    const { limiter } = setUp();
    const limits = [
      { windowSeconds: 60, limit: 5 },
      { windowSeconds: 3600, limit: 3 },
    ];
    expect((await limiter.take('k', limits)).tightest).toMatchObject({ windowSeconds: 3600, remaining: 2 });
  });
});

describe('rateLimitHeaders', () => {
  const now = new Date('2026-01-01T00:00:00.000Z');
  const use = { windowSeconds: 60, limit: 100, remaining: 0, resetAt: new Date('2026-01-01T00:00:30.200Z') };
  const hour = { windowSeconds: 3600, limit: 1000, remaining: 900, resetAt: new Date('2026-01-01T01:00:00Z') };
  const decision = { allowed: false, windows: [use, hour], tightest: use, retryAfterSeconds: 31 };

  it('describes the tightest window, and all of them in the IETF fields', () => {
    expect(rateLimitHeaders(decision, now)).toEqual({
      'X-RateLimit-Limit': '100',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(now.getTime() / 1000 + 31),
      'RateLimit-Policy': '"60s";q=100;w=60, "3600s";q=1000;w=3600',
      RateLimit: '"60s";r=0;t=31, "3600s";r=900;t=3600',
      'Retry-After': '31',
    });
    expect(rateLimitHeaders({ ...decision, allowed: true }, now)).not.toHaveProperty('Retry-After');
  });
});
