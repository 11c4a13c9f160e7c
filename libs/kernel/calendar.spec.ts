import { describe, expect, it } from '@jest/globals';
import {
  addDays,
  addMonths,
  dateOfDay,
  dayNumber,
  daysBetween,
  instantAt,
  isoWeekday,
  localDate,
  startOfDay,
} from './calendar.js';

describe('dates', () => {
  it('count days over leap years and month ends', () => {
    expect(daysBetween('2024-02-01', '2024-03-01')).toBe(29);
    expect(daysBetween('2025-02-01', '2025-03-01')).toBe(28);
    expect(addDays('2024-12-31', 1)).toBe('2025-01-01');
    expect(dateOfDay(dayNumber('2000-02-29'))).toBe('2000-02-29');
    expect(addMonths('2025-01-31', 1)).toBe('2025-02-28');
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2025-01-15', -2)).toBe('2024-11-15');
    expect(addMonths('2025-11-28', 15)).toBe('2027-02-28');
  });

  it.each([
    ['2025-01-01', 'Pacific/Kiritimati', '2024-12-31T10:00:00.000Z'],
    ['2025-01-01', 'Asia/Kolkata', '2024-12-31T18:30:00.000Z'],
    ['2025-01-01', 'America/St_Johns', '2025-01-01T03:30:00.000Z'],
    ['2025-03-09', 'America/New_York', '2025-03-09T05:00:00.000Z'],
    ['2025-03-10', 'America/New_York', '2025-03-10T04:00:00.000Z'],
    ['2025-11-03', 'America/New_York', '2025-11-03T05:00:00.000Z'],
    // Clocks went from 24:00 to 01:00: the day began with its second hour.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['2025-06-15', 'UTC', '2025-06-15T00:00:00.000Z'],
  ])('%s begins in %s at %s', (date, zone, instant) => {
    const start = startOfDay(date, zone);
    expect(start.toISOString()).toBe(instant);
    expect(localDate(start, zone)).toBe(date);
    expect(localDate(new Date(start.getTime() - 1), zone)).toBe(addDays(date, -1));
  });

  it.each([
    ['2025-06-16', 540, 'America/New_York', '2025-06-16T13:00:00.000Z'],
    ['2025-06-16', 1440, 'America/New_York', '2025-06-17T04:00:00.000Z'],
    ['2025-01-01', 540, 'Pacific/Kiritimati', '2024-12-31T19:00:00.000Z'],
    // Half past two was not; clocks went from two to three.
    ['2025-03-09', 150, 'America/New_York', '2025-03-09T07:30:00.000Z'],
    // Half past one was twice.
    ['2025-11-02', 90, 'America/New_York', '2025-11-02T05:30:00.000Z'],
  ])('%s, minute %i in %s is %s', (date, minute, zone, instant) => {
    expect(instantAt(date, minute, zone).toISOString()).toBe(instant);
  });

  it('know their day of the week', () => {
    expect(['2025-06-16', '2025-06-22', '1969-12-29', '2024-02-29'].map(isoWeekday)).toEqual([1, 7, 1, 4]);
  });
});
