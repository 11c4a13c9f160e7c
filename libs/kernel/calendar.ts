/**
 * Calendar dates (`YYYY-MM-DD`, Gregorian) and the instants at which they begin in a time zone (IANA name). Pure: the
 * zones' rules are those of the JavaScript engine.
 */
const DAY_MS = 86_400_000;

/** Most of the days that are kept as dates: a century and more. */
const MOST_DAYS = 50_000;
const daysOfDates = new Map<string, number>();
const datesOfDays = new Map<number, string>();

/** Days since 1970-01-01 of a date. */
export function dayNumber(date: string): number {
  const known = daysOfDates.get(date);
  if (known !== undefined) return known;
  const day = Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
  if (daysOfDates.size >= MOST_DAYS) daysOfDates.clear();
  if (!Number.isNaN(day)) daysOfDates.set(date, day);
  return day;
}

/** The date that is so many days after 1970-01-01. */
export function dateOfDay(day: number): string {
  const known = datesOfDays.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
  if (datesOfDays.size >= MOST_DAYS) datesOfDays.clear();
  datesOfDays.set(day, date);
  return date;
}

export function addDays(date: string, days: number): string {
  return dateOfDay(dayNumber(date) + days);
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const padded = (value: number, width: number): string => String(value).padStart(width, '0');

/** The same day of a later (or earlier) month; the month's last day where it has no such day. */
export function addMonths(date: string, months: number): string {
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  const [year, month] = [Math.floor(index / 12), ((index % 12) + 12) % 12];
  const leap = month === 1 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = (MONTH_DAYS[month] ?? 31) + (leap ? 1 : 0);
  return `${padded(year, 4)}-${padded(month + 1, 2)}-${padded(Math.min(Number(date.slice(8, 10)), last), 2)}`;
}

/** Days from one date until before another; negative when they are the other way round. */
export function daysBetween(from: string, until: string): number {
  return dayNumber(until) - dayNumber(from);
}

/** The date that it is in a zone at an instant. @throws RangeError on a zone that nobody knows */
export function localDate(instant: Date, timeZone: string): string {
  return dateOfDay(Math.floor((instant.getTime() + offsetMs(instant, timeZone)) / DAY_MS));
}

/** The first instant of a date in a zone: its midnight, or what comes instead where clocks leap over it. */
export function startOfDay(date: string, timeZone: string): Date {
  const asUtc = dayNumber(date) * DAY_MS;
  const offsets = [-DAY_MS, DAY_MS].map((shift) => offsetMs(new Date(asUtc + shift), timeZone));
  const candidates = offsets.map((offset) => new Date(asUtc - offset)).sort((a, b) => a.getTime() - b.getTime());
  return candidates.find((at) => localDate(at, timeZone) === date) ?? (candidates[1] as Date);
}

/**
 * The instant at which local clocks show a time of a date, in minutes since midnight (1440: the end of the day). Where
 * they leap over it, the instant of the leap or later; where they show it twice, the first.
 */
export function instantAt(date: string, minute: number, timeZone: string): Date {
  const asUtc = dayNumber(date) * DAY_MS + minute * 60_000;
  const offsets = [-DAY_MS, DAY_MS].map((shift) => offsetMs(new Date(asUtc + shift), timeZone));
  const candidates = offsets.map((offset) => new Date(asUtc - offset)).sort((a, b) => a.getTime() - b.getTime());
  return candidates.find((at) => at.getTime() + offsetMs(at, timeZone) === asUtc) ?? (candidates[1] as Date);
}

/** The day of the week of a date, as ISO 8601 counts: 1 is Monday, 7 Sunday. */
export function isoWeekday(date: string): number {
  return ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1;
}

/** A stretch of time in which a zone's clocks do not leap: milliseconds since 1970, the end not included. */
export interface ZoneSegment {
  readonly from: number;
  readonly until: number;
  /** Milliseconds that local clocks are ahead of UTC. */
  readonly offset: number;
}

/** Stretches of at most a day, one behind the other from an instant on, without end. @throws RangeError on an unknown zone */
export function* zoneSegments(fromMs: number, timeZone: string): Generator<ZoneSegment, never> {
  let from = fromMs;
  let offset = offsetMs(new Date(from), timeZone);
  for (let day = Math.floor(from / DAY_MS) + 1; ; day += 1) {
    const until = day * DAY_MS;
    const then = offsetAtMidnight(day, timeZone);
    const leap = then === offset ? until : leapBetween(from, until, timeZone);
    yield { from, until: leap, offset };
    if (leap < until) yield { from: leap, until, offset: then };
    [from, offset] = [until, then];
  }
}

/** Most of the days that one zone is ever asked for. */
const MOST_MIDNIGHTS = 10_000;
const midnights = new Map<string, Map<number, number>>();

/** As `offsetMs` at 00:00 UTC of a day; kept, because the same days are asked for again and again. */
function offsetAtMidnight(day: number, timeZone: string): number {
  const known = midnights.get(timeZone) ?? new Map<number, number>();
  if (known.size === 0) midnights.set(timeZone, known);
  const kept = known.get(day);
  if (kept !== undefined) return kept;
  const offset = offsetMs(new Date(day * DAY_MS), timeZone);
  if (known.size === MOST_MIDNIGHTS) known.clear();
  known.set(day, offset);
  return offset;
}

/** The instant, to the second, from which on the clocks of a zone are set as they are at the end. */
function leapBetween(from: number, until: number, timeZone: string): number {
  const last = offsetMs(new Date(until), timeZone);
  let [before, after] = [Math.floor(from / 1000), Math.ceil(until / 1000)];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetMs(new Date(middle * 1000), timeZone) === last) after = middle;
    else before = middle;
  }
  return Math.max(after * 1000, from);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
    const rest = { minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'iso8601', ...numeric, ...rest });
    formats.set(timeZone, format);
  }
  return format;
}

/** Clocks have been changed on quarters of an hour only since Newfoundland, and Gaza, left a minute past midnight. */
const QUARTER_MS = 900_000;
const QUARTERS_SINCE = Date.UTC(2012, 0, 1);
const MOST_KEPT = 20_000;
const kept = new Map<string, Map<number, number>>();

/** Milliseconds that local clocks are ahead of UTC at an instant. */
function offsetMs(instant: Date, timeZone: string): number {
  const at = instant.getTime();
  if (timeZone === 'UTC') return 0;
  if (!(at >= QUARTERS_SINCE)) return computedOffsetMs(instant, timeZone);
  const offsets = kept.get(timeZone) ?? new Map<number, number>();
  kept.set(timeZone, offsets);
  const quarter = Math.floor(at / QUARTER_MS);
  let offset = offsets.get(quarter);
  if (offset === undefined) {
    offset = computedOffsetMs(instant, timeZone);
    if (offsets.size >= MOST_KEPT) offsets.clear();
    offsets.set(quarter, offset);
  }
  return offset;
}

function computedOffsetMs(instant: Date, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  return local - Math.floor(instant.getTime() / 1000) * 1000;
}
