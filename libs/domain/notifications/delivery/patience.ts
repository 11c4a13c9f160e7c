import { backoffMs } from '@isp/kernel';

/** Of one message, before it has failed: over half a day, at most a day. */
export const MOST_TRIES = 14;
const FIRST = { baseMs: 30_000, capMs: 6 * 3_600_000 };

/** Seconds until the next try after so many: exponential with full jitter; undefined when there is none. */
export function nextTrySeconds(tries: number, random?: () => number): number | undefined {
  if (tries >= MOST_TRIES) return undefined;
  return 1 + backoffMs(tries, random === undefined ? FIRST : { ...FIRST, random }) / 1_000;
}
