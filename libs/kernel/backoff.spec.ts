import { describe, expect, it } from '@jest/globals';
import { backoffCeilingMs, backoffMs } from './backoff.js';

const options = { baseMs: 1000, capMs: 300_000 };

describe('backoff', () => {
  it('doubles up to the cap', () => {
    expect([1, 2, 3, 8, 9, 10, 5000].map((attempt) => backoffCeilingMs(attempt, options))).toEqual([
      1000, 2000, 4000, 128_000, 256_000, 300_000, 300_000,
    ]);
  });

  it('draws from the whole range', () => {
    expect(backoffMs(3, { ...options, random: () => 0 })).toBe(0);
    expect(backoffMs(3, { ...options, random: () => 0.5 })).toBe(2000);
    expect(backoffMs(3, { ...options, random: () => 0.999999 })).toBe(3999);
    for (let attempt = 1; attempt < 50; attempt += 1) {
      expect(backoffMs(attempt, options)).toBeLessThan(backoffCeilingMs(attempt, options));
    }
  });
});
