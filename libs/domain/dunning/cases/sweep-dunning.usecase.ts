import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { Log } from '@isp/platform/logging';
import { RunsOnSchedule, type Scheduled, againAfterSeconds, despiteOthers } from '@isp/platform/work';
import { AssessAccount } from './assess-account.usecase.js';

const ACTOR = systemActor('dunning');
const BATCH = 100;
const DUE = statement(
  'dunning-cases-due',
  'SELECT account_id AS id FROM dunning_cases WHERE next_at <= $1 ORDER BY next_at, account_id LIMIT $2',
);
const LATER = statement(
  'dunning-cases-later',
  `UPDATE dunning_cases SET next_at = $2, waits_for = 'failure' WHERE account_id = $1 AND closed_at IS NULL`,
);

/**
 * Looks at the accounts whose time has come, each in a transaction of its own. Any number of workers may do it at once:
 * who comes second to an account finds that nothing is due any more.
 */
@Injectable()
export class SweepDunning {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly assess: AssessAccount,
    private readonly log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many looks it took. @param at as of when; else each look has its own time, however long the sweep takes */
  async execute(at?: Date): Promise<number> {
    let looks = 0;
    for (;;) {
      const now = at ?? this.clock.now();
      const due = await this.uow.read(ACTOR, (tx) => tx.query<{ id: number }>(DUE, [now, BATCH]));
      if (due.length === 0) return looks;
      for (const { id } of due) {
        await this.look(id, at);
        looks += 1;
        failPoint('dunning.after-step');
      }
    }
  }

  private async look(accountId: number, at: Date | undefined): Promise<void> {
    try {
      await despiteOthers(() => this.assess.execute({ actor: ACTOR, accountId, cause: 'time', at }));
    } catch (error) {
      this.log.error(`dunning of account ${accountId} failed: ${(error as Error).message}`, { account_id: accountId });
      const later = addSeconds(at ?? this.clock.now(), againAfterSeconds(error));
      await this.uow.run(ACTOR, (tx) => tx.execute(LATER, [accountId, later]));
    }
  }
}

@Injectable()
@RunsOnSchedule({ name: 'dunning.sweep', everySeconds: 60 })
export class SweepDunningSchedule implements Scheduled {
  constructor(private readonly sweep: SweepDunning) {}

  async run(): Promise<void> {
    await this.sweep.execute();
  }
}
