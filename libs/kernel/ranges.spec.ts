import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Span, intersect, merged, subtract } from './ranges.js';

const span = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }));
const spans = fc
  .array(span, { maxLength: 6 })
  .map((all) => all.map(([from, length]) => ({ from, until: from + length })));
const holds = (some: readonly Span[], at: number) => some.some(({ from, until }) => from <= at && at < until);
const everywhere = Array.from({ length: 90 }, (_, at) => at);

describe('ranges', () => {
  it('hold what both, the first alone, or any of them hold', () => {
    fc.assert(
      fc.property(spans, spans, (left, right) => {
        const [both, rest, whole] = [intersect(left, right), subtract(left, right), merged(left)];
        for (const at of everywhere) {
          expect([at, holds(both, at)]).toEqual([at, holds(left, at) && holds(right, at)]);
          expect([at, holds(rest, at)]).toEqual([at, holds(left, at) && !holds(right, at)]);
          expect([at, holds(whole, at)]).toEqual([at, holds(left, at)]);
        }
      }),
    );
  });

  it('are in order and apart once they are merged', () => {
    expect(
      merged([
        { from: 5, until: 9 },
        { from: 1, until: 3 },
        { from: 3, until: 4 },
      ]),
    ).toEqual([
      { from: 1, until: 4 },
      { from: 5, until: 9 },
    ]);
  });
});
