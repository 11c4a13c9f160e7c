import { Redis, type RedisOptions } from 'ioredis';
import type pg from 'pg';
import { createPostgresBackend, createRedisBackend, setDefaultBackendFactory } from 'bullmq';
import type { Config } from '@isp/platform/config';
import { createSidePool, WORKER_LIMITS } from '@isp/platform/database';

export const QUEUE_CONNECTIONS = Symbol('QueueConnections');

/** What BullMQ needs to reach its store: PostgreSQL unless there is a Redis. */
export interface QueueConnections {
  readonly backend: 'postgres' | 'redis';
  readonly prefix: string;
  /** For adding: fails at once when the store is away. */
  readonly producer: unknown;
  /** For workers: waits for the store to come back. */
  readonly consumer: unknown;
  /** The Redis client for other uses (rate limits); absent on PostgreSQL. */
  readonly redis?: Redis;
  close(): Promise<void>;
}

const PREFIX = 'isp';

/** Decides the backend for the whole process; call it before any queue is built. */
export function openQueueConnections(config: Config, role: 'api' | 'worker'): QueueConnections {
  return config.REDIS_URL ? openRedis(config.REDIS_URL) : openPostgres(config, role);
}

function openRedis(url: string): QueueConnections {
  setDefaultBackendFactory(createRedisBackend as never);
  const patient: RedisOptions = { maxRetriesPerRequest: null, retryStrategy: (times) => Math.min(times * 100, 1_000) };
  const hasty: RedisOptions = { ...patient, maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 2_500 };
  const producer = new Redis(url, hasty);
  const consumer = new Redis(url, patient);
  for (const client of [producer, consumer]) client.on('error', () => undefined);
  const close = async (): Promise<void> => {
    producer.disconnect();
    consumer.disconnect();
    await Promise.resolve();
  };
  return { backend: 'redis', prefix: PREFIX, producer, consumer, redis: producer, close };
}

function openPostgres(config: Config, role: 'api' | 'worker'): QueueConnections {
  setDefaultBackendFactory(createPostgresBackend as never);
  const pool: pg.Pool = createSidePool(
    {
      url: config.DATABASE_URL,
      max: role === 'api' ? 3 : 12,
      limits: WORKER_LIMITS,
      applicationName: `isp queue (${role})`,
    },
    { searchPath: 'bullmq,public', waitsForDisk: false },
  );
  pool.on('error', () => undefined);
  return { backend: 'postgres', prefix: PREFIX, producer: pool, consumer: pool, close: () => pool.end() };
}
