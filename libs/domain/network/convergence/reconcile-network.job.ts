import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { type HandlesJob, HandlesJobs, RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { ReconcileNetwork } from './reconcile-network.usecase.js';

const JOB = 'network.reconcile';

/** A pass that somebody asked for. */
@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 5, baseDelaySeconds: 1, maxDelaySeconds: 30 })
export class ReconcileNetworkHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly network: ReconcileNetwork) {}

  async handle(): Promise<void> {
    await this.network.execute();
  }
}

@Injectable()
@RunsOnSchedule({ name: JOB, everySeconds: 60 })
export class ReconcileNetworkSchedule implements Scheduled {
  readonly everySeconds: number;

  constructor(
    private readonly network: ReconcileNetwork,
    @Inject(CONFIG) config: Config,
  ) {
    this.everySeconds = config.ISP_RECONCILE_SECONDS;
  }

  async run(): Promise<void> {
    await this.network.execute();
  }
}
