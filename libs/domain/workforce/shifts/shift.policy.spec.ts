import { describe, expect, it } from '@jest/globals';
import type { Span } from '@isp/kernel';
import { type WorkingPattern, rosterOn, shiftsBetween } from './shift.policy.js';

const hours = (weekdays: readonly number[], from: string, until: string) =>
  weekdays.map((weekday) => ({ weekday, from, until }));
const office = { validFrom: '2026-01-01', hours: hours([1, 2, 3, 4, 5], '08:00', '16:00') };
const late = { validFrom: '2026-03-04', hours: hours([3, 4, 6], '12:00', '20:00') };
const pattern = (more: Partial<WorkingPattern> = {}): WorkingPattern => ({
  timeZone: 'Europe/Berlin',
  rosters: [office],
  absences: [],
  ...more,
});
const at = (text: string) => Date.parse(text);
const between = (from: string, until: string): Span => ({ from: at(from), until: at(until) });
const minute = (instant: number) => new Date(instant).toISOString().slice(0, 16);
const shown = (spans: readonly Span[]) => spans.map(({ from, until }) => `${minute(from)} to ${minute(until)}`);

describe('shifts', () => {
  it('are those of the roster of each day', () => {
    const rosters = [late, office];
    const week = shiftsBetween(pattern({ rosters }), between('2026-03-02T00:00:00Z', '2026-03-09T00:00:00Z'));
    expect(shown(week)).toEqual([
      '2026-03-02T07:00 to 2026-03-02T15:00',
      '2026-03-03T07:00 to 2026-03-03T15:00',
      '2026-03-04T11:00 to 2026-03-04T19:00',
      '2026-03-05T11:00 to 2026-03-05T19:00',
      '2026-03-07T11:00 to 2026-03-07T19:00',
    ]);
    expect(rosterOn(rosters, '2025-12-31')).toBeUndefined();
    expect(rosterOn(rosters, '2026-03-03')).toBe(office);
    expect(rosterOn(rosters, '2026-03-04')).toBe(late);
  });

  it('begin and end within what was asked for', () => {
    const asked = between('2026-03-02T09:30:00Z', '2026-03-03T08:00:00Z');
    expect(shown(shiftsBetween(pattern(), asked))).toEqual([
      '2026-03-02T09:30 to 2026-03-02T15:00',
      '2026-03-03T07:00 to 2026-03-03T08:00',
    ]);
  });

  it('leave out the time that somebody is away', () => {
    const absences = [between('2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z'), between('2026-03-03T00:00:00Z', '2026-03-06T00:00:00Z')]; // prettier-ignore
    const week = shiftsBetween(pattern({ absences }), between('2026-03-02T00:00:00Z', '2026-03-07T00:00:00Z'));
    expect(shown(week)).toEqual([
      '2026-03-02T07:00 to 2026-03-02T10:00',
      '2026-03-02T11:00 to 2026-03-02T15:00',
      '2026-03-06T07:00 to 2026-03-06T15:00',
    ]);
  });

  it('follow the clocks of the technician, also where they leap', () => {
    const nights = { validFrom: '2026-01-01', hours: hours([7], '00:00', '06:00') };
    const lengthOn = (date: string) => {
      const day = between(`${date}T00:00:00+01:00`, `${date}T23:00:00+01:00`);
      const [shift] = shiftsBetween(pattern({ rosters: [nights] }), { ...day, from: day.from - 7_200_000 });
      return shift && (shift.until - shift.from) / 3_600_000;
    };
    expect([lengthOn('2026-03-22'), lengthOn('2026-03-29'), lengthOn('2026-10-25')]).toEqual([6, 5, 7]);
  });

  it('go on over midnight, and over a change of rosters, without a gap', () => {
    const night = [...hours([1], '22:00', '24:00'), ...hours([2], '00:00', '06:00')];
    const found = shiftsBetween(
      pattern({ rosters: [{ validFrom: '2026-01-01', hours: night }] }),
      between('2026-03-02T00:00:00Z', '2026-03-04T00:00:00Z'),
    );
    expect(shown(found)).toEqual(['2026-03-02T21:00 to 2026-03-03T05:00']);
  });

  it('end at midnight where the roster says 24:00', () => {
    const evening = { validFrom: '2026-01-01', hours: hours([1], '22:00', '24:00') };
    const found = shiftsBetween(
      pattern({ rosters: [evening] }),
      between('2026-03-02T00:00:00Z', '2026-03-04T00:00:00Z'),
    );
    expect(shown(found)).toEqual(['2026-03-02T21:00 to 2026-03-02T23:00']);
  });
});
