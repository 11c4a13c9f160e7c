import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { AssessAccount } from './assess-account.usecase.js';

const ACTOR = systemActor('dunning');
const BATCH = 100;
const LATE = statement(
  'dunning-enrol-late',
  `SELECT DISTINCT i.account_id AS id FROM invoices i JOIN dunning_policies p ON p.id = $1 AND p.currency = i.currency
    WHERE i.status = 'overdue' AND i.account_id > $2
      AND NOT EXISTS (SELECT FROM dunning_cases c WHERE c.account_id = i.account_id AND c.closed_at IS NULL)
    ORDER BY 1 LIMIT ${BATCH}`,
);

/** Looks at those who were overdue before there was a policy for them. Run again it goes on where it stopped. */
@Injectable()
@HandlesJobs({ job: 'dunning.enrol' })
export class EnrolJob implements HandlesJob<'dunning.enrol'> {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly assess: AssessAccount,
  ) {}

  async handle({ policy_id: policyId }: { readonly policy_id: number }, run: WorkRun): Promise<void> {
    for (let after = 0; !run.signal.aborted;) {
      const late = await this.uow.read(ACTOR, (tx) => tx.query<{ id: number }>(LATE, [policyId, after]));
      for (const { id } of late) await this.assess.execute({ actor: ACTOR, accountId: id, cause: 'time' });
      const last = late.at(-1);
      if (!last) return;
      after = last.id;
    }
    await this.uow.run(ACTOR, () => run.postpone(1));
  }
}
