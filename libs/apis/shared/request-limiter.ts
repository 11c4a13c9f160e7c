import { Inject, Injectable } from '@nestjs/common';
import { RateLimiter, rateLimitHeaders, tierLimits } from '@isp/domain/quota';
import type { Clock } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import type { Caller, ClientInfo } from './caller.js';
import type { LimitStanding, RequestLimiter } from './ports.js';

/** Counts keys by their public id, people by their user, everybody else by address. */
@Injectable()
export class TierRequestLimiter implements RequestLimiter {
  constructor(
    private readonly limiter: RateLimiter,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  admit(caller: Caller | undefined, client: ClientInfo): Promise<LimitStanding | undefined> {
    return this.take(keyOf(caller, client), caller?.credential.tier ?? 'free');
  }

  admitRefused(client: ClientInfo): Promise<LimitStanding | undefined> {
    return this.take(`refused:${client.address}`, 'free');
  }

  private async take(key: string, tier: Caller['credential']['tier']): Promise<LimitStanding | undefined> {
    if (!this.config.ISP_RATE_LIMITS) return undefined;
    const decision = await this.limiter.take(key, tierLimits(tier));
    const { allowed, retryAfterSeconds } = decision;
    return { allowed, retryAfterSeconds, headers: rateLimitHeaders(decision, this.clock.now()) };
  }
}

function keyOf(caller: Caller | undefined, client: ClientInfo): string {
  if (!caller) return `address:${client.address}`;
  return caller.credential.publicId ? `key:${caller.credential.publicId}` : caller.actor.name;
}
