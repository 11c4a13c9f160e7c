import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { JobOutcome } from './job-outcome.js';
import { RunJob } from './run-job.usecase.js';

const JOB = 'provisioning.run';

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 8, baseDelaySeconds: 1, maxDelaySeconds: 300 })
export class RunJobHandler implements HandlesJob<typeof JOB> {
  constructor(
    private readonly runJob: RunJob,
    private readonly outcome: JobOutcome,
  ) {}

  handle(payload: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    return this.runJob.execute(payload.provisioning_job_id, run);
  }

  onDead(payload: JobPayload<typeof JOB>, reason: string): Promise<void> {
    return this.outcome.exhausted(payload.provisioning_job_id, reason);
  }
}
