import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { translateDatabaseError } from './errors.js';
import { poolOf } from './pool.js';
import type { Statement } from './statement.js';

/** For one statement of the platform, lock and all. Heartbeats that hang must not use up the pool. */
const READ_TIMEOUT_MS = 12_000;

/**
 * Single statements of the platform itself (queues, limits, health), each its own transaction. Tables with tenants
 * answer nothing here: without a unit of work there are no walls to stand in.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {
    poolOf(dataSource).on('error', () => undefined);
  }

  private get readTimeoutMs(): number {
    return (this.pool.options as { query_timeout?: number }).query_timeout ?? READ_TIMEOUT_MS;
  }

  get pool(): pg.Pool {
    return poolOf(this.dataSource);
  }

  async query<R>(sql: Statement, values: readonly unknown[] = []): Promise<R[]> {
    try {
      const limits = { query_timeout: Math.min(READ_TIMEOUT_MS, this.readTimeoutMs) };
      return (await this.pool.query({ ...sql, ...limits, values: values as unknown[] })).rows as R[];
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
