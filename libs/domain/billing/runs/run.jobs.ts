import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { systemActor } from '@isp/contracts';
import { type HandlesJob, HandlesJobs, RunsOnSchedule, type Scheduled, type WorkRun } from '@isp/platform/work';
import { CarryOutRun } from './carry-out-run.usecase.js';
import { BillingRuns } from './create-run.usecase.js';

const JOB = 'billing.run';

/** One of those that work on a run. When it is dead, the schedule brings another. */
@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 20, baseDelaySeconds: 1, maxDelaySeconds: 60 })
export class CarryOutRunJob implements HandlesJob<typeof JOB> {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly carryOut: CarryOutRun,
  ) {}

  async handle({ run_id: id }: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    const over = await this.carryOut.execute(id, { fence: () => run.fence(), signal: run.signal });
    // The process goes down in good order: another goes on.
    if (!over) await this.uow.run(systemActor('billing'), () => run.postpone(0));
  }
}

/** Looks whose day has come. */
@Injectable()
@RunsOnSchedule({ name: 'billing.run-due', everySeconds: 60 })
export class BillingRunSchedule implements Scheduled {
  constructor(private readonly runs: BillingRuns) {}

  async run(): Promise<void> {
    await this.runs.tend();
  }
}
