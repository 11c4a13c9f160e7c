import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import { currentRequestId } from '@isp/platform/logging';
import { type HandlesJob, HandlesJobs, type JobPart, type WorkRun } from '@isp/platform/work';
import { JobOutcome } from './job-outcome.js';
import { RunJobs } from './run-jobs.usecase.js';

const JOB = 'provisioning.run';

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 8, baseDelaySeconds: 1, maxDelaySeconds: 300 })
export class RunJobHandler implements HandlesJob<typeof JOB> {
  constructor(
    private readonly runJobs: RunJobs,
    private readonly outcome: JobOutcome,
  ) {}

  handle(payload: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    return this.handleAll([{ payload, run, requestId: currentRequestId() ?? '' }])[0] as Promise<void>;
  }

  handleAll(parts: readonly JobPart<typeof JOB>[]): readonly Promise<void>[] {
    return this.runJobs.execute(
      parts.map(({ payload, run, requestId }) => ({ jobId: payload.provisioning_job_id, run, requestId })),
    );
  }

  onDead(payload: JobPayload<typeof JOB>, reason: string): Promise<void> {
    return this.outcome.exhausted(payload.provisioning_job_id, reason);
  }
}
