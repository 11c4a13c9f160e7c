import type { Clock } from '@isp/kernel';
import type { RateLimitStore, TakeResult, WindowLimit } from './rate-limit.port.js';
import { SlidingWindow } from './sliding-window.js';
import { layoutOf, shapeOf } from './window-shape.js';

interface Entry {
  readonly windows: readonly SlidingWindow[];
  readonly keepMs: number;
  lastMs: number;
}

/** Counts in this process only: what takes over when the shared store is away. */
export class MemoryRateLimitStore implements RateLimitStore {
  private readonly entries = new Map<string, Entry>();

  /** `maxKeys` bounds memory to about 1 KiB each; beyond it the key that has rested longest is forgotten. */
  constructor(
    private readonly clock: Clock,
    private readonly maxKeys = 20_000,
  ) {}

  take(key: string, limits: readonly WindowLimit[], n: number): Promise<TakeResult> {
    const id = `${layoutOf(limits)}:${key}`;
    const entry = this.entries.get(id) ?? newEntry(limits);
    const result = this.count(entry, limits, n);
    this.entries.delete(id);
    this.entries.set(id, entry);
    this.shrink();
    return Promise.resolve(result);
  }

  peek(key: string, limits: readonly WindowLimit[]): Promise<TakeResult> {
    const entry = this.entries.get(`${layoutOf(limits)}:${key}`) ?? newEntry(limits);
    return Promise.resolve(this.count(entry, limits, 0));
  }

  private count(entry: Entry, limits: readonly WindowLimit[], n: number): TakeResult {
    const now = Math.max(this.clock.now().getTime(), entry.lastMs);
    entry.lastMs = now;
    const windows = limits.map((window, index) => ({ ...window, counter: entry.windows[index] as SlidingWindow }));
    const granted = windows.reduce(
      (left, { limit, counter }) => Math.max(0, Math.min(left, limit - counter.used(now))),
      n,
    );
    return {
      granted,
      at: new Date(now),
      windows: windows.map(({ windowSeconds, limit, counter }) => {
        if (granted > 0) counter.add(now, granted);
        const remaining = Math.max(0, limit - counter.used(now));
        return { windowSeconds, limit, remaining, resetAt: new Date(counter.freeAt(now, limit)) };
      }),
    };
  }

  /** Keys stand in the order of their last use, so the first that still counts ends the search. */
  private shrink(): void {
    const now = this.clock.now().getTime();
    for (const [id, entry] of this.entries) {
      if (entry.lastMs + entry.keepMs > now && this.entries.size <= this.maxKeys) return;
      this.entries.delete(id);
    }
  }
}

function newEntry(limits: readonly WindowLimit[]): Entry {
  const shapes = limits.map(shapeOf);
  return {
    windows: shapes.map((shape) => new SlidingWindow(shape)),
    keepMs: Math.max(0, ...shapes.map(({ windowMs, bucketMs }) => windowMs + bucketMs)),
    lastMs: 0,
  };
}
