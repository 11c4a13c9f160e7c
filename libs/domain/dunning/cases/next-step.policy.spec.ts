import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isoWeekday, localDate } from '@isp/kernel';
import type { DunningStep, DunningTerms, StepAction } from '../policies/policy.types.js';
import { type CaseState, nextStep, tooLittleFor, warrantedLevel } from './next-step.policy.js';

const step = (days: number, action: StepAction, minAmount = '0'): DunningStep => ({
  days,
  action,
  minAmount,
  amount: action === 'late_fee' ? '5' : null,
  downloadKbps: action === 'throttle' ? 2_000 : null,
  uploadKbps: action === 'throttle' ? 2_000 : null,
});
const TERMS: DunningTerms = {
  graceDays: 5,
  gapDays: 1,
  workingDays: [1, 2, 3, 4, 5],
  fromMinute: 540,
  untilMinute: 1020,
  calendar: null,
  reconnectionAmount: '10',
  steps: [
    step(5, 'reminder'),
    step(7, 'throttle'),
    step(12, 'reminder'),
    step(15, 'suspend', '20'),
    step(45, 'terminate', '20'),
  ],
};
const FRESH: CaseState = { level: 'none', round: 1, done: new Set(), lastStepOn: null, promisedUntil: null };
const PLACE = { timeZone: 'America/New_York', holidays: new Set<string>() };
const OWES = { amount: '50', currency: 'USD', since: '2025-06-02' };
const plan = (now: string, state: Partial<CaseState> = {}, owes = OWES) => {
  const planned = nextStep(TERMS, owes, { ...FRESH, ...state }, PLACE, new Date(now));
  return planned && [planned.key, planned.at.toISOString().slice(0, 16), planned.heldFor];
};

describe('the next step', () => {
  it('is due so many days after the due date, in hours, one after the other', () => {
    expect(plan('2025-06-03T12:00:00Z')).toEqual(['1:reminder:2025-06-02', '2025-06-07T13:00', null]);
    const done = new Set(['1:reminder:2025-06-02']);
    // The seventh day is a Monday.
    expect(plan('2025-06-07T13:00:00Z', { done, lastStepOn: '2025-06-07' })).toEqual([
      '2:throttle:round-1',
      '2025-06-09T13:00',
      null,
    ]);
    expect(plan('2025-06-09T13:00:00Z', { done, lastStepOn: '2025-06-07' })?.[1]).toBe('2025-06-09T13:00');
    const throttled = {
      level: 'throttled' as const,
      done: new Set([...done, '2:throttle:round-1', '3:reminder:2025-06-02']),
    };
    // The fifteenth day is a Tuesday; suspending somebody on 2025-06-21, a Saturday, waits until Monday.
    expect(plan('2025-06-15T13:00:00Z', throttled)).toEqual(['4:suspend:round-1', '2025-06-17T13:00', null]);
    expect(plan('2025-06-21T14:00:00Z', throttled)).toEqual(['4:suspend:round-1', '2025-06-23T13:00', 'weekend']);
  });

  it('says once what several reminders would, and leaves a day between cuts, after a time in which nobody looked', () => {
    expect(plan('2025-08-04T14:00:00Z')).toEqual(['2:throttle:round-1', '2025-08-04T14:00', null]);
    const throttled = { level: 'throttled' as const, done: new Set(['2:throttle:round-1']), lastStepOn: '2025-08-04' };
    expect(plan('2025-08-04T14:00:00Z', throttled)).toEqual(['3:reminder:2025-06-02', '2025-08-04T14:00', null]);
    const reminded = { ...throttled, done: new Set(['2:throttle:round-1', '3:reminder:2025-06-02']) };
    expect(plan('2025-08-04T14:00:00Z', reminded)).toEqual(['4:suspend:round-1', '2025-08-05T13:00', 'gap']);
  });

  it('waits for a promise, and says so', () => {
    const promisedUntil = new Date('2025-06-20T04:00:00Z');
    expect(plan('2025-06-10T15:00:00Z', { promisedUntil })).toEqual([
      '1:reminder:2025-06-02',
      '2025-06-20T13:00',
      'promise',
    ]);
  });

  it('is not taken for too little, which is told', () => {
    const little = { ...OWES, amount: '19.99' };
    const throttled = {
      level: 'throttled' as const,
      done: new Set(['1:reminder:2025-06-02', '3:reminder:2025-06-02']),
    };
    expect(plan('2025-06-20T15:00:00Z', throttled, little)).toBeUndefined();
    const state = { ...FRESH, ...throttled };
    expect(tooLittleFor(TERMS, little, state, '2025-06-20')).toEqual(['4:suspend:round-1']);
    expect(warrantedLevel(TERMS, little, 'suspended', '2025-06-20')).toBe('throttled');
  });

  it('comes again after what was in force was lifted', () => {
    const state = { round: 2, done: new Set(['1:reminder:2025-06-02', '2:throttle:round-1', '3:reminder:2025-06-02']) };
    expect(plan('2025-06-12T15:00:00Z', state)?.[0]).toBe('2:throttle:round-2');
  });

  it('is never a cut on a weekend, outside hours, before its day, or within a promise', () => {
    const zones = ['America/New_York', 'Pacific/Kiritimati', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Honolulu'];
    const start = Date.parse('2025-01-01T00:00:00Z');
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 525_600 }),
        fc.integer({ min: 0, max: 60 }),
        fc.option(fc.integer({ min: 0, max: 20_000 })),
        fc.constantFrom('none' as const, 'throttled' as const),
        (timeZone, minutes, daysLate, promised, level) => {
          const now = new Date(start + minutes * 60_000);
          const since = localDate(new Date(now.getTime() - daysLate * 86_400_000), timeZone);
          const promisedUntil = promised === null ? null : new Date(now.getTime() + promised * 60_000);
          const done = new Set(['1', '3'].map((n) => `${n}:reminder:${since}`));
          const planned = nextStep(
            TERMS,
            { ...OWES, since },
            { ...FRESH, level, done, promisedUntil },
            { ...PLACE, timeZone },
            now,
          );
          if (!planned) throw new Error('there is always a cut to come');
          const local = planned.at.toLocaleString('sv-SE', { timeZone, hour: '2-digit', minute: '2-digit' });
          expect(isoWeekday(localDate(planned.at, timeZone))).toBeLessThan(6);
          expect(local >= '09:00' && local < '17:00').toBe(true);
          expect(planned.at >= now).toBe(true);
          if (promisedUntil) expect(planned.at >= promisedUntil).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
