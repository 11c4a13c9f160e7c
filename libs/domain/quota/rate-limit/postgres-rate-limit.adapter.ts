import type { Pool } from 'pg';
import type { RateLimitStore, TakeResult, WindowLimit } from './rate-limit.port.js';
import { layoutOf, readAnswer, shapeOf } from './window-shape.js';

const TAKE = {
  name: 'quota-rate-limit-take',
  text: 'SELECT public.rate_limit_take($1, $2, $3, $4, $5)::text[] AS answer',
};

const PURGE = { name: 'quota-rate-limit-purge', text: 'DELETE FROM public.rate_limits WHERE expires_at < now()' };

/**
 * Counts in PostgreSQL with one function call a take (migration `0030-rate-limits`), by the database's clock, under the
 * lock of the key's row. The pool's default isolation must be READ COMMITTED.
 */
export class PostgresRateLimitStore implements RateLimitStore {
  constructor(private readonly pool: Pool) {}

  async take(key: string, limits: readonly WindowLimit[], n: number): Promise<TakeResult> {
    const shapes = limits.map(shapeOf);
    const values = [
      `${layoutOf(limits)}:${key}`,
      n,
      shapes.map(({ windowMs }) => windowMs),
      shapes.map(({ bucketMs }) => bucketMs),
      limits.map(({ limit }) => limit),
    ];
    const { rows } = await this.pool.query<{ answer: string[] }>({ ...TAKE, values });
    return readAnswer((rows[0] as { answer: string[] }).answer, limits);
  }

  peek(key: string, limits: readonly WindowLimit[]): Promise<TakeResult> {
    return this.take(key, limits, 0);
  }

  /** Deletes counters whose longest window has passed; for a schedule. Returns how many. */
  async purge(): Promise<number> {
    const { rowCount } = await this.pool.query(PURGE);
    return rowCount ?? 0;
  }
}
