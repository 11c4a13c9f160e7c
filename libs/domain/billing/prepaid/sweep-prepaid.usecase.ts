import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import { RunsOnSchedule, type Scheduled, againAfterSeconds, despiteOthers } from '@isp/platform/work';
import { LookAtPrepaid } from './look-at-prepaid.usecase.js';
import { PrepaidRepository } from './prepaid.repository.js';

const ACTOR = systemActor('billing');
const BATCH = 100;

/**
 * Looks at the prepaid accounts whose time has come, each in a transaction of its own. Any number of workers may do it at
 * once: who comes second to an account finds nothing left to do.
 */
@Injectable()
export class SweepPrepaid {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly rows: PrepaidRepository,
    private readonly look: LookAtPrepaid,
    private readonly log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many looks it took. */
  async execute(): Promise<number> {
    for (let looks = 0; ;) {
      const due = await this.uow.run(ACTOR, () => this.rows.due(this.clock.now(), BATCH));
      for (const accountId of due) await this.one(accountId);
      looks += due.length;
      if (due.length < BATCH) return looks;
    }
  }

  private async one(accountId: number): Promise<void> {
    try {
      await despiteOthers(() => this.look.execute({ actor: ACTOR, accountId }));
    } catch (error) {
      this.log.error(`prepaid account ${accountId} failed: ${(error as Error).message}`, { account_id: accountId });
      await this.uow.run(ACTOR, () =>
        this.rows.lookAt(accountId, addSeconds(this.clock.now(), againAfterSeconds(error))),
      );
    }
  }
}

@Injectable()
@RunsOnSchedule({ name: 'billing.prepaid', everySeconds: 60 })
export class SweepPrepaidSchedule implements Scheduled {
  constructor(private readonly sweep: SweepPrepaid) {}

  async run(): Promise<void> {
    await this.sweep.execute();
  }
}
