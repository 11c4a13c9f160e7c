import { Global, Injectable, Module } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { Database } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import { QUEUE_CONNECTIONS, type QueueConnections, RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import {
  FallbackRateLimitStore,
  MemoryRateLimitStore,
  PostgresRateLimitStore,
  RateLimiter,
  RedisRateLimitStore,
} from './rate-limit/index.js';

/** Shared counters on Redis where there is one, else in PostgreSQL; counted locally while the store is away. */
@Global()
@Module({
  providers: [
    {
      provide: RateLimiter,
      useFactory: (connections: QueueConnections, database: Database, clock: Clock, config: Config, log: Log) => {
        const shared = connections.redis
          ? new RedisRateLimitStore(connections.redis)
          : new PostgresRateLimitStore(database.pool);
        const onSwitch = (store: string, cause?: unknown): void => { console.error('SWITCH', store, String(cause)); log.warn('the store of the rate limits went away or came back'); };
        const local = new MemoryRateLimitStore(clock);
        return new RateLimiter(
          new FallbackRateLimitStore(shared, local, { processes: config.ISP_API_PROCESSES, onSwitch }),
        );
      },
      inject: [QUEUE_CONNECTIONS, Database, CLOCK, CONFIG, Log],
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
