import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { PlanQueries } from '@isp/domain/catalog';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, guarded, statement, violatedConstraint } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { DEFAULT_POLICY } from '../engine/charges.js';
import { PrepaidWake } from '../prepaid/prepaid-wake.js';
import type { Discount, PlanPolicy, TaxRate } from '../engine/engine.types.js';

const RATE_COLUMNS = `id, region, code, name, service_type AS "serviceType", percent::text AS percent, inclusive,
  valid_from::text AS "from", valid_until::text AS "until"`;
const RATES = statement(
  'tax-rates-list',
  `SELECT ${RATE_COLUMNS} FROM tax_rates WHERE ($1::text IS NULL OR region = $1) ORDER BY region, code, valid_from, id LIMIT $2 OFFSET $3`,
);
const RATES_COUNT = statement(
  'tax-rates-count',
  'SELECT count(*)::integer AS total FROM tax_rates WHERE ($1::text IS NULL OR region = $1)',
);
const ADD_RATE = statement(
  'tax-rates-add',
  `INSERT INTO tax_rates (region, code, name, service_type, percent, inclusive, valid_from, valid_until)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${RATE_COLUMNS}`,
);
const END_RATE = statement(
  'tax-rates-end',
  `UPDATE tax_rates SET valid_until = $2 WHERE id = $1 AND valid_from < $2 AND (valid_until IS NULL OR valid_until > $2) RETURNING ${RATE_COLUMNS}`,
);
const POLICY = statement(
  'plan-policies-get',
  `SELECT from_on::text AS "fromOn", start, upgrade, downgrade, pause, suspension, termination, early_termination AS "earlyTermination",
          overage_amount::text AS "overageAmount" FROM plan_billing_policies WHERE plan_id = $1 ORDER BY from_on DESC LIMIT 1`,
);
const PUT_POLICY = statement(
  'plan-policies-put',
  `INSERT INTO plan_billing_policies VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   ON CONFLICT (plan_id, from_on) DO UPDATE SET start = excluded.start, upgrade = excluded.upgrade, downgrade = excluded.downgrade,
     pause = excluded.pause, suspension = excluded.suspension, termination = excluded.termination, early_termination = excluded.early_termination,
     overage_amount = excluded.overage_amount`,
);
/** The columns of a discount, for hand-written statements. */
export const DISCOUNT_COLUMNS = `id, service_id AS "serviceId", name, percent::text AS percent, monthly_amount::text AS "monthlyAmount",
  from_on::text AS "from", until_on::text AS "until"`;
const DISCOUNTS = statement(
  'discounts-list',
  `SELECT ${DISCOUNT_COLUMNS} FROM billing_discounts WHERE account_id = $1 ORDER BY id`,
);
const ADD_DISCOUNT = statement(
  'discounts-add',
  `INSERT INTO billing_discounts (partner_id, customer_id, account_id, service_id, name, percent, monthly_amount, from_on, until_on)
   SELECT a.partner_id, a.customer_id, a.id, $2, $3, $4, $5, $6, $7 FROM billing_accounts a
    WHERE a.id = $1 AND ($2::integer IS NULL OR EXISTS (SELECT FROM services s WHERE s.id = $2 AND s.customer_id = a.customer_id))
   RETURNING ${DISCOUNT_COLUMNS}`,
);

const HAS_RATE = statement('tax-rates-has', 'SELECT 1 FROM tax_rates WHERE id = $1');
const HAS_DISCOUNT = statement('discounts-has', 'SELECT 1 FROM billing_discounts WHERE account_id = $1 AND id = $2');
const END_DISCOUNT = statement(
  'discounts-end',
  `UPDATE billing_discounts SET until_on = $3 WHERE account_id = $1 AND id = $2 AND from_on < $3 AND (until_on IS NULL OR until_on > $3)
   RETURNING ${DISCOUNT_COLUMNS}`,
);

export type TaxRateView = TaxRate & { readonly id: number };
export type PlanPolicyView = PlanPolicy & { readonly planId: number; readonly fromOn: string | null };

