const MINUTE = 60;
const HOUR = 3_600;

/** Seconds before each try, the first included (Standard Webhooks): 10 tries over 75.6 hours. */
export const RETRY_WAITS: readonly number[] = [
  0,
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** The longest wait that a receiver can ask for. */
export const MAX_RETRY_AFTER = 24 * HOUR;
const JITTER = 0.1;

export interface RetryOptions {
  /** What a 429 or 503 asked for. */
  readonly retryAfterSeconds?: number | undefined;
  /** Uniform in [0, 1); `Math.random` unless a test says otherwise. */
  readonly random?: () => number;
}

/**
 * Seconds to wait after `tries` failed tries (from 1), +-10 % so that deliveries that failed together do not come back
 * together, and never less than the receiver asked for (24 h at most). Undefined when that was the last try.
 */
export function retryDelaySeconds(
  tries: number,
  { retryAfterSeconds = 0, random = Math.random }: RetryOptions = {},
): number | undefined {
  const wait = RETRY_WAITS[tries];
  if (wait === undefined) return undefined;
  const jittered = wait * (1 - JITTER + 2 * JITTER * random());
  return Math.max(jittered, Math.min(retryAfterSeconds, MAX_RETRY_AFTER));
}

/** Seconds that a `Retry-After` header asks for (RFC 9110: seconds or a date); undefined when it says nothing usable. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
