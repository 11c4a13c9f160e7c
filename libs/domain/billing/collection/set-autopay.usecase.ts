import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountQueries } from '../accounts/account.queries.js';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import { BillingFacts } from '../invoices/billing.facts.js';

const SET = statement(
  'billing-accounts-autopay',
  'UPDATE billing_accounts SET autopay = $2, version = version + 1, updated_at = $3 WHERE id = $1 AND autopay <> $2',
);

/** Whether what is due is charged by itself, to the customer's default method. @throws `billing.account.not_found` */
@Injectable()
export class SetAutopay {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly queries: AccountQueries,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(actor: Actor, accountId: number, enabled: boolean): Promise<AccountView> {
    return this.uow.run(actor, async (tx) => {
      const account = await this.accounts.lock(accountId);
      if ((await tx.execute(SET, [accountId, enabled, this.clock.now()])) === 0) return account;
      this.facts.note(actor, 'billing_account.set_autopay', account, { autopay: enabled });
      return this.queries.get(actor, accountId);
    });
  }
}
