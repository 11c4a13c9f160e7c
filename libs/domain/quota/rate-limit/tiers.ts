import type { WindowLimit } from './rate-limit.port.js';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

function windows(minute: number, hour: number, day: number): readonly WindowLimit[] {
  return Object.freeze([
    { windowSeconds: MINUTE_SECONDS, limit: minute },
    { windowSeconds: HOUR_SECONDS, limit: hour },
    { windowSeconds: DAY_SECONDS, limit: day },
  ]);
}

/** Requests per minute, hour and day of each tier of API key. */
export const RATE_LIMIT_TIERS = {
  free: windows(100, 1_000, 10_000),
  professional: windows(500, 5_000, 50_000),
  enterprise: windows(2_000, 20_000, 200_000),
} as const;

export type RateLimitTier = keyof typeof RATE_LIMIT_TIERS;

export function tierLimits(tier: RateLimitTier): readonly WindowLimit[] {
  return RATE_LIMIT_TIERS[tier];
}
