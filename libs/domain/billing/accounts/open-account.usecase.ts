import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CustomerQueries } from '@isp/domain/customers';
import { PartnerQueries } from '@isp/domain/partners';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { BillingFacts } from '../invoices/billing.facts.js';
import { AccountRepository } from './account.repository.js';
import { ConvertAccount } from '../prepaid/convert-account.usecase.js';
import type { AccountKind, AccountView } from './account.view.js';
import { DEFAULT_TERMS, type TermsInput } from './account-terms.js';

export interface OpenAccountInput {
  readonly actor: Actor;
  readonly customerId: number;
  readonly name: string;
  /** Its partner's when absent, like the time zone. */
  readonly currency?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly paymentDays?: number | undefined;
  /** Postpaid when absent. */
  readonly kind?: AccountKind | undefined;
  readonly terms?: TermsInput | undefined;
}

/** Opens one more account of a customer; it begins today. @throws `customers.customer.not_found`, `billing.tax_region.unknown` */
@Injectable()
export class OpenAccount {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly customers: CustomerQueries,
    private readonly partners: PartnerQueries,
    private readonly facts: BillingFacts,
    private readonly convert: ConvertAccount,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, customerId, name, kind, terms, ...given }: OpenAccountInput): Promise<AccountView> {
    return this.uow.run(actor, async () => {
      const { partnerId } = await this.customers.get(actor, customerId);
      const partner = await this.partners.get(actor, partnerId);
      const timeZone = given.timeZone ?? partner.timeZone;
      const startsOn = localDate(this.clock.now(), timeZone);
      const id = await this.accounts.insert({
        partnerId,
        customerId,
        name,
        currency: given.currency ?? partner.currency,
        timeZone,
        paymentDays: given.paymentDays ?? 14,
        startsOn,
      });
      await this.accounts.putTerms(id, { ...DEFAULT_TERMS, ...terms, fromOn: startsOn });
      const account = await this.accounts.lock(id);
      this.facts.note(actor, 'billing_account.create', account, {
        customer_id: customerId,
        name,
        currency: account.currency,
      });
      return kind === 'prepaid' ? this.convert.execute({ actor, accountId: id, kind }) : account;
    });
  }
}
