import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { isReversible } from '../saga/saga.js';
import { JobOutcome } from './job-outcome.js';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';
import { ProvisioningWork } from './provisioning-work.js';

export interface CancelJobInput {
  readonly actor: Actor;
  readonly jobId: number;
}

/**
 * Takes a job back: at once when no worker has begun it, else by having it undo at its next step what it did. The
 * answer of a running job is still `running`; it ends as `cancelled`.
 * @throws `provisioning.job.not_cancellable`, `provisioning.job.not_reversible`
 */
@Injectable()
export class CancelJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly work: ProvisioningWork,
    private readonly outcome: JobOutcome,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, jobId }: CancelJobInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const job = await this.jobs.lock(jobId);
      const { status } = job;
      if (job.finishedAt !== null || job.endsAs !== null)
        throw jobErrors('provisioning.job.not_cancellable', { status });
      const untouched = job.status === 'queued' && ((await this.work.withdraw(job)) || job.heldAt !== null);
      if (!untouched && !isReversible(this.outcome.sagaOf(job).definition))
        throw jobErrors('provisioning.job.not_reversible');
      const called = await this.jobs.turnBack(jobId, 'cancelled', null);
      const subject = { type: 'provisioning_job', id: jobId };
      this.audit.record({ actor, partnerId: job.partnerId, action: 'provisioning_job.cancel', subject });
      if (untouched) return (await this.outcome.undone(called, 'cancelled')) ?? called;
      await this.work.hurry(called);
      this.work.carryOn(called);
      return called;
    });
  }
}
