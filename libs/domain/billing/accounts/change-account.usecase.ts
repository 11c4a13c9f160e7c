import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, changesBetween, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import type { Exemption } from '../engine/engine.types.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { PrepaidWake } from '../prepaid/prepaid-wake.js';
import { AccountRepository } from './account.repository.js';
import { SoundTerms } from './sound-terms.js';
import { type TermsInput, nextTermsOn } from './account-terms.js';
import type { AccountView, InvoiceDelivery } from './account.view.js';

export interface ChangeAccountInput {
  readonly actor: Actor;
  readonly accountId: number;
  readonly ifMatch?: number | undefined;
  readonly changes: {
    readonly name?: string | undefined;
    readonly paymentDays?: number | undefined;
    readonly limitAmount?: string | null | undefined;
    readonly exemptions?: readonly Exemption[] | undefined;
    readonly minimumAmount?: string | undefined;
    readonly language?: string | undefined;
    readonly invoiceDelivery?: InvoiceDelivery | undefined;
    readonly reviewHours?: number | null | undefined;
    readonly warnDays?: number | undefined;
    /** From the end of the period that the account is in. */
    readonly terms?: TermsInput | undefined;
    /** Another account of the same partner and currency pays from that day on; null: this one itself again. */
    readonly payerAccountId?: number | null | undefined;
  };
}

/**
 * Changes how an account is billed. Nothing of it reaches back: terms and payer hold from the end of the present period.
 * @throws `billing.account.not_found`, `billing.account.stale`, `billing.account.unknown`, `billing.payer.unfit`,
 *   `billing.account.prepaid` for terms in arrears, `billing.amount.unfit`, `billing.period.backwards`,
 *   `billing.exemption.unknown_code`, `billing.tax_region.unknown`
 */
@Injectable()
export class ChangeAccount {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly facts: BillingFacts,
    private readonly wake: PrepaidWake,
    private readonly sound: SoundTerms,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, accountId, ifMatch, changes }: ChangeAccountInput): Promise<AccountView> {
    return this.uow.run(actor, async () => {
      const account = await this.accounts.lock(accountId);
      if (ifMatch !== undefined && ifMatch !== account.version) throw billingErrors('billing.account.stale');
      const { terms, payerAccountId, ...plain } = changes;
      await this.sound.refuseUnsound(account, plain);
      const present = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
      const nextOn = nextTermsOn(account, localDate(this.clock.now(), account.timeZone));
      await this.accounts.save({ ...account, ...present }, this.clock.now());
      const [last] = account.terms.slice(-1);
      if (account.kind === 'prepaid' && terms?.timing === 'arrears') throw billingErrors('billing.account.prepaid');
      if (terms && last) await this.accounts.putTerms(accountId, { ...last, ...terms, fromOn: nextOn });
      if (payerAccountId !== undefined) await this.setPayer(account, payerAccountId, nextOn);
      const changed = await this.accounts.lock(accountId);
      this.facts.note(actor, 'billing_account.update', changed, {
        ...changesBetween(account, present),
        ...(terms ? { terms: { ...terms, from_on: nextOn } } : {}),
        ...(payerAccountId === undefined ? {} : { payer_account_id: [account.payerAccountId, payerAccountId] }),
      });
      this.wake.after(changed);
      return changed;
    });
  }

  private async setPayer(account: AccountView, payerId: number | null, fromOn: string): Promise<void> {
    if (payerId !== null) {
      const payer = await this.accounts.get(payerId);
      if (!payer) throw billingErrors('billing.account.unknown');
      const fits =
        payer.id !== account.id &&
        payer.kind === 'postpaid' &&
        account.kind === 'postpaid' &&
        payer.partnerId === account.partnerId &&
        payer.currency === account.currency;
      // One step only: whoever pays for others pays for itself.
      const chain = payer.payerAccountId !== null || (await this.accounts.paysForOthers(account.id));
      if (!fits || chain) throw billingErrors('billing.payer.unfit');
    }
    await this.accounts.setPayer(account.id, payerId, fromOn);
  }
}
