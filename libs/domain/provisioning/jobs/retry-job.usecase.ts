import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { bringsToLife } from '../saga/definitions.js';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';
import { RequestDeprovisioning } from './request-deprovisioning.usecase.js';
import { RequestMove } from './request-move.usecase.js';
import { RequestProvisioning } from './request-provisioning.usecase.js';

const RETRYABLE = new Set(['failed', 'dead', 'cancelled']);

export interface RetryJobInput {
  readonly actor: Actor;
  readonly jobId: number;
}

/** Tries again what did not come through, as a new job that names the old one. @throws `provisioning.job.not_retryable` */
@Injectable()
export class RetryJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly provision: RequestProvisioning,
    private readonly move: RequestMove,
    private readonly deprovision: RequestDeprovisioning,
  ) {}

  execute({ actor, jobId }: RetryJobInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const job = await this.jobs.lock(jobId);
      if (!RETRYABLE.has(job.status)) throw jobErrors('provisioning.job.not_retryable', { status: job.status });
      const { serviceId, request, priority } = job;
      const again = { actor, serviceId, request, priority, retryOf: jobId };
      if (job.kind === 'move') return this.move.execute(again);
      if (!bringsToLife(job.kind)) return this.deprovision.execute(again);
      return this.provision.execute(again);
    });
  }
}
