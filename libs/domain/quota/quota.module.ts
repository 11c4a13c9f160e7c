import { Global, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { API_LIMITS, createSidePool, Database } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import { QUEUE_CONNECTIONS, type QueueConnections, RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import {
  FallbackRateLimitStore,
  MemoryRateLimitStore,
  PostgresRateLimitStore,
  RateLimiter,
  type RateLimitStore,
  RedisRateLimitStore,
} from './rate-limit/index.js';

/** Shared counters on Redis where there is one, else in PostgreSQL over connections of their own. */
@Injectable()
export class SharedCounters implements OnApplicationShutdown {
  readonly store: RateLimitStore;
  private readonly pool: ReturnType<typeof createSidePool> | undefined;

  constructor(@Inject(QUEUE_CONNECTIONS) { redis }: QueueConnections, @Inject(CONFIG) config: Config) {
    const settings = { url: config.DATABASE_URL, max: 2, limits: API_LIMITS, applicationName: 'isp limits' };
    this.pool = redis ? undefined : createSidePool(settings, { plansOnce: true });
    this.pool?.on('error', () => undefined);
    this.store = redis
      ? new RedisRateLimitStore(redis)
      : new PostgresRateLimitStore(this.pool as NonNullable<typeof this.pool>);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.end();
  }
}

/** Limits over the shared counters; counted locally while those are out of reach. */
@Global()
@Module({
  providers: [
    SharedCounters,
    {
      provide: RateLimiter,
      useFactory: (shared: SharedCounters, clock: Clock, config: Config, log: Log) => {
        const onSwitch = (): void => log.warn('the store of the rate limits went away or came back');
        const options = { processes: config.ISP_API_PROCESSES, onSwitch };
        return new RateLimiter(new FallbackRateLimitStore(shared.store, new MemoryRateLimitStore(clock), options));
      },
      inject: [SharedCounters, CLOCK, CONFIG, Log],
    },
  ],
  exports: [RateLimiter],
})
export class QuotaModule {}

/** Removes counters that nobody has used for a day. */
@Injectable()
@RunsOnSchedule({ name: 'quota.purge-counters', everySeconds: 3_600 })
export class PurgeCountersSchedule implements Scheduled {
  constructor(private readonly database: Database) {}

  async run(): Promise<void> {
    await new PostgresRateLimitStore(this.database.pool).purge();
  }
}

@Module({ providers: [PurgeCountersSchedule] })
export class QuotaWorkerModule {}
