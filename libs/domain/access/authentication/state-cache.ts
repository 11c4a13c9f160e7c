import { monotonicMs } from '@isp/kernel';

interface Entry<V> {
  value: V;
  /** When the reading of the value began; -Infinity before the first. */
  readAt: number;
  loading: Promise<V> | undefined;
}

export interface StateCacheOptions {
  readonly maxAgeMs: number;
  readonly maxEntries: number;
  readonly now?: () => number;
}

/**
 * What the database said lately, at most `maxAgeMs` ago counted from the start of the reading. One reading per key at a
 * time; a value past half its age is read again in the background, so that busy callers never wait for it.
 */
export class StateCache<V> {
  private readonly entries = new Map<string, Entry<V | undefined>>();
  private readonly now: () => number;

  constructor(
    private readonly load: (key: string) => Promise<V>,
    private readonly options: StateCacheOptions,
  ) {
    this.now = options.now ?? monotonicMs;
  }

  async get(key: string): Promise<V> {
    const entry = this.entries.get(key) ?? this.admit(key);
    const age = this.now() - entry.readAt;
    if (age <= this.options.maxAgeMs) {
      if (age > this.options.maxAgeMs / 2 && !entry.loading) this.read(key, entry).catch(() => undefined);
      return entry.value as V;
    }
    return (entry.loading as Promise<V> | undefined) ?? this.read(key, entry);
  }

  /** Makes the next `get` read anew, also when a reading is under way. */
  forget(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  private admit(key: string): Entry<V | undefined> {
    if (this.entries.size >= this.options.maxEntries) {
      const oldest = this.entries.keys().next().value;
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    const entry = { value: undefined, readAt: -Infinity, loading: undefined };
    this.entries.set(key, entry);
    return entry;
  }

  private read(key: string, entry: Entry<V | undefined>): Promise<V> {
    const startedAt = this.now();
    const loading = this.load(key)
      .then((value) => {
        entry.value = value;
        entry.readAt = startedAt;
        return value;
      })
      .finally(() => {
        entry.loading = undefined;
      });
    entry.loading = loading;
    return loading;
  }
}
