import type { WindowShape } from './window-shape.js';

/** Admissions of one key in one window, counted in a ring of buckets. Instants are milliseconds and never go back. */
export class SlidingWindow {
  private readonly counts: Uint32Array;
  /** Index of the oldest bucket that is not empty; the present one when all are. */
  private oldest = 0;
  private total = 0;

  constructor(private readonly shape: WindowShape) {
    this.counts = new Uint32Array(shape.buckets);
  }

  /** Admissions in buckets that the window ending at `now` touches. */
  used(now: number): number {
    const { windowMs, bucketMs } = this.shape;
    const first = Math.floor((now - windowMs) / bucketMs);
    while (this.total > 0 && (this.oldest < first || this.count(this.oldest) === 0)) {
      this.total -= this.count(this.oldest);
      this.counts[this.oldest % this.counts.length] = 0;
      this.oldest += 1;
    }
    if (this.total === 0) this.oldest = Math.floor(now / bucketMs);
    return this.total;
  }

  add(now: number, n: number): void {
    const slot = Math.floor(now / this.shape.bucketMs) % this.counts.length;
    this.counts[slot] = (this.counts[slot] as number) + n;
    this.total += n;
  }

  /** When fewer than `limit` are counted, and at least one fewer than now. */
  freeAt(now: number, limit: number): number {
    const { windowMs, bucketMs } = this.shape;
    const wanted = Math.max(1, this.total - limit + 1);
    let freed = 0;
    for (let index = this.oldest; freed < this.total; index += 1) {
      freed += this.count(index);
      if (freed >= wanted) return (index + 1) * bucketMs + windowMs;
    }
    return now + windowMs;
  }

  private count(index: number): number {
    return this.counts[index % this.counts.length] as number;
  }
}
