import { setImmediate as turn } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';
import type { Statement } from '@isp/platform/database';
import type { Pool } from 'pg';
import type { RateLimitStore, TakeResult, WindowLimit } from './rate-limit.port.js';
import { type SimpleTaken, readSimple, simpleTake } from './simple-take.js';
import { layoutOf, readAnswer, shapeOf } from './window-shape.js';

const TAKE = {
  name: 'quota-rate-limit-takes',
  text: 'SELECT answer::text[] FROM public.rate_limit_takes($1, $2, $3, $4, $5) AS answer',
};

/** Rows that somebody counts in are in use, and locking them in another order than takes do could end in a deadlock. */
const PURGE = {
  name: 'quota-rate-limit-purge',
  text: `DELETE FROM public.rate_limits
          WHERE key = ANY (ARRAY(SELECT key FROM public.rate_limits WHERE expires_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED))`,
};
/** Rows of one purge: who takes one of them, and all that share its statement, waits for its end. */
const PURGED_AT_ONCE = 500;

/** Of one statement. */
const MOST_KEYS = 200;
/** A statement that takes so long may hang; what comes meanwhile is not kept behind it, but by so many in all. */
const HANGS_MS = 50;
const MOST_UNDER_WAY = 4;
/** Keys of which it is remembered how they stood. */
const MOST_REMEMBERED = 20_000;

interface Taking {
  readonly key: string;
  readonly limits: readonly WindowLimit[];
  readonly n: number;
  readonly resolve: (result: TakeResult) => void;
  readonly reject: (cause: unknown) => void;
}

/** How a key stood: so many may be taken before one of its windows frees something. */
interface Outlook {
  readonly left: number;
  readonly untilMs: number;
}

/** What waits to be taken of keys with the same windows: while one statement is under way, the next one gathers. */
class Gathering {
  private waiting: Taking[] = [];
  private underWay = 0;
  private hanging = 0;
  private readonly outlooks = new Map<string, Outlook>();
  private readonly simple: Statement;

  constructor(
    private readonly pool: Pool,
    limits: readonly WindowLimit[],
  ) {
    this.simple = simpleTake(limits);
  }

  take(key: string, limits: readonly WindowLimit[], n: number): Promise<TakeResult> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, limits, n, resolve, reject });
      this.begin();
    });
  }

  private begin(): void {
    if (this.waiting.length > 0 && this.underWay === this.hanging && this.underWay < MOST_UNDER_WAY) void this.drain();
  }

  private async drain(): Promise<void> {
    this.underWay += 1;
    while (this.waiting.length > 0) {
      // Requests that arrived together are read from their sockets one after another, in one turn of the event loop.
      await turn();
      await this.depart(this.next());
    }
    this.underWay -= 1;
  }

  /** Each key once, in the order in which every process locks them. */
  private next(): Taking[] {
    const batch = new Map<string, Taking>();
    const later: Taking[] = [];
    for (const taking of this.waiting) {
      if (batch.has(taking.key) || batch.size === MOST_KEYS) later.push(taking);
      else batch.set(taking.key, taking);
    }
    this.waiting = later;
    return [...batch.values()].sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  private async depart(batch: readonly Taking[]): Promise<void> {
    let hangs = false;
    const timer = setTimeout(() => {
      hangs = true;
      this.hanging += 1;
      this.begin();
    }, HANGS_MS);
    const simple: Taking[] = [];
    const others: Taking[] = [];
    for (const taking of batch) (this.looksSimple(taking) ? simple : others).push(taking);
    await Promise.all([this.takeSimply(simple).then((left) => this.takeAnyhow(left)), this.takeAnyhow(others)]);
    clearTimeout(timer);
    if (hangs) this.hanging -= 1;
  }

  /** A guess, which spares a statement: the database looks for itself. */
  private looksSimple({ key, n }: Taking): boolean {
    const outlook = this.outlooks.get(key);
    return outlook !== undefined && n > 0 && n <= outlook.left && monotonicMs() < outlook.untilMs;
  }

  /** Answers what could not be taken so. */
  private async takeSimply(batch: readonly Taking[]): Promise<readonly Taking[]> {
    if (batch.length === 0) return [];
    const left = new Set(batch);
    try {
      const { rows } = await this.pool.query<SimpleTaken>({ ...this.simple, values: simpleValuesOf(batch) });
      for (const row of rows) {
        const taking = batch[row.place - 1] as Taking;
        left.delete(taking);
        this.settle(taking, readSimple(row, taking.limits, taking.n));
      }
      return [...left];
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
      return [];
    }
  }

  private async takeAnyhow(batch: readonly Taking[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const { rows } = await this.pool.query<{ answer: string[] }>({ ...TAKE, values: valuesOf(batch) });
      batch.forEach((taking, index) => {
        this.settle(taking, readAnswer(rows[index]?.answer as string[], taking.limits));
      });
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
    }
  }

  private settle({ key, resolve }: Taking, result: TakeResult): void {
    const left = Math.min(...result.windows.map(({ remaining }) => remaining));
    if (result.granted === 0 || left === 0) this.outlooks.delete(key);
    else {
      if (this.outlooks.size >= MOST_REMEMBERED) this.outlooks.clear();
      const freesAt = Math.min(...result.windows.map(({ resetAt }) => resetAt.getTime()));
      this.outlooks.set(key, { left, untilMs: monotonicMs() + freesAt - result.at.getTime() });
    }
    resolve(result);
  }
}

