import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_RETRY_AFTER, RETRY_WAITS, parseRetryAfter, retryDelaySeconds } from './retry-schedule.js';

const middle = () => 0.5;

describe('the retry schedule', () => {
  it('makes 10 tries over 75.6 hours', () => {
    const waits = Array.from({ length: 12 }, (_, tries) => retryDelaySeconds(tries, { random: middle }));
    expect(waits).toEqual([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, undefined, undefined]);
    expect(RETRY_WAITS.reduce((sum, wait) => sum + wait) / 3_600).toBeCloseTo(75.585, 3);
  });

  it('strays by at most a tenth', () => {
    expect(retryDelaySeconds(2, { random: () => 0 })).toBeCloseTo(270);
    expect(retryDelaySeconds(2, { random: () => 1 })).toBeCloseTo(330);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, part) => {
        const wait = RETRY_WAITS[tries] as number;
        const delay = retryDelaySeconds(tries, { random: () => part }) as number;
        return delay >= wait * 0.9 - 1e-6 && delay <= wait * 1.1 + 1e-6;
      }),
    );
  });

  it('waits at least as long as the receiver asks, a day at most, and never adds a try', () => {
    expect(retryDelaySeconds(1, { retryAfterSeconds: 30, random: middle })).toBe(30);
    expect(retryDelaySeconds(4, { retryAfterSeconds: 30, random: middle })).toBe(7_200);
    expect(retryDelaySeconds(1, { retryAfterSeconds: 10 ** 8, random: middle })).toBe(MAX_RETRY_AFTER);
    expect(retryDelaySeconds(10, { retryAfterSeconds: 30 })).toBeUndefined();
  });
});

describe('Retry-After', () => {
  const now = new Date('2025-01-29T10:30:00Z');

  it('is seconds or a date', () => {
    expect(parseRetryAfter('30', now)).toBe(30);
    expect(parseRetryAfter(' 0 ', now)).toBe(0);
    expect(parseRetryAfter('Wed, 29 Jan 2025 10:31:30 GMT', now)).toBe(90);
    expect(parseRetryAfter('Wed, 29 Jan 2025 10:00:00 GMT', now)).toBe(0);
  });

  it('is ignored when it is neither', () => {
    for (const text of [
      undefined,
      '',
      '-5',
      '1.5',
      '1e3',
      'soon',
      '2025-01-29',
      'Xxx, 99 Xxx 2025 99:99:99 GMT',
      '9'.repeat(10),
    ]) {
      expect(parseRetryAfter(text, now)).toBeUndefined();
    }
  });
});
