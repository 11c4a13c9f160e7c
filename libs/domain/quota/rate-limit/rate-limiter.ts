import { monotonicMs } from '@isp/kernel';
import type { RateLimitStore, TakeResult, WindowLimit, WindowUse } from './rate-limit.port.js';

/** The answer to one request. */
export interface RateLimitDecision {
  readonly allowed: boolean;
  readonly windows: readonly WindowUse[];
  /** The window with the fewest admissions left; among equals the one that frees last. */
  readonly tightest: WindowUse;
  /** Whole seconds until a refused request can be admitted; 0 when allowed. */
  readonly retryAfterSeconds: number;
}

interface Batch {
  waiting: { readonly resolve: (decision: RateLimitDecision) => void; readonly reject: (cause: unknown) => void }[];
}

interface Refusal {
  readonly untilMs: number;
  readonly windows: readonly WindowUse[];
}

/** A limit may be raised, or counters dropped, elsewhere: refusals are believed for so long at most. */
const MAX_REFUSAL_MS = 60_000;
const MAX_REFUSALS = 10_000;

/**
 * Decides on requests. Calls for one key that meet in this process share one store call, and a key that was refused is
 * refused from memory until its window frees, so a flood costs the store next to nothing.
 */
export class RateLimiter {
  private readonly batches = new Map<string, Batch>();
  private readonly refusals = new Map<string, Refusal>();

  constructor(private readonly store: RateLimitStore) {}

  /** Admits or refuses one request. Rejects only if the store does (behind a fallback it does not). */
  take(key: string, limits: readonly WindowLimit[]): Promise<RateLimitDecision> {
    const group = groupOf(key, limits);
    const refusal = this.refusals.get(group);
    if (refusal) {
      const leftMs = refusal.untilMs - monotonicMs();
      if (leftMs > 0) return Promise.resolve(refused(refusal.windows, leftMs));
      this.refusals.delete(group);
    }
    return new Promise((resolve, reject) => {
      const batch = this.batches.get(group);
      if (batch) batch.waiting.push({ resolve, reject });
      else void this.drain(group, key, limits, { waiting: [{ resolve, reject }] });
    });
  }

  /** What a request would find, without counting it. */
  async peek(key: string, limits: readonly WindowLimit[]): Promise<RateLimitDecision> {
    const result = await this.store.peek(key, limits);
    const leftMs = waitMs(result);
    return leftMs > 0 ? refused(result.windows, leftMs) : allowed(result.windows);
  }

  /** Forgets remembered refusals of a key, after its limits or counters were changed. */
  forget(key: string): void {
    for (const group of this.refusals.keys()) if (group.startsWith(`${key}\n`)) this.refusals.delete(group);
  }

  private async drain(group: string, key: string, limits: readonly WindowLimit[], batch: Batch): Promise<void> {
    this.batches.set(group, batch);
    while (batch.waiting.length > 0) {
      // One turn of the microtask queue lets callers of the same tick share the first call too.
      await Promise.resolve();
      const callers = batch.waiting;
      batch.waiting = [];
      try {
        const result = await this.store.take(key, limits, callers.length);
        callers.forEach((caller, index) => caller.resolve(this.decide(group, result, index)));
      } catch (cause) {
        for (const caller of callers) caller.reject(cause);
      }
    }
    this.batches.delete(group);
  }

  /** Of a shared result, the first `granted` callers were admitted, one after the other. */
  private decide(group: string, result: TakeResult, index: number): RateLimitDecision {
    const later = result.granted - 1 - index;
    if (later >= 0) {
      return allowed(result.windows.map((window) => ({ ...window, remaining: window.remaining + later })));
    }
    const leftMs = Math.max(1, waitMs(result));
    this.remember(group, { untilMs: monotonicMs() + Math.min(leftMs, MAX_REFUSAL_MS), windows: result.windows });
    return refused(result.windows, leftMs);
  }

  private remember(group: string, refusal: Refusal): void {
    this.refusals.delete(group);
    this.refusals.set(group, refusal);
    for (const oldest of this.refusals.keys()) {
      if (this.refusals.size <= MAX_REFUSALS) return;
      this.refusals.delete(oldest);
    }
  }
}

function groupOf(key: string, limits: readonly WindowLimit[]): string {
  return `${key}\n${limits.map(({ windowSeconds, limit }) => `${windowSeconds}:${limit}`).join()}`;
}

/** Milliseconds until every exhausted window has a place again; 0 when none is exhausted. */
function waitMs({ windows, at }: TakeResult): number {
  const exhausted = windows.filter(({ remaining }) => remaining === 0);
  return Math.max(0, ...exhausted.map(({ resetAt }) => resetAt.getTime() - at.getTime()));
}

function allowed(windows: readonly WindowUse[]): RateLimitDecision {
  return { allowed: true, windows, tightest: tightestOf(windows), retryAfterSeconds: 0 };
}

function refused(windows: readonly WindowUse[], leftMs: number): RateLimitDecision {
  return {
    allowed: false,
    windows,
    tightest: tightestOf(windows),
    retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
  };
}

function tightestOf(windows: readonly WindowUse[]): WindowUse {
  return windows.reduce((best, window) => {
    if (window.remaining !== best.remaining) return window.remaining < best.remaining ? window : best;
    return window.resetAt > best.resetAt ? window : best;
  });
}
