import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@isp/platform/config';
import { Pace } from './pace.js';
import { MOST_TRIES, nextTrySeconds } from './patience.js';
import { Places } from './places.js';

describe('patience', () => {
  it('doubles up to six hours, with full jitter, and ends', () => {
    const waits = Array.from({ length: MOST_TRIES - 1 }, (_, n) => nextTrySeconds(n + 1, () => 0.5) ?? 0);
    expect(waits.slice(0, 3)).toEqual([16, 31, 61]);
    expect(Math.max(...waits)).toBe(10_801);
    const hours = waits.reduce((sum, wait) => sum + wait, 0) / 3_600;
    expect([hours > 10, hours < 15]).toEqual([true, true]);
    expect(nextTrySeconds(MOST_TRIES)).toBeUndefined();
    expect(nextTrySeconds(1, () => 0)).toBe(1);
  });
});

describe('places', () => {
  const places = (ISP_WORKER_CONCURRENCY: number) => new Places({ ISP_WORKER_CONCURRENCY } as Config);

  it.each([
    [1, 1],
    [4, 2],
    [20, 5],
  ])('of a worker that does %i at once are %i', async (concurrency, size) => {
    const all = places(concurrency);
    let working = 0;
    const work = async () => {
      working += 1;
      await sleep(20);
    };
    const waits = await Promise.all(Array.from({ length: 8 }, () => all.within(work)));
    expect([working, waits.filter((wait) => wait === undefined).length]).toEqual([size, size]);
    // Somebody's place is free again, also where the work has failed.
    await expect(all.within(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await all.within(work)).toBeUndefined();
  });

  it('are promised one after the other, at the pace of late', () => {
    const pace = new Pace(5);
    for (let n = 0; n < 200; n += 1) pace.took(1_000);
    const waits = Array.from({ length: 1_000 }, () => pace.wait(0));
    expect([waits[0], waits[4], waits[999]].map((ms) => Math.round(ms ?? 0))).toEqual([200, 1_000, 200_000]);
    expect(Math.round(pace.wait(200_000))).toBe(200);
    for (let n = 0; n < 5_000; n += 1) pace.wait(200_000);
    expect(pace.wait(200_000)).toBe(600_000);
  });
});
