import { addSeconds } from '@isp/kernel';
import { changeFeedErrors } from './change-feed.errors.js';

/** Seconds between two answers to one partner. */
export const WINDOW_SECONDS = 600;
/** How far back the first answer reaches. */
export const FIRST_SECONDS = 86_400;
/** How often an answer that was lost on its way may be asked for once more. */
export const MOST_REPEATS = 3;
/**
 * After a move to another database cluster its snapshots mean nothing any more and the clock has to do; no transaction
 * is older than this when it commits.
 */
const OTHER_CLUSTER_SECONDS = 3_600;

/** Where a partner stands. */
export interface Cursor {
  readonly upto: string | null;
  readonly uptoAt: Date | null;
  readonly since: string | null;
  readonly sinceAt: Date | null;
  readonly sameCluster: boolean;
  readonly repeats: number;
  readonly claim: number;
  readonly claimedUntil: Date | null;
}

/** What an answer covers: everything that the snapshot could not see or, without one, what changed from an instant on. */
export interface Start {
  readonly since: string | null;
  readonly sinceAt: Date;
}

/**
 * Where the answer to this call begins.
 * @throws `platform.change_feed.too_soon` with the seconds to wait, `….nothing_to_repeat`
 */
export function admit(cursor: Cursor, now: Date, repeat: boolean): Start {
  const { upto, uptoAt, claimedUntil, repeats } = cursor;
  refuseBefore(claimedUntil, now);
  const open = uptoAt && addSeconds(uptoAt, WINDOW_SECONDS);
  if (repeat) {
    if (!uptoAt || !cursor.sinceAt) throw changeFeedErrors('platform.change_feed.nothing_to_repeat');
    if (repeats >= MOST_REPEATS) refuseBefore(open && open > now ? open : addSeconds(now, 1), now);
    if (cursor.since !== null && !cursor.sameCluster) return otherCluster(cursor.sinceAt);
    return { since: cursor.since, sinceAt: cursor.sinceAt };
  }
  refuseBefore(open, now);
  if (upto === null || uptoAt === null) return { since: null, sinceAt: addSeconds(now, -FIRST_SECONDS) };
  return cursor.sameCluster ? { since: upto, sinceAt: uptoAt } : otherCluster(uptoAt);
}

function otherCluster(at: Date): Start {
  return { since: null, sinceAt: addSeconds(at, -OTHER_CLUSTER_SECONDS) };
}

function refuseBefore(open: Date | null, now: Date): void {
  if (!open || open <= now) return;
  const retryAfterSeconds = Math.ceil((open.getTime() - now.getTime()) / 1000);
  throw changeFeedErrors('platform.change_feed.too_soon', {}, { retryAfterSeconds });
}
