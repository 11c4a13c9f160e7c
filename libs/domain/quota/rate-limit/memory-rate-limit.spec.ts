import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MemoryRateLimitStore } from './memory-rate-limit.adapter.js';
import type { WindowLimit } from './rate-limit.port.js';
import { shapeOf } from './window-shape.js';

const START = Date.UTC(2026, 0, 1);

function at() {
  let ms = START;
  return { clock: { now: () => new Date(ms) }, move: (by: number) => (ms += by), ms: () => ms };
}

describe('MemoryRateLimitStore', () => {
  it('agrees with a log of every admission, within one part of the window', async () => {
    const limits: WindowLimit[] = [
      { windowSeconds: 7, limit: 5 },
      { windowSeconds: 60, limit: 12 },
      { windowSeconds: 7200, limit: 60 },
    ];
    const step = fc.record({
      wait: fc.oneof(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 20_000 }),
        fc.integer({ min: 0, max: 9_000_000 }),
      ),
      n: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const time = at();
        const store = new MemoryRateLimitStore(time.clock);
        const log: number[] = [];
        for (const { wait, n } of steps) {
          const now = time.move(wait);
          const { granted, windows } = await store.take('k', limits, n);
          const within = (ms: number) => log.filter((instant) => instant > now - ms).length;
          for (let index = 0; index < granted; index += 1) log.push(now);
          for (const window of limits) expect(within(window.windowSeconds * 1000)).toBeLessThanOrEqual(window.limit);
          const couldHave = Math.min(
            ...limits.map((window) => {
              const { windowMs, bucketMs } = shapeOf(window);
              return window.limit - (log.filter((instant) => instant > now - windowMs - bucketMs).length - granted);
            }),
          );
          expect(granted).toBeGreaterThanOrEqual(Math.min(n, Math.max(0, couldHave)));
          for (const { resetAt } of windows) expect(resetAt.getTime()).toBeGreaterThan(now);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('frees nothing when the clock goes back', async () => {
    const time = at();
    const store = new MemoryRateLimitStore(time.clock);
    const limits = [{ windowSeconds: 60, limit: 2 }];
    await store.take('k', limits, 2);
    time.move(-3_600_000);
    expect((await store.take('k', limits, 1)).granted).toBe(0);
    time.move(3_600_000 + 61_000);
    expect((await store.take('k', limits, 5)).granted).toBe(2);
  });

  it('holds a bounded number of keys and drops those that have expired', async () => {
    const time = at();
    const store = new MemoryRateLimitStore(time.clock, 100);
    const limits = [{ windowSeconds: 60, limit: 1 }];
    const size = () => (store as unknown as { entries: Map<string, unknown> }).entries.size;
    for (let index = 0; index < 500; index += 1) await store.take(`k${index}`, limits, 1);
    expect(size()).toBe(100);
    time.move(120_000);
    await store.take('fresh', limits, 1);
    expect(size()).toBe(1);
  });
});
