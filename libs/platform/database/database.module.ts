import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from './database.js';
import { createDataSource, type Entity, type PoolSettings } from './pool.js';
import { UnitOfWork } from './unit-of-work.js';

@Global()
@Module({})
export class DatabaseModule {
  static connect(settings: PoolSettings, entities: readonly Entity[]): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: DataSource, useFactory: () => createDataSource(settings, entities).initialize() },
        Database,
        UnitOfWork,
      ],
      exports: [DataSource, Database, UnitOfWork],
    };
  }
}
