import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CancelJob, JobQueries } from '@isp/domain/provisioning';
import { DomainError } from '@isp/kernel';

const NEWEST = { limit: 1, offset: 0 };
/** The job is over, or on its way back already: what it leaves behind is told by an event. */
const TOO_LATE = 'provisioning.job.not_cancellable';

/** Calls the job back that brings a service to life; it undoes what it did. */
@Injectable()
export class CallBack {
  constructor(
    private readonly jobs: JobQueries,
    private readonly cancel: CancelJob,
  ) {}

  /** In the caller's transaction. */
  async execute(actor: Actor, serviceId: number): Promise<void> {
    const [job] = (await this.jobs.list(actor, { serviceId }, NEWEST)).rows;
    if (!job || job.finishedAt !== null) return;
    await this.cancel.execute({ actor, jobId: job.id }).catch((error: unknown) => {
      if (!(error instanceof DomainError) || error.code !== TOO_LATE) throw error;
    });
  }
}
