import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { CollectCharge } from './collect-charge.usecase.js';

const JOB = 'billing.charge';

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 1_000_000, baseDelaySeconds: 1, maxDelaySeconds: 60 })
export class CollectChargeHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly collect: CollectCharge) {}

  handle(payload: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    return this.collect.execute(payload.charge_id, run);
  }
}
