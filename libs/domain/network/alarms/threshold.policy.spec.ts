import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CALM, type Threshold, type WatchState, nextWatch } from './threshold.policy.js';

const LOW: Threshold = { direction: 'below', warning: -25, critical: -27, hysteresis: 0.5, holdSeconds: 60 };

function after(values: readonly (readonly [at: number, value: number])[], threshold = LOW): WatchState {
  return values.reduce((state, [at, value]) => nextWatch(state, threshold, value, at), CALM);
}

describe('a threshold', () => {
  it('takes a level only after the hold time', () => {
    expect(after([[0, -26]]).level).toBe('none');
    expect(
      after([
        [0, -26],
        [59, -26],
      ]).level,
    ).toBe('none');
    expect(
      after([
        [0, -26],
        [60, -26],
      ]).level,
    ).toBe('warning');
  });

  it('starts the hold time anew when the figure was good meanwhile', () => {
    expect(
      after([
        [0, -26],
        [30, -20],
        [60, -26],
      ]).level,
    ).toBe('none');
  });

  it('counts the hold time on when a bad figure becomes worse', () => {
    expect(
      after([
        [0, -26],
        [60, -28],
      ]).level,
    ).toBe('critical');
  });

  it('is left only by the hysteresis', () => {
    const bad: WatchState = { ...CALM, level: 'warning' };
    const now = { ...LOW, holdSeconds: 0 };
    expect(nextWatch(bad, now, -24.9, 0).level).toBe('warning');
    expect(nextWatch(bad, now, -24.4, 0).level).toBe('none');
  });

  it('says the same of a figure above as of its mirror image below', () => {
    const high: Threshold = { ...LOW, direction: 'above', warning: 25, critical: 27 };
    const figures = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: -3000, max: 3000 })), { maxLength: 20 });
    fc.assert(
      fc.property(figures, (given) => {
        const values = given.sort(([a], [b]) => a - b).map(([at, value]) => [at, value / 100] as const);
        expect(after(values, high)).toEqual(after(values.map(([at, value]) => [at, -value] as const)));
      }),
    );
  });

  it('never changes its level twice while the figure stands still', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3500, max: -500 }), (value) => {
        let state = CALM;
        let changes = 0;
        for (let at = 0; at < 600; at += 20) {
          const next = nextWatch(state, LOW, value / 100, at);
          if (next.level !== state.level) changes += 1;
          state = next;
        }
        expect(changes).toBeLessThanOrEqual(1);
      }),
    );
  });
});
