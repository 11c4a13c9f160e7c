import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { MoveService } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';

export interface CancelJobInput {
  readonly actor: Actor;
  readonly jobId: number;
}

/** Takes back a job that no worker has begun. @throws `provisioning.job.not_cancellable` */
@Injectable()
export class CancelJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly work: WorkQueue,
    private readonly move: MoveService,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, jobId }: CancelJobInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const job = await this.jobs.lock(jobId);
      const free = job.status === 'queued' && (await this.work.cancel('provisioning.run', String(jobId)));
      if (!free)
        throw jobErrors('provisioning.job.not_cancellable', {
          status: job.status === 'queued' ? 'running' : job.status,
        });
      const cancelled = (await this.jobs.finish(jobId, 'cancelled')) as JobView;
      await this.move.execute({ actor, serviceId: job.serviceId, to: 'pending_activation', reason: 'job cancelled' });
      const subject = { type: 'provisioning_job', id: jobId };
      this.audit.record({ actor, partnerId: job.partnerId, action: 'provisioning_job.cancel', subject });
      return cancelled;
    });
  }
}
