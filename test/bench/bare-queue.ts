import { monotonicMs } from '@isp/kernel';
import { createSidePool, WORKER_LIMITS } from '@isp/platform/database';
import { createPostgresBackend, createRedisBackend, Queue, setDefaultBackendFactory, Worker } from 'bullmq';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { serve } from './processes.js';

/**
 * Bare BullMQ: one process adds, another one processes and does nothing. The one that adds does so by itself, or as a
 * bare server: Fastify, one durable row an order, one message.
 */
export type QueueOrder =
  | {
      readonly open: 'producer' | 'consumer';
      readonly databaseUrl: string;
      readonly redisUrl: string | undefined;
      readonly concurrency: number;
    }
  | { readonly add: number; readonly inFlight: number; readonly perSecond?: number }
  | { readonly awaitDone: number };

export interface QueueAnswer {
  /** Epoch milliseconds by job: when it was added, or when it was processed. */
  readonly at: Readonly<Record<string, number>>;
  readonly startedAt: number;
  /** Where the bare server listens. */
  readonly url?: string;
}

const NAME = 'bench';
const epochMs = (): number => performance.timeOrigin + performance.now();
let queue: Queue | undefined;
let done: Record<string, number> = {};

async function open(order: Extract<QueueOrder, { open: string }>): Promise<string> {
  const { open: role, databaseUrl, redisUrl, concurrency } = order;
  setDefaultBackendFactory((redisUrl ? createRedisBackend : createPostgresBackend) as never);
  const pool = { url: databaseUrl, max: 12, limits: WORKER_LIMITS, applicationName: 'bench queue' };
  const connection = (
    redisUrl
      ? new Redis(redisUrl, { maxRetriesPerRequest: null })
      : createSidePool(pool, { searchPath: 'bullmq,public' })
  ) as never;
  if (role === 'producer') {
    queue = new Queue(NAME, { connection, prefix: 'isp', defaultJobOptions: { removeOnComplete: true } });
    return listen(createSidePool({ ...pool, applicationName: 'bench server' }));
  }
  const options = { connection, prefix: 'isp', concurrency, lockDuration: 10_000, stalledInterval: 3_000 };
  const worker = new Worker<{ n: string }>(NAME, async (job) => note(job.data.n), options);
  worker.on('error', (error) => console.error(error.message));
  return '';
}

function listen(pool: pg.Pool): Promise<string> {
  const server = Fastify();
  server.post<{ Params: { n: string } }>('/orders/:n', async ({ params: { n } }, reply) => {
    await pool.query({ name: 'order', text: 'INSERT INTO bench_orders (n) VALUES ($1)', values: [n] });
    await queue?.add('work', { n }, { priority: 3 });
    return reply.code(202).send({ n });
  });
  return server.listen({ port: 0, host: '127.0.0.1' });
}

function note(n: string): Promise<void> {
  done[n] = epochMs();
  return Promise.resolve();
}

async function add(count: number, inFlight: number, perSecond: number | undefined): Promise<QueueAnswer> {
  const at: Record<string, number> = {};
  const startedAt = epochMs();
  const one = async (turn: number): Promise<void> => {
    const n = String(turn);
    await queue?.add('work', { n, ids: [n], suspect: false }, { priority: 3 });
    at[n] = epochMs();
  };
  if (perSecond) {
    const start = monotonicMs();
    const open: Promise<void>[] = [];
    for (let turn = 1; turn <= count; turn += 1) {
      open.push(one(turn));
      const wait = start + (turn * 1_000) / perSecond - monotonicMs();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    await Promise.all(open);
  } else {
    const turns = Array.from({ length: count }, (_, index) => index + 1).values();
    const lane = async (): Promise<void> => {
      for (const turn of turns) await one(turn);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  }
  return { at, startedAt };
}

async function awaitDone(count: number): Promise<QueueAnswer> {
  while (Object.keys(done).length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  const at = done;
  done = {};
  return { at, startedAt: 0 };
}

serve(async (order: QueueOrder): Promise<QueueAnswer> => {
  if ('open' in order) {
    return { at: {}, startedAt: 0, url: await open(order) };
  }
  return 'add' in order ? add(order.add, order.inFlight, order.perSecond) : awaitDone(order.awaitDone);
});
