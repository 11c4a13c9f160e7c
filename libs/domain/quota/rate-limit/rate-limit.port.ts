/** At most `limit` admissions in any stretch of `windowSeconds`. */
export interface WindowLimit {
  readonly windowSeconds: number;
  readonly limit: number;
}

/** One window after a take or a peek. */
export interface WindowUse extends WindowLimit {
  /** Admissions left now. */
  readonly remaining: number;
  /** When at least one more admission becomes free; a full window's length from now when none is used. */
  readonly resetAt: Date;
}

export interface TakeResult {
  /** How many of the wanted admissions were granted, by every window alike. */
  readonly granted: number;
  /** The store's own present, to which `resetAt` relates; process clocks may differ. */
  readonly at: Date;
  /** In the order of the limits. */
  readonly windows: readonly WindowUse[];
}

/**
 * Where admissions are counted. Exact: whatever runs in parallel on however many processes, no stretch of a window's
 * length sees more admissions than its limit, and from idle exactly the limit is admitted at once. Windows are counted
 * in 60 parts (96 beyond an hour), so an admission may be freed late by up to one part, never early.
 */
export interface RateLimitStore {
  /**
   * Takes up to `n` admissions, each of them from every window or from none.
   * Always use a key with the same window lengths; limits may change from call to call.
   */
  take(key: string, limits: readonly WindowLimit[], n: number): Promise<TakeResult>;
  /** What `take` would find, without taking. `granted` is 0. */
  peek(key: string, limits: readonly WindowLimit[]): Promise<TakeResult>;
}
