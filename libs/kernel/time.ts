/**
 * The only place that reads the machine's clock. Everything else is handed a `Clock`: programs that of the database, tests
 * one that can travel in time.
 * Instants are `Date` (UTC); calendar dates are `YYYY-MM-DD` strings.
 */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that is so many days ahead of another. */
export const clockAhead = (days: number, clock: Clock): Clock => ({
  now: () => addSeconds(clock.now(), days * 86_400),
});

/** ISO 8601 in UTC without fractions of a second: `2025-01-29T10:30:00Z`. */
export function toIsoSeconds(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}

/** Monotonic milliseconds for measuring durations; never a calendar time. */
export function monotonicMs(): number {
  return performance.now();
}

export function addSeconds(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}
