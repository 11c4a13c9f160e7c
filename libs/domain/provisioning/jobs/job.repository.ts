import { Injectable } from '@nestjs/common';
import type { Priority } from '@isp/contracts';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { jobErrors } from './job.errors.js';
import type { JobStatus } from './job.states.js';
import { jobStates } from './job.states.js';
import { JOB_COLUMNS, type JobView, type ProvisioningRequest } from './job.view.js';

const INSERT = statement(
  'jobs-insert',
  `INSERT INTO provisioning_jobs AS j (partner_id, customer_id, service_id, priority, request, scheduled_at, estimated_completion, retry_of, requested_by)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${JOB_COLUMNS}`,
);
const LOCK = statement('jobs-lock', `SELECT ${JOB_COLUMNS} FROM provisioning_jobs j WHERE j.id = $1 FOR NO KEY UPDATE`);
const START = statement(
  'jobs-start',
  `UPDATE provisioning_jobs j SET status = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()),
          version = version + 1, updated_at = now()
    WHERE id = $1 AND status = ANY ($2) RETURNING ${JOB_COLUMNS}`,
);
// As a parameter: no kept plan then walks the partial index of unfinished jobs instead of looking up the one.
const UNFINISHED = ['queued', 'running'];
const FINISH = statement(
  'jobs-finish',
  `UPDATE provisioning_jobs j SET status = $2, error = $3, finished_at = now(), version = version + 1, updated_at = now()
    WHERE id = $1 AND status = ANY ($4) RETURNING ${JOB_COLUMNS}`,
);
const STEPS = statement(
  'jobs-steps-put',
  `INSERT INTO provisioning_steps (partner_id, provisioning_job_id, position, name, status, detail, finished_at)
   SELECT $1, $2, s.position, s.name, s.status, s.detail, CASE WHEN s.status = 'intended' THEN NULL ELSE now() END
     FROM jsonb_to_recordset($3) AS s(position smallint, name text, status text, detail jsonb)
   ON CONFLICT (partner_id, provisioning_job_id, position) DO UPDATE
     SET status = excluded.status, detail = provisioning_steps.detail || excluded.detail, finished_at = excluded.finished_at`,
);

export interface NewJob {
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly priority: Priority;
  readonly request: ProvisioningRequest;
  readonly scheduledAt: Date | null;
  readonly estimatedCompletion: Date;
  readonly retryOf: number | null;
  readonly requestedBy: string;
}

export interface StepRecord {
  readonly position: number;
  readonly name: string;
  readonly status: 'intended' | 'done' | 'failed';
  readonly detail?: Readonly<Record<string, unknown>>;
}

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
      ])) as JobView;
    } catch (error) {
      if (violatedConstraint(error) === 'provisioning_jobs_one_per_service')
        throw jobErrors('provisioning.job.under_way');
      throw error;
    }
  }

  /** @throws `provisioning.job.not_found` */
  async lock(id: number): Promise<JobView> {
    const job = await this.uow.tx.one<JobView>(LOCK, [id]);
    if (!job) throw jobErrors('provisioning.job.not_found');
    return job;
  }

  /** Counts an attempt; undefined when the job is finished already. */
  start(id: number): Promise<JobView | undefined> {
    return this.uow.tx.one<JobView>(START, [id, UNFINISHED]);
  }

  /** Ends a job; undefined when it may not end that way any more. */
  finish(id: number, status: JobStatus, error: string | null = null): Promise<JobView | undefined> {
    return this.uow.tx.one<JobView>(FINISH, [id, status, error, jobStates.previous(status)]);
  }

  recordSteps(job: JobView, steps: readonly StepRecord[]): void {
    const rows = steps.map((step) => ({ detail: {}, ...step }));
    this.uow.tx.defer(STEPS, [job.partnerId, job.id, JSON.stringify(rows)]);
  }
}
