/** Nobody waits longer for a place than this, whatever the pace was: it may be better by then. */
const MOST_MS = 600_000;
/** How much the latest hand-over counts among those before it. */
const WEIGHT = 0.1;

/**
 * When a place comes free for who has found none: each of them is given the next moment at the pace of late, so that ten
 * thousand who wait come one after the other, and not all of them every few seconds. Milliseconds of one clock.
 */
export class Pace {
  private takesMs = 100;
  /** Until then all places are promised. */
  private promisedUntil = 0;

  constructor(private readonly places: number) {}

  /** Notes how long a hand-over took. */
  took(ms: number): void {
    this.takesMs += WEIGHT * (ms - this.takesMs);
  }

  /** Milliseconds until the place that is promised now. */
  wait(now: number): number {
    const next = Math.max(now, this.promisedUntil) + this.takesMs / this.places;
    this.promisedUntil = Math.min(next, now + MOST_MS);
    return this.promisedUntil - now;
  }
}
