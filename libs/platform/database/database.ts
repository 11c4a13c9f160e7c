import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { translateDatabaseError } from './errors.js';
import { poolOf } from './pool.js';
import type { Statement } from './statement.js';

/**
 * Single statements of the platform itself (queues, limits, health), each its own transaction. Tables with tenants
 * answer nothing here: without a unit of work there are no walls to stand in.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {
    poolOf(dataSource).on('error', () => undefined);
  }

  get pool(): pg.Pool {
    return poolOf(this.dataSource);
  }

  async query<R>(sql: Statement, values: readonly unknown[] = []): Promise<R[]> {
    try {
      return (await this.pool.query({ ...sql, values: values as unknown[] })).rows as R[];
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
