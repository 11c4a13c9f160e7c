import { Injectable } from '@nestjs/common';
import type { Priority } from '@isp/contracts';
import { type Transaction, UnitOfWork, rowsOf, statement, violatedConstraint } from '@isp/platform/database';
import { DEFINITIONS, type JobKind } from '../saga/definitions.js';
import type { StepStatus } from '../saga/saga.js';
import { jobErrors } from './job.errors.js';
import type { JobStatus } from './job.states.js';
import { jobStates } from './job.states.js';
import { JOB_COLUMNS, type JobView, type ProvisioningRequest, STEP_COLUMNS, type StepView } from './job.view.js';

const INSERT = statement(
  'jobs-insert',
  `INSERT INTO provisioning_jobs AS j (partner_id, customer_id, service_id, priority, request, scheduled_at, estimated_completion, retry_of, requested_by, kind)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${JOB_COLUMNS}`,
);
const LOCK = statement('jobs-lock', `SELECT ${JOB_COLUMNS} FROM provisioning_jobs j WHERE j.id = $1 FOR NO KEY UPDATE`);
const START = statement(
  'jobs-start-all',
  `UPDATE provisioning_jobs j SET status = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()),
          version = version + 1, updated_at = now()
     FROM ${rowsOf('integer')} AS asked(id)
    WHERE j.id = asked.id AND j.status = ANY ((SELECT $2::text[])::text[]) AND j.held_at IS NULL RETURNING ${JOB_COLUMNS}`,
);
// A job that was called back or held meanwhile does not succeed. One that does answers for what earlier ones of its
// service left in doubt.
const SUCCEED = statement(
  'jobs-succeed-all',
  `WITH asked AS MATERIALIZED (SELECT * FROM ${rowsOf('integer', 'integer')} AS a(id, service_id)),
   settled AS (
     UPDATE provisioning_jobs o SET hold_reason = NULL, held_at = NULL, version = version + 1, updated_at = now()
       FROM asked WHERE o.service_id = asked.service_id AND o.held_at IS NOT NULL AND o.status IN ('dead', 'failed'))
   UPDATE provisioning_jobs j SET status = 'succeeded', error = NULL, finished_at = now(), version = version + 1, updated_at = now()
     FROM asked WHERE j.id = asked.id AND j.status = (SELECT 'running') AND j.ends_as IS NULL AND j.held_at IS NULL RETURNING ${JOB_COLUMNS}`,
);
// As a parameter: no kept plan then walks the partial index of unfinished jobs instead of looking up the one.
const UNFINISHED = ['queued', 'running'];
const FINISH = statement(
  'jobs-finish',
  `UPDATE provisioning_jobs j SET status = $2, error = coalesce($3, error), hold_reason = $5,
          held_at = CASE WHEN $5::text IS NULL THEN NULL ELSE now() END, finished_at = now(), version = version + 1,
          updated_at = now()
    WHERE id = $1 AND status = ANY ($4) RETURNING ${JOB_COLUMNS}`,
);
const TURN_BACK = statement(
  'jobs-turn-back',
  `UPDATE provisioning_jobs j SET ends_as = $2, error = coalesce($3, error), hold_reason = NULL, held_at = NULL,
          version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${JOB_COLUMNS}`,
);
const SET_HOLD = statement(
  'jobs-set-hold',
  `UPDATE provisioning_jobs j SET hold_reason = $2, held_at = CASE WHEN $2::text IS NULL THEN NULL ELSE now() END,
          error = coalesce($3, error), version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${JOB_COLUMNS}`,
);
const RESCHEDULE = statement(
  'jobs-reschedule',
  `UPDATE provisioning_jobs j SET scheduled_at = $2, estimated_completion = $3, version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${JOB_COLUMNS}`,
);
const WAIT = statement(
  'jobs-wait',
  'UPDATE provisioning_jobs SET waits = least(waits + 1, 100) WHERE id = $1 RETURNING waits',
);
const READ_STEPS = statement(
  'jobs-steps-of',
  `SELECT ${STEP_COLUMNS} FROM provisioning_steps s WHERE s.partner_id = $1 AND s.provisioning_job_id = $2 ORDER BY s.position`,
);
// Tries are counted where one begins: with an intent, and with the intent to undo.
const PUT_STEPS = statement(
  'jobs-steps-put-all',
  `INSERT INTO provisioning_steps AS old (partner_id, provisioning_job_id, position, name, status, detail, finished_at)
   SELECT s.partner_id, s.job_id, s.position, s.name, s.status, s.detail,
          CASE WHEN s.status IN ('intended', 'compensating') THEN NULL ELSE now() END
     FROM jsonb_to_recordset($1) AS s(partner_id integer, job_id integer, position smallint, name text, status text, detail jsonb)
   ON CONFLICT (partner_id, provisioning_job_id, position) DO UPDATE
     SET status = excluded.status, detail = old.detail || excluded.detail, finished_at = excluded.finished_at,
         attempts = CASE excluded.status WHEN 'intended' THEN old.attempts + 1
                      WHEN 'compensating' THEN CASE old.status WHEN 'compensating' THEN old.attempts + 1 ELSE 1 END
                      ELSE old.attempts END`,
);
const STEP_ERROR = statement(
  'jobs-step-error',
  `UPDATE provisioning_steps SET status = $4, detail = detail || jsonb_build_object('error', $5::text), finished_at = now()
    WHERE partner_id = $1 AND provisioning_job_id = $2 AND name = $3`,
);
const FRESH_TRIES = statement(
  'jobs-steps-fresh-tries',
  `UPDATE provisioning_steps SET attempts = 0 WHERE partner_id = $1 AND provisioning_job_id = $2 AND status = 'compensating'`,
);

