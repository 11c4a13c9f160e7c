import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { ReadBackSubscriber } from './read-back-subscriber.usecase.js';

const JOB = 'network.read-back';

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 5, baseDelaySeconds: 1, maxDelaySeconds: 60 })
export class ReadBackSubscriberHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly readBack: ReadBackSubscriber) {}

  handle(payload: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    return this.readBack.execute(payload.service_id, run);
  }
}
