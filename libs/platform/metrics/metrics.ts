import { Injectable } from '@nestjs/common';
import { QUEUES } from '@isp/contracts';
import { Database, DatabaseClock, statement } from '@isp/platform/database';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const WORK = statement(
  'metrics-work',
  `SELECT queue, status, count(*)::integer AS items,
          coalesce(max(extract(epoch FROM now() - not_before)) FILTER (WHERE status = 'queued' AND not_before <= now()), 0)::float8 AS lag
     FROM work_items WHERE status IN ('queued', 'running', 'dead') GROUP BY queue, status`,
);

/**
 * Has the database asked when these gauges are scraped, once for all who scrape at that moment. While it does not answer
 * they have no values, and what the process knows of itself is told all the same.
 */
export function countedWhenScraped(gauges: readonly Gauge[], count: () => Promise<void>): void {
  let counting: Promise<void> | undefined;
  const collect = (): Promise<void> =>
    (counting ??= count()
      .catch(() => gauges.forEach(forget))
      .finally(() => (counting = undefined)));
  for (const gauge of gauges) Object.assign(gauge, { collect });
}

/** `reset` alone would leave a gauge without labels at 0, which is a figure nobody counted. */
function forget(gauge: Gauge): void {
  gauge.reset();
  gauge.remove({});
}

const STATUSES = ['queued', 'running', 'dead'] as const;

export interface WorkFigures {
  readonly queue: string;
  readonly status: (typeof STATUSES)[number];
  readonly items: number;
  /** Seconds that the oldest due piece has waited. */
  readonly lag: number;
}

/** Figures for Prometheus; what lies in the database is counted when it is scraped. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly requests: Histogram<'method' | 'route' | 'status'>;

  constructor(
    private readonly database: Database,
    clock: DatabaseClock,
  ) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'isp_http_request_duration_seconds',
      help: 'Duration of HTTP requests by route pattern and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    new Gauge({
      name: 'isp_machine_clock_ahead_seconds',
      help: "How far the machine's clock is ahead of the database's, which counts",
      registers,
      collect() {
        this.set(clock.machineAheadSeconds());
      },
    });
    const items = new Gauge({
      name: 'isp_work_items',
      help: 'Accepted work by queue and state',
      labelNames: ['queue', 'status'],
      registers,
    });
    const lag = new Gauge({
      name: 'isp_work_lag_seconds',
      help: 'Wait of the oldest due work',
      labelNames: ['queue'],
      registers,
    });
    countedWhenScraped([items, lag], async () => {
      const found = await this.work();
      items.reset();
      lag.reset();
      // An empty queue has a figure too: an alert on what is not told never fires.
      for (const queue of QUEUES) {
        lag.set({ queue }, 0);
        for (const status of STATUSES) items.set({ queue, status }, 0);
      }
      for (const row of found) {
        items.set({ queue: row.queue, status: row.status }, row.items);
        if (row.status === 'queued') lag.set({ queue: row.queue }, row.lag);
      }
    });
  }

  /** Unfinished and dead work by queue. */
  work(): Promise<WorkFigures[]> {
    return this.database.query<WorkFigures>(WORK);
  }
}
