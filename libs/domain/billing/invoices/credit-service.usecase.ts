import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountFacts } from '../accounts/account-facts.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { exactAmount, withTaxes } from '../engine/arithmetic.js';
import type { LineInputs } from '../engine/engine.types.js';
import { regionOn, taxesFor } from '../engine/tax-rules.js';
import { InvoiceRepository } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';
import { Issuer } from './issuer.js';
import { refuseUncovered } from '../accounts/balance.js';

// The account that the service is billed to on that day, and who pays for that one.
const ACCOUNT = statement(
  'invoices-account-of-service',
  `SELECT coalesce(y.payer_account_id, h.id) AS "accountId", s.service_type AS "serviceType", v.tax_percent::text AS "taxPercent"
     FROM services s JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
     CROSS JOIN LATERAL (SELECT coalesce(
        (SELECT g.account_id FROM billing_account_services g WHERE g.service_id = s.id AND g.from_on <= $2 ORDER BY g.from_on DESC LIMIT 1),
        (SELECT min(a.id) FROM billing_accounts a WHERE a.partner_id = s.partner_id AND a.customer_id = s.customer_id AND a.currency = s.currency)) AS id) h
     LEFT JOIN billing_payers y ON y.partner_id = s.partner_id AND y.account_id = h.id AND y.from_on <= $2 AND coalesce(y.until_on, 'infinity') > $2
    WHERE s.id = $1`,
);

export interface CreditServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  /** Without tax. Positive: a credit note; negative: an invoice that takes so much of one back. Decimal text. */
  readonly amount: string;
  readonly description: string;
  /** The days that it is for; the first says whose account it is and which taxes apply. */
  readonly from: string;
  readonly until: string;
}

/**
 * Credits a service for something that no invoice says (a broken promise), or takes such a credit back. The money pays
 * what is open and then what comes; the engine, which computes what a service costs, leaves it alone.
 * @throws `billing.account.none`; `billing.balance.too_low` where an account that pays ahead does not cover what is taken back
 */
@Injectable()
export class CreditService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly facts: AccountFacts,
    private readonly invoices: InvoiceRepository,
    private readonly issuer: Issuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, serviceId, amount, description, from, until }: CreditServiceInput): Promise<InvoiceView> {
    return this.uow.run(actor, async (tx) => {
      const found = await tx.one<{ accountId: number | null; serviceType: string; taxPercent: string }>(ACCOUNT, [
        serviceId,
        from,
      ]);
      if (!found?.accountId) throw billingErrors('billing.account.none');
      const account = await this.accounts.lock(found.accountId);
      const { currency, exemptions } = account;
      const thing = { on: from, serviceType: found.serviceType, planPercent: found.taxPercent };
      const taxes = taxesFor(thing, regionOn(account.terms, from), await this.facts.rates(account), exemptions);
      const charge = Money.of(amount, currency).negated();
      const inputs: LineInputs = {
        rule: 'by_hand',
        unit_amount: charge.toText(),
        quantity: '1',
        proration_factor: '1',
      };
      const draft = await this.invoices.insert({
        account,
        document: charge.isNegative() ? 'credit_note' : 'invoice',
        kind: 'adjustment',
        origin: 'person',
        createdBy: actor.name,
        createdAt: this.clock.now(),
        lines: [
          {
            key: null,
            kind: charge.isNegative() ? 'credit' : 'adjustment',
            serviceId,
            description,
            from,
            until,
            inputs,
            ...withTaxes(exactAmount(inputs, currency), taxes),
          },
        ],
      });
      if (account.kind === 'prepaid' && charge.isPositive())
        refuseUncovered(account, Money.of(draft.totalAmount, currency));
      return this.issuer.issue(actor, account, draft);
    });
  }
}
