import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NasFaults } from './nas-faults.js';
import { added, type Line, movedBetween, NO_OCTETS } from './traffic.js';

const line: Line = { seed: 7, username: 'anna', downloadKbps: 100_000, uploadKbps: 10_000, hasIPv6: true };
const DAY = 86_400_000;
const START = 1_790_000_000_000;

describe('the octets of a subscriber', () => {
  it('are the same for the same seed, and others for another', () => {
    const moved = movedBetween(line, START, START + DAY);
    expect(movedBetween(line, START, START + DAY)).toEqual(moved);
    expect(movedBetween({ ...line, seed: 8 }, START, START + DAY)).not.toEqual(moved);
    expect(moved.output).toBeGreaterThan(1e9);
  });

  it('never exceed the rate, and add up however often they are counted', () => {
    const instant = fc.integer({ min: 0, max: 7_200_000 });
    fc.assert(
      fc.property(instant, instant, (one, other) => {
        const [middle, end] = [Math.min(one, other), Math.max(one, other)];
        const parts = added(movedBetween(line, START, START + middle), movedBetween(line, START + middle, START + end));
        const whole = movedBetween(line, START, START + end);
        expect(whole.output).toBeLessThanOrEqual((100_000 * 125 * end) / 1000);
        expect(whole.input).toBeLessThanOrEqual((10_000 * 125 * end) / 1000);
        expect(whole.ipv6Output).toBeLessThanOrEqual(whole.output);
        expect(Math.abs(parts.output - whole.output)).toBeLessThanOrEqual(2);
      }),
      { numRuns: 30 },
    );
  });

  it('are none when the clock goes backwards', () => {
    expect(movedBetween(line, START, START - 1)).toEqual(NO_OCTETS);
  });
});

it('faults strike as often as they are told to, and in the same order for the same seed', () => {
  const struck = (seed: number): boolean[] => {
    const faults = new NasFaults(seed);
    faults.set([{ fault: 'silence', share: 0.3 }]);
    return Array.from({ length: 2_000 }, () => faults.strikes('silence'));
  };
  expect(struck(1)).toEqual(struck(1));
  expect(struck(1)).not.toEqual(struck(2));
  expect(struck(1).filter(Boolean).length).toBeGreaterThan(500);
  expect(struck(1).filter(Boolean).length).toBeLessThan(700);
  expect(new NasFaults(1).strikes('nak')).toBe(false);
});
