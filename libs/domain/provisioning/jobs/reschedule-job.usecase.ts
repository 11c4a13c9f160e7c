import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, addSeconds, toIsoSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';
import { ProvisioningOrders } from './provisioning-orders.js';
import { ProvisioningWork } from './provisioning-work.js';

export interface RescheduleJobInput {
  readonly actor: Actor;
  readonly jobId: number;
  readonly scheduledTime: Date;
}

/**
 * Gives a job that has not begun another start.
 * @throws `provisioning.job.not_reschedulable`, `provisioning.schedule.in_the_past`
 */
@Injectable()
export class RescheduleJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly orders: ProvisioningOrders,
    private readonly work: ProvisioningWork,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, jobId, scheduledTime }: RescheduleJobInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      if (scheduledTime <= this.clock.now()) throw jobErrors('provisioning.schedule.in_the_past');
      const job = await this.jobs.lock(jobId);
      const waits = job.status === 'queued' && job.endsAs === null;
      if (!waits || !((await this.work.postpone(job, scheduledTime)) || job.heldAt !== null))
        throw jobErrors('provisioning.job.not_reschedulable');
      const seconds = await this.orders.secondsOf(job.priority);
      const moved = await this.jobs.reschedule(jobId, scheduledTime, addSeconds(scheduledTime, seconds.job));
      const subject = { type: 'provisioning_job', id: jobId };
      const changes = { scheduled_time: toIsoSeconds(scheduledTime) };
      this.audit.record({ actor, partnerId: job.partnerId, action: 'provisioning_job.reschedule', subject, changes });
      return moved;
    });
  }
}