function keysOf(batch: readonly Taking[]): string[] {
  const layout = layoutOf(batch[0]?.limits ?? []);
  return batch.map(({ key }) => `${layout}:${key}`);
}

function simpleValuesOf(batch: readonly Taking[]): unknown[] {
  const windows = batch[0]?.limits ?? [];
  const limits = windows.map((_, index) => batch.map((taking) => taking.limits[index]?.limit));
  return [keysOf(batch), batch.map(({ n }) => n), ...limits];
}

function valuesOf(batch: readonly Taking[]): unknown[] {
  const shapes = (batch[0]?.limits ?? []).map(shapeOf);
  return [
    keysOf(batch),
    batch.map(({ n }) => n),
    shapes.map(({ windowMs }) => windowMs),
    shapes.map(({ bucketMs }) => bucketMs),
    batch.flatMap((taking) => taking.limits.map(({ limit }) => limit)),
  ];
}

/**
 * Counts in PostgreSQL with one statement for all takes that meet, by the database's clock, under the locks of the keys'
 * rows: a plain one for keys where there is only something to add (`simpleTake`), for others the function of migration
 * `0350-rate-limit-takes`, which can do everything. The pool's default isolation must be READ COMMITTED.
 */
export class PostgresRateLimitStore implements RateLimitStore {
  private readonly gatherings = new Map<string, Gathering>();

  constructor(private readonly pool: Pool) {}

  take(key: string, limits: readonly WindowLimit[], n: number): Promise<TakeResult> {
    const layout = layoutOf(limits);
    const known = this.gatherings.get(layout);
    const gathering = known ?? new Gathering(this.pool, limits);
    if (!known) this.gatherings.set(layout, gathering);
    return gathering.take(key, limits, n);
  }

  peek(key: string, limits: readonly WindowLimit[]): Promise<TakeResult> {
    return this.take(key, limits, 0);
  }

  /** Deletes counters whose longest window has passed; for a schedule. Returns how many. */
  async purge(): Promise<number> {
    let purged = 0;
    for (let slice = PURGED_AT_ONCE; slice === PURGED_AT_ONCE; purged += slice)
      slice = (await this.pool.query({ ...PURGE, values: [PURGED_AT_ONCE] })).rowCount ?? 0;
    return purged;
  }
}
