import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Taken, stillCredited } from './credits.js';

const credit = (credited: number, was: number): Taken => ({ credited, was });
/** What is left of charges after credits. */
const left = (credits: readonly Taken[], should: number): number =>
  should - stillCredited(credits, should).reduce((sum, one) => sum + one, 0);

describe('what is left of charges that were credited', () => {
  it('is what was left, as long as there is as much', () => {
    const twenty = [credit(-20, 31)];
    expect([31, 25, 11, 5, 0].map((should) => left(twenty, should))).toEqual([11, 11, 11, 5, 0]);
  });

  it('is more when the charges are dearer, and the same when they are as before', () => {
    expect([31, 46, 31].map((should) => left([credit(-31, 31)], should))).toEqual([0, 15, 0]);
  });

  it('is found for each credit by what the charges came to then', () => {
    const ten = credit(-10, 31);
    // Of 62 another cent; what was credited of 31 stays so.
    expect([62, 31].map((should) => left([ten, credit(-1, 62)], should))).toEqual([51, 21]);
    expect([31, 25, 16, 10].map((should) => left([ten, credit(-5, 31)], should))).toEqual([16, 16, 16, 10]);
  });

  it('says of which credit something stays', () => {
    const both = [credit(-10, 31), credit(-5, 31)];
    expect([31, 25, 18, 10].map((should) => stillCredited(both, should))).toEqual([
      [10, 5],
      [4, 5],
      [0, 2],
      [0, 0],
    ]);
  });

  it('counts what was given and taken back when it is charged', () => {
    // Half of 30 was discounted, and that was credited: 30 are paid.
    const discount = [credit(15, 15)];
    expect([15, 20, 30, 40].map((should) => left(discount, should))).toEqual([30, 30, 30, 40]);
    expect([15, 30].map((should) => left([...discount, credit(-20, 15)], should))).toEqual([10, 25]);
  });

  it('is nothing where more was credited than was charged, until that is', () => {
    const over = [credit(-40, 31)];
    expect([31, 62].map((should) => left(over, should))).toEqual([0, 22]);
    expect(left([...over, credit(9, 31)], 62)).toBe(31);
  });

  it('is never less than nothing, and after each credit what it was less that', () => {
    const step = fc.record({
      was: fc.integer({ min: 0, max: 60 }),
      share: fc.integer({ min: -100, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), fc.integer({ min: 0, max: 60 }), (steps, should) => {
        const credits: Taken[] = [];
        for (const { was, share } of steps) {
          const before = left(credits, was);
          const credited = share < 0 ? Math.round((before * share) / 100) : Math.round((was * share) / 100);
          credits.push(credit(credited, was));
          expect(left(credits, was)).toBe(before + credited);
        }
        expect(left(credits, should)).toBeGreaterThanOrEqual(0);
        // A dearer charge leaves more, and never by more than it is dearer.
        const more = left(credits, should + 1) - left(credits, should);
        expect(more === 0 || more === 1).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
