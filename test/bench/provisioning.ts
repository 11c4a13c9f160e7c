import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis, type TestRedis } from '../support/redis.js';
import type { QueueAnswer, QueueOrder } from './bare-queue.js';
import { fillServices } from './data.js';
import type { Load, LoadResult } from './load.js';
import { type Figure, interleave, median, number, ratioOf } from './measure.js';
import { PARTNERS, type Place } from './place.js';
import { cpuMicros, Helper } from './processes.js';

const BURST = 2_000;
const PACED = { count: 100, perSecond: 20 } as const;
const CONCURRENCY = 20;
const IN_FLIGHT = 16;
const KEYS = 80;

interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Processor time an order: of the two programs and of PostgreSQL. */
  readonly micros: readonly number[];
}

interface Pace {
  readonly count: number;
  /** As fast as answers come when absent. */
  readonly perSecond?: number;
  /** Called when everything is prepared. */
  readonly started?: () => void;
}

interface Bench {
  readonly place: Place;
  readonly load: Helper<Load, LoadResult>;
  readonly rounds: number;
}

function measured(
  burst: { readonly startedAt: number; readonly done: readonly number[] },
  latencies: readonly number[],
): Omit<Measured, 'micros'> {
  const sorted = [...latencies].sort((left, right) => left - right);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    perSecond: (burst.done.length * 1_000) / (Math.max(...burst.done) - burst.startedAt),
    p50: at(0.5),
    p99: at(0.99),
  };
}

/** Orders over HTTP until their services are active; the commit's own time stamp says when that was. */
async function orders(bench: Bench, url: string, keys: readonly string[], { count, perSecond, started }: Pace) {
  const ids = await bench.place.owner((client) => fillServices(client, count, PARTNERS.others));
  const headers = keys.map((key) => ({ 'x-api-key': key, 'content-type': 'application/json' }));
  const pace = perSecond ? { perSecond } : {};
  const load: Load = {
    origin: url,
    method: 'POST',
    paths: ids.map((id) => `/v1/services/${id}/provision`),
    headers,
    body: '{}',
    connections: IN_FLIGHT,
    count,
    ...pace,
  };
  started?.();
  const result = await bench.load.ask(load);
  if (result.statuses['202'] !== count)
    throw new Error(`orders were refused: ${JSON.stringify(result.statuses)} ${result.sample.slice(0, 300)}`);
  const at = await bench.place.owner(async (client) => {
    // The commits say when they were; looking often would only cost the database that is measured.
    for (let attempt = 0; attempt < 240; attempt += 1) {
      const { rows } = await client.query<{ id: number; at: string }>(
        `SELECT id, extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000 AS at FROM services WHERE id = ANY($1) AND status = 'active'`,
        [ids],
      );
      if (rows.length === count) return new Map(rows.map((row) => [row.id, Number(row.at)]));
      await sleep(500);
    }
    throw new Error('orders were accepted and not carried out');
  });
  const latencies = ids.map(
    (id) => (at.get(id) as number) - (result.answeredAt[`/v1/services/${id}/provision`] as number),
  );
  return { startedAt: result.startedAt, done: [...at.values()], latencies };
}

async function jobs(
  producer: Helper<QueueOrder, QueueAnswer>,
  consumer: Helper<QueueOrder, QueueAnswer>,
  { count, perSecond, started }: Pace,
) {
  started?.();
  const pace = perSecond ? { perSecond } : {};
  const [added, processed] = await Promise.all([
    producer.ask({ add: count, inFlight: IN_FLIGHT, ...pace }),
    consumer.ask({ awaitDone: count }),
  ]);
  const latencies = Object.entries(processed.at).map(([n, at]) => at - (added.at[n] as number));
  return { startedAt: added.startedAt, done: Object.values(processed.at), latencies };
}

/** The same over HTTP: a bare server that keeps one row an order and adds one message. */
async function served(
  load: Helper<Load, LoadResult>,
  origin: string,
  consumer: Helper<QueueOrder, QueueAnswer>,
  { count, perSecond, started }: Pace,
) {
  started?.();
  const pace = perSecond ? { perSecond } : {};
  const numbers = Array.from({ length: count }, (_, index) => String(index));
  const headers = [{ 'content-type': 'application/json' }];
  const paths = numbers.map((n) => `/orders/${n}`);
  const [accepted, processed] = await Promise.all([
    load.ask({ origin, method: 'POST', paths, headers, body: '{}', connections: IN_FLIGHT, count, ...pace }),
    consumer.ask({ awaitDone: count }),
  ]);
  const latencies = numbers.map((n) => (processed.at[n] as number) - (accepted.answeredAt[`/orders/${n}`] as number));
  return { startedAt: accepted.startedAt, done: Object.values(processed.at), latencies };
}

