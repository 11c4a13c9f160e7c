import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from './database.js';
import { isBusy } from './errors.js';
import { createDataSource, type Entity, type PoolSettings } from './pool.js';
import { UnitOfWork } from './unit-of-work.js';

const ATTEMPTS = 5;

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

@Global()
@Module({})
export class DatabaseModule {
  static connect(settings: PoolSettings, entities: readonly Entity[]): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [{ provide: DataSource, useFactory: () => connected(settings, entities) }, Database, UnitOfWork],
      exports: [DataSource, Database, UnitOfWork],
    };
  }
}