export interface NewJob {
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly kind?: JobKind;
  readonly priority: Priority;
  readonly request: ProvisioningRequest;
  readonly scheduledAt: Date | null;
  readonly estimatedCompletion: Date;
  readonly retryOf: number | null;
  readonly requestedBy: string;
}

export interface StepNote {
  readonly name: string;
  readonly status: StepStatus;
  readonly detail?: Readonly<Record<string, unknown>>;
}

type StepRow = StepNote & { readonly partner_id: number; readonly job_id: number; readonly position: number };

// Everybody locks several jobs in the order of their ids.
async function startAll(ids: readonly number[], tx: Transaction) {
  const inOrder = ids.toSorted((one, other) => one - other);
  const started = byId(await tx.query<JobView>(START, [inOrder, UNFINISHED]));
  return ids.map((id) => started.get(id));
}

async function succeedAll(jobs: readonly JobView[], tx: Transaction) {
  const asked = jobs.toSorted((one, other) => one.id - other.id);
  const values = [asked.map(({ id }) => id), asked.map(({ serviceId }) => serviceId)];
  const ended = byId(await tx.query<JobView>(SUCCEED, values));
  return jobs.map(({ id }) => ended.get(id));
}

const byId = (jobs: readonly JobView[]) => new Map(jobs.map((job) => [job.id, job]));

/** The notes of all jobs that share the transaction. */
const putSteps = (rows: readonly (readonly StepRow[])[], tx: Transaction) =>
  tx.execute(PUT_STEPS, [JSON.stringify(rows.flat())]);

@Injectable()
export class JobRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `provisioning.job.under_way` when the service has an unfinished job */
  async insert(job: NewJob): Promise<JobView> {
    try {
      return (await this.uow.tx.one<JobView>(INSERT, [
        job.partnerId,
        job.customerId,
        job.serviceId,
        job.priority,
        JSON.stringify(job.request),
        job.scheduledAt,
        job.estimatedCompletion,
        job.retryOf,
        job.requestedBy,
        job.kind ?? 'provision',
      ])) as JobView;
    } catch (error) {
      if (violatedConstraint(error) === 'provisioning_jobs_one_per_service')
        throw jobErrors('provisioning.job.under_way');
      throw error;
    }
  }

  /** @throws `provisioning.job.not_found` */
  lock(id: number): Promise<JobView> {
    return this.demand(LOCK, [id]);
  }

  /** Counts an attempt; undefined when the job is finished already, or held. */
  start(id: number): Promise<JobView | undefined> {
    return this.uow.tx.gather(startAll, id);
  }

  /** Ends a job well; undefined when it was called back, held or ended meanwhile. */
  succeed(job: JobView): Promise<JobView | undefined> {
    return this.uow.tx.gather(succeedAll, job);
  }

  /** Ends a job; undefined when it may not end that way any more. With `hold` it stays in front of a person. */
  finish(id: number, status: JobStatus, error: string | null = null, hold: string | null = null) {
    return this.uow.tx.one<JobView>(FINISH, [id, status, error, jobStates.previous(status), hold]);
  }

  /** From here on the job goes back, also if it was held. The caller has locked it. */
  turnBack(id: number, endsAs: 'failed' | 'cancelled', error: string | null): Promise<JobView> {
    return this.demand(TURN_BACK, [id, endsAs, error]);
  }

  /** Holds a job, or with null releases it. The caller has locked it. */
  setHold(id: number, reason: string | null, error: string | null = null): Promise<JobView> {
    return this.demand(SET_HOLD, [id, reason, error]);
  }

  reschedule(id: number, start: Date, estimatedCompletion: Date): Promise<JobView> {
    return this.demand(RESCHEDULE, [id, start, estimatedCompletion]);
  }

  /** Counts that the job found its device busy; answers how often it did. */
  async wait(id: number): Promise<number> {
    return (await this.uow.tx.one<{ waits: number }>(WAIT, [id]))?.waits ?? 1;
  }

  steps(job: JobView): Promise<StepView[]> {
    return this.uow.tx.query<StepView>(READ_STEPS, [job.partnerId, job.id]);
  }

  /** Once a transaction for a job; it travels with the commit. */
  recordSteps(job: JobView, notes: readonly StepNote[]): void {
    const names: readonly string[] = DEFINITIONS[job.kind].steps.map(({ name }) => name);
    const of = { partner_id: job.partnerId, job_id: job.id };
    const rows = notes.map((note) => ({ ...of, detail: {}, ...note, position: names.indexOf(note.name) + 1 }));
    this.uow.tx.collect(putSteps, rows);
  }

  /** Notes why a try failed. */
  noteError(job: JobView, step: string, status: StepStatus, error: string): void {
    this.uow.tx.defer(STEP_ERROR, [job.partnerId, job.id, step, status, error.slice(0, 500)]);
  }

  /** Compensations that used up their tries get new ones. */
  freshTries(job: JobView): void {
    this.uow.tx.defer(FRESH_TRIES, [job.partnerId, job.id]);
  }

  private async demand(sql: Parameters<UnitOfWork['tx']['one']>[0], values: readonly unknown[]): Promise<JobView> {
    const job = await this.uow.tx.one<JobView>(sql, values);
    if (!job) throw jobErrors('provisioning.job.not_found');
    return job;
  }
}
