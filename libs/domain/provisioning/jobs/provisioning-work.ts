import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { WorkQueue } from '@isp/platform/work';
import type { JobView } from './job.view.js';

const WORK = 'provisioning.run';

/** The accepted work behind jobs. All of it happens in the caller's transaction. */
@Injectable()
export class ProvisioningWork {
  constructor(
    private readonly work: WorkQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Has a job that has begun taken up again, at once; where it is under way it notices by itself. */
  carryOn(job: JobView): void {
    const { id, priority } = job;
    this.work.enqueueOnCommit(WORK, { provisioning_job_id: id }, { dedupeKey: String(id), priority });
  }

  /** Ends the wait for the next try, if there is one. */
  hurry(job: JobView): Promise<boolean> {
    return this.work.reschedule(WORK, String(job.id), this.clock.now());
  }

  /** Takes back what no worker has begun; false when one has. */
  withdraw(job: JobView): Promise<boolean> {
    return this.work.cancel(WORK, String(job.id));
  }

  /** Moves the start of what has not begun; false when it has. */
  postpone(job: JobView, start: Date): Promise<boolean> {
    return this.work.reschedule(WORK, String(job.id), start);
  }
}
