import {
  type OpeningHours,
  type Span,
  addDays,
  instantAt,
  isoWeekday,
  localDate,
  minuteOf,
  merged,
  subtract,
} from '@isp/kernel';

/** The hours that somebody works, from a day on until another roster begins. */
export interface Roster {
  /** `YYYY-MM-DD`, included. */
  readonly validFrom: string;
  readonly hours: readonly OpeningHours[];
}

export interface WorkingPattern {
  /** IANA name: the clocks of the rosters. */
  readonly timeZone: string;
  readonly rosters: readonly Roster[];
  /** When they are away although a roster has them work. */
  readonly absences: readonly Span[];
}

/** The roster of a day; undefined before the first one. */
export function rosterOn(rosters: readonly Roster[], date: string): Roster | undefined {
  return rosters
    .filter(({ validFrom }) => validFrom <= date)
    .sort((one, other) => (one.validFrom < other.validFrom ? 1 : -1))[0];
}

/** When somebody works between two instants, in order. A shift that clocks leap over or repeat is as long as it lasts. */
export function shiftsBetween({ timeZone, rosters, absences }: WorkingPattern, { from, until }: Span): Span[] {
  const shifts: Span[] = [];
  const last = localDate(new Date(until), timeZone);
  for (let date = localDate(new Date(from), timeZone); date <= last; date = addDays(date, 1)) {
    const weekday = isoWeekday(date);
    for (const hours of rosterOn(rosters, date)?.hours ?? []) {
      if (hours.weekday !== weekday) continue;
      const at = (time: string) => instantAt(date, minuteOf(time), timeZone).getTime();
      shifts.push({ from: Math.max(at(hours.from), from), until: Math.min(at(hours.until), until) });
    }
  }
  return merged(subtract(shifts, absences));
}
