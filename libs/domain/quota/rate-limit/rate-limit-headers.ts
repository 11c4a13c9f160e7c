import type { RateLimitDecision } from './rate-limiter.js';

/**
 * The headers of an answer: `X-RateLimit-*` of the tightest window (`Reset` in epoch seconds), the IETF fields
 * (draft-ietf-httpapi-ratelimit-headers) for all windows, and `Retry-After` on a refusal.
 */
export function rateLimitHeaders(decision: RateLimitDecision, now: Date): Record<string, string> {
  const { tightest, windows, allowed, retryAfterSeconds } = decision;
  const seconds = (resetAt: Date) => Math.max(0, Math.ceil((resetAt.getTime() - now.getTime()) / 1000));
  return {
    'X-RateLimit-Limit': String(tightest.limit),
    'X-RateLimit-Remaining': String(tightest.remaining),
    'X-RateLimit-Reset': String(Math.ceil(tightest.resetAt.getTime() / 1000)),
    'RateLimit-Policy': windows
      .map(({ windowSeconds, limit }) => `"${windowSeconds}s";q=${limit};w=${windowSeconds}`)
      .join(', '),
    RateLimit: windows.map((use) => `"${use.windowSeconds}s";r=${use.remaining};t=${seconds(use.resetAt)}`).join(', '),
    ...(allowed ? {} : { 'Retry-After': String(retryAfterSeconds) }),
  };
}
