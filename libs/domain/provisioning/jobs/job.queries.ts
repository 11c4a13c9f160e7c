import { Injectable } from '@nestjs/common';
import { type Actor, type Priority, systemActor } from '@isp/contracts';
import { type SortedSlice, UnitOfWork, sortedStatements, sorting, statement } from '@isp/platform/database';
import type { JobKind } from '../saga/definitions.js';
import { jobErrors } from './job.errors.js';
import type { JobStatus } from './job.states.js';
import { JOB_COLUMNS, type JobView, STEP_COLUMNS, type StepView } from './job.view.js';

const MATCH = `FROM provisioning_jobs j WHERE ($1::integer IS NULL OR j.partner_id = $1) AND ($2::integer IS NULL OR j.service_id = $2)
  AND ($3::text IS NULL OR j.status = $3) AND ($4::text IS NULL OR j.priority = $4)
  AND ($5::text IS NULL OR j.kind = $5) AND ($6::boolean IS NULL OR (j.held_at IS NOT NULL) = $6)`;
export const JOB_SORTING = sorting({
  id: 'j.id',
  partner: 'j.partner_id',
  otherwise: ['j.id DESC'],
  fields: {
    created_at: 'j.id',
    scheduled_time: { by: ['j.scheduled_at'], nullable: true, within: ['service_id'] },
    finished_at: { by: ['j.finished_at'], nullable: true, within: ['service_id'] },
  },
});
const LISTS = sortedStatements(
  'jobs-list',
  JOB_SORTING,
  (order) => `SELECT ${JOB_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $7 OFFSET $8`,
);
const COUNT = statement('jobs-count', `SELECT count(*)::integer AS total ${MATCH}`);
const WATCHED = statement('jobs-watched', `SELECT ${JOB_COLUMNS} FROM provisioning_jobs j WHERE j.id = ANY ($1)`);
const STEPS_OF_ALL = statement(
  'jobs-steps-of-all',
  `SELECT s.provisioning_job_id AS "jobId", ${STEP_COLUMNS} FROM provisioning_steps s JOIN provisioning_jobs j
       ON j.partner_id = s.partner_id AND j.id = s.provisioning_job_id WHERE j.id = ANY ($1) ORDER BY s.position`,
);
const GET = statement('jobs-get', `SELECT ${JOB_COLUMNS} FROM provisioning_jobs j WHERE j.id = $1`);
const STEPS = statement(
  'jobs-steps',
  `SELECT ${STEP_COLUMNS} FROM provisioning_steps s WHERE s.provisioning_job_id = $1 ORDER BY s.position`,
);

export interface JobFilter {
  readonly serviceId?: number | undefined;
  readonly status?: JobStatus | undefined;
  readonly priority?: Priority | undefined;
  readonly kind?: JobKind | undefined;
  /** Only those that wait for a person, or only those that do not. */
  readonly held?: boolean | undefined;
}

export type JobWithSteps = JobView & { readonly steps: readonly StepView[] };

/** Reads of provisioning jobs, inside the walls of the reader. */
@Injectable()
export class JobQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: JobFilter, page: SortedSlice<typeof JOB_SORTING>) {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const { serviceId, status, priority, kind, held } = filter;
    const values = [partnerId, serviceId ?? null, status ?? null, priority ?? null, kind ?? null, held ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<JobView>(LISTS.of(page.sort, partnerId !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** A job with its step log. @throws `provisioning.job.not_found` */
  get(actor: Actor, id: number): Promise<JobWithSteps> {
    return this.uow.read(actor, async (tx) => {
      const [job, steps] = await Promise.all([tx.one<JobView>(GET, [id]), tx.query<StepView>(STEPS, [id])]);
      if (!job) throw jobErrors('provisioning.job.not_found');
      return { ...job, steps };
    });
  }

  /** Several jobs at one moment, for callers that were let through to each of them before. */
  snapshots(ids: readonly number[]): Promise<JobWithSteps[]> {
    return this.uow.read(systemActor('provisioning'), async (tx) => {
      const [jobs, steps] = await Promise.all([
        tx.query<JobView>(WATCHED, [ids]),
        tx.query<StepView & { readonly jobId: number }>(STEPS_OF_ALL, [ids]),
      ]);
      return jobs.map((job) => ({ ...job, steps: steps.filter(({ jobId }) => jobId === job.id) }));
    });
  }
}
