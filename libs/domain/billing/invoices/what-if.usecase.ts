import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PlanQueries, type PlanView } from '@isp/domain/catalog';
import { type Clock, Money, addDays, localDate, startOfDay } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountFacts } from '../accounts/account-facts.js';
import { AccountQueries } from '../accounts/account.queries.js';
import type { AccountView } from '../accounts/account.view.js';
import { refuseFar } from '../accounts/sound-terms.js';
import { billingErrors } from '../billing.errors.js';
import { dueDayOf, nextDue } from '../engine/billing-periods.js';
import { compute } from '../engine/compute.js';
import type { EngineFacts, PriceFact, ServiceFacts } from '../engine/engine.types.js';
import { asIfBought } from '../prepaid/prepaid-periods.js';
import { ESTIMATOR, type InvoicePreview, MOST_MONTHS_FORESEEN, boughtUntil } from './generate-invoice.usecase.js';

const HAS_STATIC_ADDRESS = statement(
  'billing-what-if-static',
  'SELECT static_ip AS "staticIp" FROM services WHERE id = $1',
);
/** No service has this id: it stands for one that is not sold yet. */
const IMAGINED = 0;

export type ImaginedChange =
  | { readonly kind: 'change_plan'; readonly serviceId: number; readonly planId: number }
  | { readonly kind: 'cancel'; readonly serviceId: number }
  | { readonly kind: 'add'; readonly planId: number };

export interface WhatIfInput {
  readonly actor: Actor;
  readonly accountId: number;
  /** `YYYY-MM-DD` in the account's time zone, from the beginning of that day; today when absent. */
  readonly on?: string | undefined;
  readonly change: ImaginedChange;
}

/** The next invoice as it stands, and as it would be. */
export interface WhatIfAnswer {
  readonly without: InvoicePreview;
  readonly withChange: InvoicePreview;
  readonly difference: Money;
}

/**
 * What a change would do to the first invoice on its day or after it, computed by the engine that will invoice it. Writes
 * nothing. @throws `billing.account.not_found`, `billing.service.unknown`, `billing.plan.unfit`, `billing.what_if.past`, `billing.day.far`,
 *   `catalog.plan.not_found`
 */
@Injectable()
export class WhatIf {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountQueries,
    private readonly facts: AccountFacts,
    private readonly plans: PlanQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ actor, accountId, on, change }: WhatIfInput): Promise<WhatIfAnswer> {
    const account = await this.accounts.get(actor, accountId);
    const today = localDate(this.clock.now(), account.timeZone);
    const from = on ?? today;
    if (from < today) throw billingErrors('billing.what_if.past');
    refuseFar('on', from, today, MOST_MONTHS_FORESEEN);
    const plan = change.kind === 'cancel' ? undefined : await this.plan(actor, account, change.planId);
    const period = nextDue(account, addDays(from, -1));
    const day = dueDayOf(period);
    const at = startOfDay(from, account.timeZone);
    const gather = async (): Promise<[EngineFacts, EngineFacts]> => {
      const bought = await this.facts.of(account, day);
      const facts = asIfBought(bought, boughtUntil(account, today));
      return [facts, { ...facts, services: await this.imagine(facts, change, plan, at) }];
    };
    const given = await this.uow.outside(() => this.uow.run(ESTIMATOR, gather));
    const preview = (facts: EngineFacts): InvoicePreview => ({ account, on: day, period, computed: compute(facts) });
    const [without, withChange] = [preview(given[0]), preview(given[1])];
    return { without, withChange, difference: withChange.computed.total.minus(without.computed.total) };
  }

  private async imagine(
    { services }: EngineFacts,
    change: ImaginedChange,
    plan: PlanView | undefined,
    at: Date,
  ): Promise<ServiceFacts[]> {
    if (change.kind === 'add') return plan ? [...services, imagined(plan, at)] : [...services];
    const service = services.find(
      ({ serviceId, terminatedAt }) => serviceId === change.serviceId && (terminatedAt === null || terminatedAt > at),
    );
    if (!service) throw billingErrors('billing.service.unknown');
    const others = services.filter((one) => one !== service);
    if (!plan) return [...others, { ...service, terminatedAt: at }];
    if (plan.serviceType !== service.serviceType) throw billingErrors('billing.plan.unfit');
    const row = await this.uow.tx.one<{ staticIp: boolean }>(HAS_STATIC_ADDRESS, [change.serviceId]);
    const price = priceOf(plan, at, row?.staticIp ?? false);
    return [...others, { ...service, prices: [...service.prices.filter((one) => one.at < at), price] }];
  }

  private async plan(actor: Actor, account: AccountView, planId: number): Promise<PlanView> {
    const plan = await this.plans.get(actor, planId);
    if (plan.currency !== account.currency) throw billingErrors('billing.plan.unfit');
    return plan;
  }
}

function priceOf(plan: PlanView, at: Date, staticIp: boolean): PriceFact {
  const { id, version, name, monthlyAmount, staticIpMonthlyAmount, taxPercent, dataLimitGb, currency } = plan;
  const base = Money.of(monthlyAmount, currency);
  const monthly = staticIp ? base.plus(Money.of(staticIpMonthlyAmount, currency)) : base;
  const price = { at, planId: id, planVersion: version, planName: name, taxPercent, dataLimitGb };
  return { ...price, monthlyAmount: monthly.amount.toFixed() };
}

function imagined(plan: PlanView, at: Date): ServiceFacts {
  const { serviceType, activationAmount, contractMonths, earlyTerminationAmount } = plan;
  return {
    serviceId: IMAGINED,
    serviceType,
    activatedAt: at,
    terminatedAt: null,
    activationAmount,
    contract: { months: contractMonths, earlyTerminationAmount },
    prices: [priceOf(plan, at, false)],
    blocks: [],
    windows: [{ from: '0001-01-01', until: null }],
    usage: [],
  };
}
