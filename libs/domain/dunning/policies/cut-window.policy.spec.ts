import { describe, expect, it } from '@jest/globals';
import { nextAllowed } from './cut-window.policy.js';

const WEEK = {
  workingDays: [1, 2, 3, 4, 5],
  fromMinute: 9 * 60,
  untilMinute: 17 * 60,
  holidays: new Set(['2025-07-04']),
};
const next = (from: string, zone: string, cut = true) => {
  const { at, because } = nextAllowed(new Date(from), zone, WEEK, cut);
  return [at.toISOString().slice(0, 16), because];
};

describe('when somebody may be cut off', () => {
  it('is within hours where the account is, not where we are', () => {
    expect(next('2025-06-16T15:00:00Z', 'America/New_York')).toEqual(['2025-06-16T15:00', null]);
    // Eight in the morning in New York; one at night in Kiritimati, a day later.
    expect(next('2025-06-16T12:00:00Z', 'America/New_York')).toEqual(['2025-06-16T13:00', 'hours']);
    expect(next('2025-06-16T11:00:00Z', 'Pacific/Kiritimati')).toEqual(['2025-06-16T19:00', 'hours']);
    expect(next('2025-06-16T21:00:00Z', 'America/New_York')).toEqual(['2025-06-17T13:00', 'hours']);
  });

  it('is no weekend and no holiday; a reminder may come on both', () => {
    // Saturday noon in New York, and the evening of Friday in Honolulu.
    expect(next('2025-06-14T16:00:00Z', 'America/New_York')).toEqual(['2025-06-16T13:00', 'weekend']);
    expect(next('2025-06-14T04:00:00Z', 'Pacific/Honolulu')).toEqual(['2025-06-16T19:00', 'hours']);
    expect(next('2025-07-04T15:00:00Z', 'America/New_York')).toEqual(['2025-07-07T13:00', 'holiday']);
    expect(next('2025-07-04T15:00:00Z', 'America/New_York', false)).toEqual(['2025-07-04T15:00', null]);
    expect(next('2025-06-14T08:00:00Z', 'America/New_York', false)).toEqual(['2025-06-14T13:00', 'hours']);
  });

  it('keeps its hour over a change of clocks', () => {
    expect(next('2025-03-08T15:00:00Z', 'America/New_York')).toEqual(['2025-03-10T13:00', 'weekend']);
    expect(next('2025-03-07T23:00:00Z', 'America/New_York')).toEqual(['2025-03-10T13:00', 'hours']);
    expect(next('2025-11-01T15:00:00Z', 'America/New_York')).toEqual(['2025-11-03T14:00', 'weekend']);
  });
});
