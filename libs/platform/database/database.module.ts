import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from './database.js';
import { DatabaseClock } from './database-clock.js';
import { isBusy } from './errors.js';
import { createDataSource, type Entity, type PoolSettings, poolOf } from './pool.js';
import { statement } from './statement.js';
import { UnitOfWork } from './unit-of-work.js';

const ATTEMPTS = 5;
const TIME = {
  ...statement('database-time', 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms'),
  query_timeout: 5_000,
};

/** A server that is slow to answer, or has no connection free, is asked again; one that is not there is not waited for. */
async function connected(settings: PoolSettings, entities: readonly Entity[]): Promise<DataSource> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await createDataSource(settings, entities).initialize();
    } catch (error) {
      if (attempt === ATTEMPTS || !isBusy(error)) throw error;
      await sleep(500 * attempt);
    }
  }
}

/** Connected, and the clock follows it. */
async function opened(settings: PoolSettings, entities: readonly Entity[], clock: DatabaseClock): Promise<DataSource> {
  const source = await connected(settings, entities);
  await clock.follow(async () => ((await poolOf(source).query<{ ms: number }>(TIME)).rows[0] as { ms: number }).ms);
  return source;
}

@Global()
@Module({})
export class DatabaseModule {
  static connect(settings: PoolSettings, entities: readonly Entity[], clock = new DatabaseClock()): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: DatabaseClock, useValue: clock },
        { provide: DataSource, useFactory: () => opened(settings, entities, clock) },
        Database,
        UnitOfWork,
      ],
      exports: [DatabaseClock, DataSource, Database, UnitOfWork],
    };
  }
}
