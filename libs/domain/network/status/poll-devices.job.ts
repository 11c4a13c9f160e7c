import { Injectable } from '@nestjs/common';
import { type JobPayload, systemActor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import {
  type HandlesJob,
  HandlesJobs,
  RunsOnSchedule,
  type Scheduled,
  type WorkRun,
  WorkQueue,
} from '@isp/platform/work';
import { PROBES_KEPT_DAYS, SAMPLES_KEPT_DAYS } from './device-samples.queries.js';
import { PollDevices } from './poll-devices.usecase.js';
import { StatusRepository } from './status.repository.js';

const JOB = 'network.poll';
/** So many devices are due until another worker is asked to help, and so many workers at most. */
const PER_SHARE = 300;
const MAX_SHARES = 8;

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 3, baseDelaySeconds: 1, maxDelaySeconds: 5 })
export class PollDevicesHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly poll: PollDevices) {}

  async handle(_: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    await this.poll.execute(run.signal);
  }
}

/** Hands what is due to the workers: one share of work for each few hundred devices, claimed one by one. */
@Injectable()
@RunsOnSchedule({ name: 'network.poll', everySeconds: 5 })
export class PollSchedule implements Scheduled {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly status: StatusRepository,
    private readonly work: WorkQueue,
  ) {}

  run(): Promise<void> {
    return this.uow.run(systemActor('network'), async () => {
      const shares = Math.min(MAX_SHARES, Math.ceil((await this.status.due()) / PER_SHARE));
      for (let share = 1; share <= shares; share += 1)
        this.work.enqueueOnCommit(JOB, { share }, { dedupeKey: String(share) });
    });
  }
}

/** Forgets samples after two weeks. */
@Injectable()
@RunsOnSchedule({ name: 'network.purge-samples', everySeconds: 3_600 })
export class PurgeSamplesSchedule implements Scheduled {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly status: StatusRepository,
  ) {}

  async run(): Promise<void> {
    let removed: number;
    do removed = await this.uow.run(systemActor('network'), () => this.status.purgeSamples(SAMPLES_KEPT_DAYS));
    while (removed > 0);
    do removed = await this.uow.run(systemActor('network'), () => this.status.purgeProbes(PROBES_KEPT_DAYS));
    while (removed > 0);
  }
}