/** Tax rates, the operator's. A rate is never changed: it ends, and another begins. */
@Injectable()
export class TaxRates {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, region: string | undefined, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<TaxRateView>(RATES, [region ?? null, page.limit, page.offset]),
        tx.one<{ total: number }>(RATES_COUNT, [region ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.tax_rate.overlaps`, `billing.period.backwards` */
  add(actor: Actor, rate: TaxRate): Promise<TaxRateView> {
    const { region, code, name, serviceType, percent, inclusive, from, until } = rate;
    if (until !== null && until <= from) throw billingErrors('billing.period.backwards');
    return this.uow.run(actor, async (tx) => {
      try {
        const values = [region, code, name, serviceType, percent, inclusive, from, until];
        const made = (await tx.one<TaxRateView>(ADD_RATE, values)) as TaxRateView;
        this.note(actor, 'tax_rate.create', made.id, { ...rate });
        return made;
      } catch (error) {
        if (violatedConstraint(error) === 'tax_rates_one_at_a_time') throw billingErrors('billing.tax_rate.overlaps');
        throw error;
      }
    });
  }

  /**
   * The day from which a rate does not hold any more.
   * @throws `billing.tax_rate.not_found`, `billing.tax_rate.overlaps`, `billing.end.unfit`
   */
  end(actor: Actor, id: number, on: string): Promise<TaxRateView> {
    return this.uow.run(actor, async (tx) => {
      const ended = await guarded(tx.one<TaxRateView>(END_RATE, [id, on]), {
        tax_rates_one_at_a_time: () => billingErrors('billing.tax_rate.overlaps'),
      });
      if (!ended)
        throw billingErrors((await tx.one(HAS_RATE, [id])) ? 'billing.end.unfit' : 'billing.tax_rate.not_found');
      this.note(actor, 'tax_rate.end', id, { valid_until: on });
      return ended;
    });
  }

  private note(actor: Actor, action: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject: { type: 'tax_rate', id }, changes });
  }
}

/** What plans' prices mean for parts of a period. A change holds for the periods that begin later. */
@Injectable()
export class PlanPolicies {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly plans: PlanQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The newest policy of a plan, else what holds without one. @throws `catalog.plan.not_found` */
  get(actor: Actor, planId: number): Promise<PlanPolicyView> {
    return this.uow.run(actor, async (tx) => {
      await this.plans.get(actor, planId);
      const found = await tx.one<PlanPolicyView>(POLICY, [planId]);
      return { ...DEFAULT_POLICY, fromOn: null, ...found, planId };
    });
  }

  /** @throws `catalog.plan.not_found` */
  put(
    actor: Actor,
    planId: number,
    changes: { readonly [K in keyof PlanPolicy]?: PlanPolicy[K] | undefined },
  ): Promise<PlanPolicyView> {
    return this.uow.run(actor, async (tx) => {
      const present = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const policy = { ...(await this.get(actor, planId)), ...present, fromOn: localDate(this.clock.now(), 'UTC') };
      const { start, upgrade, downgrade, pause, suspension, termination, earlyTermination, overageAmount } = policy;
      const values = [start, upgrade, downgrade, pause, suspension, termination, earlyTermination, overageAmount];
      await tx.execute(PUT_POLICY, [planId, policy.fromOn, ...values]);
      const subject = { type: 'plan', id: planId };
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'plan.billing_policy',
        subject,
        changes: present,
      });
      return policy;
    });
  }
}

/** What is taken off an account's recurring charges. */
@Injectable()
export class Discounts {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly audit: AuditTrail,
    private readonly wake: PrepaidWake,
  ) {}

  /** @throws `billing.account.not_found` */
  list(actor: Actor, accountId: number): Promise<Discount[]> {
    return this.uow.run(actor, async (tx) => {
      if (!(await this.accounts.get(accountId))) throw billingErrors('billing.account.not_found');
      return tx.query<Discount>(DISCOUNTS, [accountId]);
    });
  }

  /** @throws `billing.account.not_found`, `billing.service.unknown`, `billing.discount.ambiguous`, `billing.period.backwards` */
  add(actor: Actor, accountId: number, discount: Omit<Discount, 'id'>): Promise<Discount> {
    const { serviceId, name, percent, monthlyAmount, from, until } = discount;
    if ((percent === null) === (monthlyAmount === null)) throw billingErrors('billing.discount.ambiguous');
    if (until !== null && until <= from) throw billingErrors('billing.period.backwards');
    return this.uow.run(actor, async (tx) => {
      const account = await this.accounts.lock(accountId);
      const made = await tx.one<Discount>(ADD_DISCOUNT, [
        accountId,
        serviceId,
        name,
        percent,
        monthlyAmount,
        from,
        until,
      ]);
      if (!made) throw billingErrors('billing.service.unknown');
      const subject = { type: 'billing_account', id: accountId };
      this.audit.record({
        actor,
        partnerId: account.partnerId,
        action: 'billing_account.discount',
        subject,
        changes: { ...discount },
      });
      this.wake.after(account);
      return made;
    });
  }

  /**
   * The day from which it does not hold; days that were invoiced are corrected.
   * @throws `billing.discount.not_found`, `billing.end.unfit`
   */
  end(actor: Actor, accountId: number, id: number, on: string): Promise<Discount> {
    return this.uow.run(actor, async (tx) => {
      const account = await this.accounts.lock(accountId);
      const { partnerId } = account;
      const ended = await tx.one<Discount>(END_DISCOUNT, [accountId, id, on]);
      const unfit = !ended && (await tx.one(HAS_DISCOUNT, [accountId, id]));
      if (!ended) throw billingErrors(unfit ? 'billing.end.unfit' : 'billing.discount.not_found');
      const subject = { type: 'billing_account', id: accountId };
      const changes = { discount_id: id, until: on };
      this.audit.record({ actor, partnerId, action: 'billing_account.end_discount', subject, changes });
      this.wake.after(account);
      return ended;
    });
  }
}
