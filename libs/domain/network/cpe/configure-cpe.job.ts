import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { ConfigureCpe } from './configure-cpe.usecase.js';

const JOB = 'network.configure_cpe';

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 1_000_000, baseDelaySeconds: 1, maxDelaySeconds: 60 })
export class ConfigureCpeHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly configure: ConfigureCpe) {}

  handle(payload: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    return this.configure.execute(payload.service_id, run);
  }
}
