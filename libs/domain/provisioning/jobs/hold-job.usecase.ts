import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { JobOutcome } from './job-outcome.js';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';
import { ProvisioningOrders } from './provisioning-orders.js';
import { ProvisioningWork } from './provisioning-work.js';

export interface HoldJobInput {
  readonly actor: Actor;
  readonly jobId: number;
  readonly reason: string;
}

/**
 * Stops a job for a person to look at it: one that waits at once, one that runs at its next step.
 * @throws `provisioning.job.not_holdable`, `provisioning.job.held_already`
 */
@Injectable()
export class HoldJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly work: ProvisioningWork,
    private readonly outcome: JobOutcome,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, jobId, reason }: HoldJobInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const job = await this.jobs.lock(jobId);
      if (job.finishedAt !== null) throw jobErrors('provisioning.job.not_holdable', { status: job.status });
      if (job.heldAt !== null) throw jobErrors('provisioning.job.held_already');
      await this.work.withdraw(job);
      const subject = { type: 'provisioning_job', id: jobId };
      const changes = { reason };
      this.audit.record({ actor, partnerId: job.partnerId, action: 'provisioning_job.hold', subject, changes });
      return this.outcome.held(job, reason);
    });
  }
}

export interface ReleaseJobInput {
  readonly actor: Actor;
  readonly jobId: number;
}

/** Lets a held job go on where it stood, with all its tries before it. @throws `provisioning.job.not_held` */
@Injectable()
export class ReleaseJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly orders: ProvisioningOrders,
    private readonly work: ProvisioningWork,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, jobId }: ReleaseJobInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const job = await this.jobs.lock(jobId);
      if (job.finishedAt !== null || job.heldAt === null) throw jobErrors('provisioning.job.not_held');
      const released = await this.jobs.setHold(jobId, null);
      this.jobs.freshTries(job);
      if (released.status === 'queued') this.orders.promise(released);
      else this.work.carryOn(released);
      const subject = { type: 'provisioning_job', id: jobId };
      this.audit.record({ actor, partnerId: job.partnerId, action: 'provisioning_job.release', subject });
      return released;
    });
  }
}
