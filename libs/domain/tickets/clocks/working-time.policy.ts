import { type OpeningHours, dateOfDay, minuteOf, zoneSegments } from '@isp/kernel';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Nobody waits longer for a calendar to open again. */
const HORIZON_MS = 20 * 366 * DAY_MS;

/** When people work. An instant counts when the clock on the wall then shows a time in the hours of its day. */
export interface WorkingCalendar {
  /** IANA name. */
  readonly timeZone: string;
  /** Not overlapping. */
  readonly hours: readonly OpeningHours[];
  /** `YYYY-MM-DD`, on which nobody works. */
  readonly holidays: readonly string[];
}

/** From one instant until before another, in milliseconds since 1970. */
type Span = readonly [from: number, until: number];

/** The spans in which people work from an instant on, in order. */
function* workingSpans(calendar: WorkingCalendar, from: number): Generator<Span> {
  const holidays = new Set(calendar.holidays);
  const byWeekday = Array.from({ length: 8 }, (_, weekday) =>
    calendar.hours
      .filter((hours) => hours.weekday === weekday)
      .map((hours) => [minuteOf(hours.from) * MINUTE_MS, minuteOf(hours.until) * MINUTE_MS] as const)
      .sort(([one], [other]) => one - other),
  );
  for (const segment of zoneSegments(from, calendar.timeZone)) {
    if (segment.from - from > HORIZON_MS) return;
    const lastDay = Math.floor((segment.until - 1 + segment.offset) / DAY_MS);
    for (let day = Math.floor((segment.from + segment.offset) / DAY_MS); day <= lastDay; day += 1) {
      if (holidays.has(dateOfDay(day))) continue;
      // 1970-01-01 was a Thursday.
      const midnight = day * DAY_MS - segment.offset;
      for (const [opens, closes] of byWeekday[((((day + 3) % 7) + 7) % 7) + 1] ?? []) {
        const begin = Math.max(midnight + opens, segment.from);
        const end = Math.min(midnight + closes, segment.until);
        if (begin < end) yield [begin, end];
      }
    }
  }
}

/** Milliseconds of work from one instant until another; all of them without a calendar. */
export function workedMs(calendar: WorkingCalendar | null, from: number, until: number): number {
  if (!calendar) return Math.max(0, until - from);
  let worked = 0;
  for (const [begin, end] of workingSpans(calendar, from)) {
    if (begin >= until) break;
    worked += Math.min(end, until) - begin;
  }
  return worked;
}

/** The first instant at which so many milliseconds of work have passed; undefined when that never comes. */
export function afterWork(calendar: WorkingCalendar | null, from: number, work: number): number | undefined {
  if (!calendar || work <= 0) return from + Math.max(0, work);
  let left = work;
  for (const [begin, end] of workingSpans(calendar, from)) {
    if (end - begin >= left) return begin + left;
    left -= end - begin;
  }
  return undefined;
}
