import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, addMonths, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { PrepaidWake } from '../prepaid/prepaid-wake.js';
import type { Discount } from '../engine/engine.types.js';
import { DISCOUNT_COLUMNS } from './billing-settings.js';

const COLUMNS = `id, code, name, percent::text AS percent, monthly_amount::text AS "monthlyAmount", currency, months, plan_id AS "planId",
  from_on::text AS "from", until_on::text AS "until", most_redemptions AS "mostRedemptions", redemptions`;
const LIST = statement(
  'billing-promotions-list',
  `SELECT ${COLUMNS} FROM billing_promotions WHERE ($1::text IS NULL OR code = $1) ORDER BY id DESC LIMIT $2 OFFSET $3`,
);
const COUNT = statement(
  'billing-promotions-count',
  'SELECT count(*)::integer AS total FROM billing_promotions WHERE ($1::text IS NULL OR code = $1)',
);
const ADD = statement(
  'billing-promotions-add',
  `INSERT INTO billing_promotions (code, name, percent, monthly_amount, currency, months, plan_id, from_on, until_on, most_redemptions, created_at)
   SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE $7::integer IS NULL OR EXISTS (SELECT FROM plans WHERE id = $7) RETURNING ${COLUMNS}`,
);
const END = statement(
  'billing-promotions-end',
  `UPDATE billing_promotions SET until_on = $2 WHERE id = $1 AND from_on < $2 AND (until_on IS NULL OR until_on > $2) RETURNING ${COLUMNS}`,
);
const HAS = statement('billing-promotions-has', 'SELECT 1 FROM billing_promotions WHERE id = $1');
// Counting is the lock: of two that race for the last one, one finds none left.
const TAKE = statement(
  'billing-promotions-take',
  `UPDATE billing_promotions SET redemptions = redemptions + 1 WHERE code = $1 AND from_on <= $2 AND (until_on IS NULL OR until_on > $2)
      AND (most_redemptions IS NULL OR redemptions < most_redemptions) AND (currency IS NULL OR currency = $3) RETURNING ${COLUMNS}`,
);
const SERVICE = statement(
  'billing-promotions-service',
  `SELECT s.id FROM services s JOIN billing_accounts a ON a.id = $1 AND a.partner_id = s.partner_id AND a.customer_id = s.customer_id AND a.currency = s.currency
    WHERE s.status <> 'terminated' AND ($2::integer IS NULL OR s.id = $2) AND ($3::integer IS NULL OR s.plan_id = $3) ORDER BY s.id DESC LIMIT 1`,
);
const GRANT = statement(
  'billing-promotions-grant',
  `INSERT INTO billing_discounts (partner_id, customer_id, account_id, service_id, name, percent, monthly_amount, from_on, until_on, promotion_id)
   SELECT partner_id, customer_id, id, $2, $3, $4, $5, $6, $7, $8 FROM billing_accounts WHERE id = $1 RETURNING ${DISCOUNT_COLUMNS}`,
);

/** A code that customers of the shop redeem for a discount of so many months. Dates are in the account's time zone. */
export interface RetailPromotion {
  readonly id: number;
  /** Capital letters, digits and hyphens. */
  readonly code: string;
  readonly name: string;
  /** Exactly one of the two; an amount has a currency. */
  readonly percent: string | null;
  readonly monthlyAmount: string | null;
  readonly currency: string | null;
  readonly months: number;
  /** Only services of this plan. */
  readonly planId: number | null;
  readonly from: string;
  readonly until: string | null;
  readonly mostRedemptions: number | null;
  readonly redemptions: number;
}

@Injectable()
export class RetailPromotions {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly audit: AuditTrail,
    private readonly wake: PrepaidWake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One page, newest first. */
  list(actor: Actor, code: string | undefined, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<RetailPromotion>(LIST, [code ?? null, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [code ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.promotion.taken`, `billing.discount.ambiguous`, `billing.period.backwards`, `billing.plan.unknown` */
  add(actor: Actor, promotion: Omit<RetailPromotion, 'id' | 'redemptions'>): Promise<RetailPromotion> {
    const { code, name, percent, monthlyAmount, currency, months, planId, from, until, mostRedemptions } = promotion;
    if ((percent === null) === (monthlyAmount === null) || (monthlyAmount === null) !== (currency === null))
      throw billingErrors('billing.discount.ambiguous');
    if (until !== null && until <= from) throw billingErrors('billing.period.backwards');
    const values = [code, name, percent, monthlyAmount, currency, months, planId, from, until, mostRedemptions];
    return this.uow.run(actor, async (tx) => {
      try {
        const made = await tx.one<RetailPromotion>(ADD, [...values, this.clock.now()]);
        if (!made) throw billingErrors('billing.plan.unknown');
        this.note(actor, 'promotion.create', made.id, { ...promotion });
        return made;
      } catch (error) {
        if (violatedConstraint(error) === 'billing_promotions_code') throw billingErrors('billing.promotion.taken');
        throw error;
      }
    });
  }

  /** The day from which it cannot be redeemed any more. @throws `billing.promotion.not_found`, `billing.end.unfit` */
  end(actor: Actor, id: number, on: string): Promise<RetailPromotion> {
    return this.uow.run(actor, async (tx) => {
      const ended = await tx.one<RetailPromotion>(END, [id, on]);
      if (!ended) throw billingErrors((await tx.one(HAS, [id])) ? 'billing.end.unfit' : 'billing.promotion.not_found');
      this.note(actor, 'promotion.end', id, { until: on });
      return ended;
    });
  }

  /**
   * Grants the discount of a code from today on, once an account.
   * @throws `billing.account.not_found`, `billing.promotion.unfit`, `billing.promotion.redeemed`
   */
  redeem(actor: Actor, accountId: number, code: string, serviceId?: number): Promise<Discount> {
    return this.uow.run(actor, async (tx) => {
      const account = await this.accounts.lock(accountId);
      const today = localDate(this.clock.now(), account.timeZone);
      const promotion = await tx.one<RetailPromotion>(TAKE, [code, today, account.currency]);
      if (!promotion) throw billingErrors('billing.promotion.unfit');
      const { id, name, percent, monthlyAmount, months, planId } = promotion;
      const bound = planId !== null || serviceId !== undefined;
      const service = bound ? await tx.one<{ id: number }>(SERVICE, [accountId, serviceId ?? null, planId]) : null;
      if (service === undefined) throw billingErrors('billing.promotion.unfit');
      const values = [
        accountId,
        service?.id ?? null,
        name,
        percent,
        monthlyAmount,
        today,
        addMonths(today, months),
        id,
      ];
      try {
        const granted = (await tx.one<Discount>(GRANT, values)) as Discount;
        this.audit.record({
          actor,
          partnerId: account.partnerId,
          action: 'billing_account.promotion',
          subject: { type: 'billing_account', id: accountId },
          changes: { code, service_id: service?.id ?? null },
        });
        this.wake.after(account);
        return granted;
      } catch (error) {
        if (violatedConstraint(error) === 'billing_discounts_promotion_once')
          throw billingErrors('billing.promotion.redeemed');
        throw error;
      }
    });
  }

  private note(actor: Actor, action: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject: { type: 'promotion', id }, changes });
  }
}
