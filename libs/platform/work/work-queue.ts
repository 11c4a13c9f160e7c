import { Injectable } from '@nestjs/common';
import { JOBS, type JobName, type JobPayload, PRIORITIES, type Priority } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';
import { Waker } from './waker.js';

const ENQUEUE = statement(
  'work-enqueue',
  `INSERT INTO work_items (queue, name, payload, dedupe_key, priority, not_before, due_at, request_id)
   VALUES ($1, $2, $3, $4, $5, coalesce($6, now()), coalesce($6, now()), $7)
   ON CONFLICT (name, dedupe_key) WHERE status IN ('queued', 'running') DO NOTHING
   RETURNING id::text`,
);
const CANCEL = statement(
  'work-cancel',
  `UPDATE work_items SET status = 'cancelled', finished_at = now() WHERE name = $1 AND dedupe_key = $2 AND status = 'queued'`,
);
const RESCHEDULE = statement(
  'work-reschedule',
  `UPDATE work_items SET not_before = $3, due_at = $3 WHERE name = $1 AND dedupe_key = $2 AND status = 'queued'`,
);

export interface EnqueueOptions {
  /** While unfinished work of the same name and key exists, a second one is not accepted. */
  readonly dedupeKey: string;
  readonly priority?: Priority;
  /** Earliest start; now when absent. */
  readonly notBefore?: Date;
}

/** Accepts work: a row in the caller's transaction. From its commit on the work is promised; queues only carry it. */
@Injectable()
export class WorkQueue {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly waker: Waker,
  ) {}

  /** Answers false when the same work is already under way. */
  async enqueue<N extends JobName>(name: N, payload: JobPayload<N>, options: EnqueueOptions): Promise<boolean> {
    const values = this.valuesOf(name, payload, options);
    return (await this.uow.tx.one(ENQUEUE, values)) !== undefined;
  }

  /** As `enqueue`, for callers who need no answer: it costs no round trip of its own. */
  enqueueOnCommit<N extends JobName>(name: N, payload: JobPayload<N>, options: EnqueueOptions): void {
    this.uow.tx.defer(ENQUEUE, this.valuesOf(name, payload, options));
  }

  /** Takes back work that has not started; false when it has (or never was). */
  async cancel(name: JobName, dedupeKey: string): Promise<boolean> {
    return (await this.uow.tx.execute(CANCEL, [name, dedupeKey])) > 0;
  }

  /** Moves the start of work that has not started. */
  async reschedule(name: JobName, dedupeKey: string, notBefore: Date): Promise<boolean> {
    this.uow.tx.afterCommit('wake', () => this.waker.wake());
    return (await this.uow.tx.execute(RESCHEDULE, [name, dedupeKey, notBefore])) > 0;
  }

  private valuesOf<N extends JobName>(name: N, payload: JobPayload<N>, options: EnqueueOptions): readonly unknown[] {
    const spec = JOBS[name];
    spec.payload.parse(payload);
    this.uow.tx.afterCommit('wake', () => this.waker.wake());
    return [
      spec.queue,
      name,
      JSON.stringify(payload),
      options.dedupeKey,
      priorityNumber(options.priority),
      options.notBefore ?? null,
      currentRequestId() ?? null,
    ];
  }
}

function priorityNumber(priority: Priority = 'normal'): number {
  return PRIORITIES.indexOf(priority) + 1;
}
