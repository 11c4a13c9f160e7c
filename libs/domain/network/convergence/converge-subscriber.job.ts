import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { ConvergeSubscriber } from './converge-subscriber.usecase.js';

const JOB = 'network.converge';

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 1_000_000, baseDelaySeconds: 1, maxDelaySeconds: 60 })
export class ConvergeSubscriberHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly converge: ConvergeSubscriber) {}

  handle(payload: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    return this.converge.execute(payload.service_id, run);
  }
}
