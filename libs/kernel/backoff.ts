export interface BackoffOptions {
  /** Ceiling of the first wait, in milliseconds. */
  readonly baseMs: number;
  /** Ceiling of every wait, in milliseconds. */
  readonly capMs: number;
  /** Uniform in [0, 1); `Math.random` unless a test says otherwise. */
  readonly random?: () => number;
}

/** The longest wait before try `attempt + 1`: base x 2^(attempt-1), capped. `attempt` counts from 1. */
export function backoffCeilingMs(attempt: number, { baseMs, capMs }: BackoffOptions): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(Math.max(attempt - 1, 0), 60));
}

/**
 * Milliseconds to wait after failed try `attempt` (from 1): exponential with full jitter, so clients that failed
 * together do not come back together.
 */
export function backoffMs(attempt: number, options: BackoffOptions): number {
  const random = options.random ?? Math.random;
  return Math.floor(random() * backoffCeilingMs(attempt, options));
}
