import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { PaidServices } from '../collection/paid-services.queries.js';
import { PrepaidWake } from '../prepaid/prepaid-wake.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { AccountRepository } from './account.repository.js';
import { nextTermsOn } from './account-terms.js';
import type { AccountView } from './account.view.js';

/**
 * Bills a service to another of its customer's accounts, from the end of that account's present period on.
 * @throws `billing.account.not_found`, `billing.service.unknown` also for one in another currency
 */
@Injectable()
export class AssignService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly facts: BillingFacts,
    private readonly paid: PaidServices,
    private readonly wake: PrepaidWake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: {
    readonly actor: Actor;
    readonly accountId: number;
    readonly serviceId: number;
  }): Promise<AccountView> {
    const { actor, accountId, serviceId } = input;
    return this.uow.run(actor, async () => {
      const account = await this.accounts.lock(accountId);
      const fromOn = nextTermsOn(account, localDate(this.clock.now(), account.timeZone));
      const before = await this.paid.accountOf(serviceId);
      if (!(await this.accounts.assign(accountId, serviceId, fromOn))) throw billingErrors('billing.service.unknown');
      this.facts.note(actor, 'billing_account.assign', account, { service_id: serviceId, from_on: fromOn });
      this.wake.after(account);
      const former = before === null ? undefined : await this.accounts.get(before);
      if (former) this.wake.after(former);
      return account;
    });
  }
}

/** Lets a parked account be billed again. @throws `billing.account.not_found`, `billing.account.not_parked` */
@Injectable()
export class UnparkAccount {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly facts: BillingFacts,
    private readonly wake: PrepaidWake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, accountId }: { readonly actor: Actor; readonly accountId: number }): Promise<AccountView> {
    return this.uow.run(actor, async () => {
      const account = await this.accounts.lock(accountId);
      if (!(await this.accounts.unpark(accountId, this.clock.now(), actor.name)))
        throw billingErrors('billing.account.not_parked');
      this.facts.note(actor, 'billing_account.unpark', account, { parked_for: [account.parkedFor, null] });
      this.wake.after(account);
      return { ...account, parkedFor: null };
    });
  }
}
