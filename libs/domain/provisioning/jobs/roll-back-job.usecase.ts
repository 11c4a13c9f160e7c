import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { DEFINITIONS } from '../saga/definitions.js';
import { isReversible } from '../saga/saga.js';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';
import { ProvisioningWork } from './provisioning-work.js';
import { RequestDeprovisioning } from './request-deprovisioning.usecase.js';

export interface RollBackJobInput {
  readonly actor: Actor;
  readonly jobId: number;
}

/**
 * Has undone what a job left on the network: a held one goes back itself; one that is over never changes again, so a new
 * job takes its service off the network. Answers the job that does it.
 * @throws `provisioning.job.not_reversible`
 */
@Injectable()
export class RollBackJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly work: ProvisioningWork,
    private readonly deprovision: RequestDeprovisioning,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, jobId }: RollBackJobInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const job = await this.jobs.lock(jobId);
      const { kind, serviceId, priority } = job;
      if (job.heldAt === null || !isReversible(DEFINITIONS[kind])) throw jobErrors('provisioning.job.not_reversible');
      const subject = { type: 'provisioning_job', id: jobId };
      this.audit.record({ actor, partnerId: job.partnerId, action: 'provisioning_job.roll_back', subject });
      if (job.finishedAt !== null) return this.deprovision.execute({ actor, serviceId, priority, retryOf: jobId });
      this.jobs.freshTries(job);
      const back = await this.jobs.turnBack(jobId, job.endsAs ?? 'failed', job.error ?? 'rolled back by hand');
      this.work.carryOn(back);
      return back;
    });
  }
}