async function onBackend(bench: Bench, name: string, redis: TestRedis | undefined): Promise<Figure[]> {
  const { place } = bench;
  const settings = { ISP_WORKER_CONCURRENCY: String(CONCURRENCY), ...(redis ? { REDIS_URL: redis.url } : {}) };
  const keys = await place.apiKeys(PARTNERS.operator, KEYS, ['service.provision']);
  const [api, worker] = await Promise.all([place.app('api', settings), place.app('worker', settings)]);
  const [producer, consumer] = await Promise.all([
    Helper.start<QueueOrder, QueueAnswer>('bare-queue.ts'),
    Helper.start<QueueOrder, QueueAnswer>('bare-queue.ts'),
  ]);
  try {
    const store = { databaseUrl: place.postgres.appUrl, redisUrl: redis?.url, concurrency: CONCURRENCY };
    // As in the migrations: whoever owns the schema makes a queue's sequence.
    await place.owner((client) => client.query(`SELECT bullmq.next_job_id('bench')`));
    await place.owner((client) =>
      client.query('GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA bullmq TO isp_app'),
    );
    await place.owner((client) =>
      client.query('CREATE TABLE IF NOT EXISTS bench_orders (n text); GRANT INSERT ON bench_orders TO isp_app'),
    );
    const { url = '' } = await producer.ask({ open: 'producer', ...store });
    await consumer.ask({ open: 'consumer', ...store });
    const both = async (
      pids: readonly number[],
      one: (pace: Pace) => Promise<Parameters<typeof measured>[0] & { latencies: number[] }>,
    ): Promise<Measured> => {
      const used = (): readonly number[] => [...pids, place.postgres.pid].map(cpuMicros);
      let before: readonly number[] = [];
      const burst = await one({ count: BURST, started: () => (before = used()) });
      const micros = used().map((value, index) => (value - (before[index] as number)) / BURST);
      return { ...measured(burst, (await one(PACED)).latencies), micros };
    };
    const sides = {
      ours: () => both([api.pid, worker.pid], (pace) => orders(bench, api.url, keys, pace)),
      server: () => both([producer.pid, consumer.pid], (pace) => served(bench.load, url, consumer, pace)),
      queue: () => both([producer.pid, consumer.pid], (pace) => jobs(producer, consumer, pace)),
    };
    await interleave(1, sides);
    const { ours, server, queue } = await interleave(bench.rounds, sides);
    return [
      figureOf(`Orders from HTTP to active, queue on ${name}, beside a bare server`, ours, server, 0.3),
      figureOf(`Orders from HTTP to active, queue on ${name}, beside its queue alone`, ours, queue, undefined),
    ];
  } finally {
    await Promise.all([api.stop(), worker.stop(), producer.stop(), consumer.stop()]);
  }
}

function figureOf(
  what: string,
  ours: readonly Measured[],
  bare: readonly Measured[],
  target: number | undefined,
): Figure {
  const text = (side: readonly Measured[]): string =>
    `${number(median(side.map((one) => one.perSecond)))}/s, p50 ${number(median(side.map((one) => one.p50)))} ms, p99 ${number(median(side.map((one) => one.p99)))} ms, ${[0, 1, 2].map((index) => number(median(side.map((one) => one.micros[index] ?? 0)))).join(' + ')} µs`;
  const ratio = ratioOf(
    ours.map((one) => one.perSecond),
    bare.map((one) => one.perSecond),
  );
  console.log(`${what}: ratio ${ratio.toFixed(2)} (ours ${text(ours)}; bare ${text(bare)})`);
  const met = target === undefined ? undefined : ratio >= target;
  return {
    what,
    ours: text(ours),
    bare: text(bare),
    ratio: ratio.toFixed(2),
    target: target === undefined ? '' : `≥ ${target}`,
    met,
  };
}

/** Provisioned orders on a network without latency, beside bare BullMQ whose jobs do nothing. */
export async function provisioningFigures(bench: Bench): Promise<Figure[]> {
  const figures = await onBackend(bench, 'PostgreSQL', undefined);
  const redis = await startRedis();
  try {
    return [...figures, ...(await onBackend(bench, 'Redis', redis))];
  } finally {
    await redis.stop();
  }
}
