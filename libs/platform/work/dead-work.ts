import { Injectable } from '@nestjs/common';
import { Database, statement } from '@isp/platform/database';

const LIST = statement(
  'work-dead-list',
  `SELECT id::text, queue, name, payload, deaths, failures, last_error AS "lastError", finished_at AS "finishedAt"
     FROM work_items WHERE status = 'dead' ORDER BY id LIMIT 1000`,
);
// Domain jobs that ended in a state of their own (a dead provisioning job) are retried through their domain.
const REDRIVE = statement(
  'work-dead-redrive',
  `UPDATE work_items w SET status = 'queued', deaths = 0, failures = 0, due_at = now(), not_before = now(), finished_at = NULL
    WHERE status = 'dead' AND ($1::bigint IS NULL OR id = $1)
      AND NOT EXISTS (SELECT FROM work_items o WHERE o.name = w.name AND o.dedupe_key = w.dedupe_key AND o.status IN ('queued', 'running'))`,
);

export interface DeadWorkView {
  readonly id: string;
  readonly queue: string;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly deaths: number;
  readonly failures: number;
  readonly lastError: string | null;
  readonly finishedAt: Date;
}

/** Work that failed for good: visible, and to be run again when its cause is gone. */
@Injectable()
export class DeadWork {
  constructor(private readonly database: Database) {}

  list(): Promise<DeadWorkView[]> {
    return this.database.query<DeadWorkView>(LIST);
  }

  /** Runs one piece, or `all` of it, again; answers how many. */
  async redrive(id: string): Promise<number> {
    const result = await this.database.pool.query({ ...REDRIVE, values: [id === 'all' ? null : id] });
    return result.rowCount ?? 0;
  }
}
