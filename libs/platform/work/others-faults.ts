import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@isp/kernel';
import { isConnectionFailure } from '@isp/platform/database';

const CODES = ['platform.work.fenced', 'platform.database.lost_race'];
const TRIES = 3;
/** Seconds until something of which a sweep could not take care is looked at again: what failed by itself, and what did not. */
const LATER_SECONDS = 900;
const SOON_SECONDS = 60;
const PAUSE_MS = 1_000;

/**
 * Whether a failure says nothing about what was dealt with: the database is away or busy with another, another change
 * came first, or another worker has taken over. What was dealt with is to be tried again soon, not put aside.
 */
export function isOthersFault(error: unknown): boolean {
  if (isConnectionFailure(error)) return true;
  return error instanceof DomainError && (error.kind === 'unavailable' || CODES.includes(error.code));
}

/** In how many seconds a sweep looks again at what failed so, and holds up no others meanwhile. */
export const againAfterSeconds = (error: unknown): number => (isOthersFault(error) ? SOON_SECONDS : LATER_SECONDS);

/** Runs `work` up to three times, at most a second apart, while others are at fault; then throws what failed last. */
export async function despiteOthers<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || !isOthersFault(error)) throw error;
      await sleep(Math.random() * PAUSE_MS);
    }
  }
}
