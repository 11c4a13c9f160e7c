import type { TakeResult, WindowLimit } from './rate-limit.port.js';

const MS = 1000;
const HOUR_SECONDS = 3600;

/** How a window is counted: buckets of `bucketMs`, of which a window can touch at most `buckets`. */
export interface WindowShape {
  readonly windowMs: number;
  readonly bucketMs: number;
  readonly buckets: number;
}

/** 60 parts up to an hour, 96 beyond; the bucket that the window's start cuts counts in full, hence one more. */
export function shapeOf({ windowSeconds }: Pick<WindowLimit, 'windowSeconds'>): WindowShape {
  const windowMs = windowSeconds * MS;
  const bucketMs = Math.ceil(windowMs / (windowSeconds > HOUR_SECONDS ? 96 : 60));
  return { windowMs, bucketMs, buckets: Math.ceil(windowMs / bucketMs) + 1 };
}

/** Separates the counters of a key by window lengths, because a ring's layout depends on them. */
export function layoutOf(limits: readonly WindowLimit[]): string {
  return limits.map(({ windowSeconds }) => windowSeconds).join('-');
}

/** Reads a shared store's flat answer: granted, present, then used and reset of every window (milliseconds). */
export function readAnswer(answer: readonly (string | number)[], limits: readonly WindowLimit[]): TakeResult {
  const [granted, at, ...uses] = answer.map(Number) as [number, number, ...number[]];
  return {
    granted,
    at: new Date(at),
    windows: limits.map((window, index) => ({
      windowSeconds: window.windowSeconds,
      limit: window.limit,
      remaining: Math.max(0, window.limit - (uses[index * 2] as number)),
      resetAt: new Date(uses[index * 2 + 1] as number),
    })),
  };
}
