import { addMonths, decimal, localDate, intersect } from '@isp/kernel';
import { type ApplicableTax, exactAmount, taxed } from './arithmetic.js';
import { type BillingPeriod, periodsDue } from './billing-periods.js';
import type {
  DateRange,
  DatedPolicy,
  Discount,
  EngineFacts,
  EngineLine,
  LineInputs,
  LineKind,
  PlanPolicy,
  PriceFact,
  ServiceFacts,
} from './engine.types.js';
import { type PricedSpan, type Ruler, pricedSpans, rulerOf, spanOf } from './service-spans.js';
import { regionOn, taxesFor } from './tax-rules.js';

/** What holds for a plan that has no policy of its own. */
export const DEFAULT_POLICY: PlanPolicy = {
  start: 'prorate',
  upgrade: 'prorate',
  downgrade: 'prorate',
  pause: 'credit',
  suspension: 'charge',
  termination: 'prorate',
  earlyTermination: 'charge',
  overageAmount: null,
};

/** A charge that should have been invoiced: always with its key. */
export type Charge = EngineLine & { readonly key: string };

/** The policies that hold for the periods that begin on a day, by plan. */
export function policyFor(policies: readonly DatedPolicy[], on: string): (planId: number) => PlanPolicy {
  return (planId) => policies.findLast((policy) => policy.planId === planId && policy.fromOn <= on) ?? DEFAULT_POLICY;
}

/** Everything that an account should have been charged by a day, from its beginning on, zeros left out. */
export function chargesDue(facts: EngineFacts): Charge[] {
  const periods = periodsDue(facts.account, facts.targetOn);
  const recurring = periods.flatMap((period) =>
    facts.services.flatMap((service) => new PeriodCharges(facts, period, service).all()),
  );
  const fees = facts.services.flatMap((service) => feesOf(facts, service));
  return [...fees, ...oneOffsOf(facts), ...recurring].filter(
    ({ amount, taxes }) => Number(amount) !== 0 || taxes.some((tax) => Number(tax.amount) !== 0),
  );
}

/** The charges of one service in one period. */
class PeriodCharges {
  private readonly ruler: Ruler;

  constructor(
    private readonly facts: EngineFacts,
    private readonly period: BillingPeriod,
    private readonly service: ServiceFacts,
  ) {
    this.ruler = rulerOf(period.terms.proration, facts.account.timeZone);
  }

  all(): Charge[] {
    const policyOf = policyFor(this.facts.policies, this.period.from);
    const spans = pricedSpans(this.service, spanOf(this.period, this.ruler), policyOf, this.ruler);
    const priced = spans.flatMap((span) => {
      const charge = this.recurring(span);
      return [charge, ...this.discounts(span, charge)];
    });
    return this.facts.targetOn < this.period.billedUntil ? priced : [...priced, ...this.overage(spans, policyOf)];
  }

  /** Usage above what the prices of the period include, each for its own days: when the period is over. */
  private overage(spans: readonly PricedSpan[], policyOf: (planId: number) => PlanPolicy): Charge[] {
    if (this.service.usage.length === 0) return [];
    const byPlan = new Map<string, PricedSpan[]>();
    for (const span of spans) {
      const plan = `${span.price.planId}.${span.price.planVersion}`;
      byPlan.set(plan, [...(byPlan.get(plan) ?? []), span]);
    }
    return [...byPlan].flatMap(([plan, own]) => {
      const [first, last] = [own[0] as PricedSpan, own.at(-1) as PricedSpan];
      const { price } = first;
      const { overageAmount } = policyOf(price.planId);
      if (price.dataLimitGb === null || overageAmount === null) return [];
      const { whole } = spanOf(this.period, this.ruler);
      const used = own.reduce((sum, { from, until }) => sum + until - from, 0);
      const key = `u:${this.service.serviceId}:${this.period.from}:${plan}:${decimal(overageAmount).toString()}`;
      const inputs: LineInputs = {
        rule: 'overage',
        used_bytes: this.bytesIn(own),
        limit_gb: price.dataLimitGb,
        months: this.period.terms.cycleMonths,
        used,
        of: whole.until - whole.from,
        unit: this.ruler.unit,
        gb_amount: overageAmount,
      };
      return [
        this.line(
          key,
          'usage',
          `Data above ${price.dataLimitGb} GB, ${price.planName}`,
          { ...first, until: last.until },
          inputs,
        ),
      ];
    });
  }

  /** A day belongs to the span that its noon lies in. */
  private bytesIn(spans: readonly PricedSpan[]): string {
    const halfDay = this.ruler.unit === 'day' ? 0 : 12 * 3_600;
    return this.service.usage
      .filter(({ on }) => {
        const tick = this.ruler.ofDate(on) + halfDay;
        return spans.some(({ from, until }) => from <= tick && tick < until);
      })
      .reduce((sum, { bytes }) => sum.plus(decimal(bytes)), decimal(0))
      .toFixed();
  }

  private recurring(span: PricedSpan): Charge {
    const { price } = span;
    const key = [
      'r',
      this.service.serviceId,
      this.period.from,
      this.ruler.text(span.from),
      `${price.planId}.${price.planVersion}`,
      decimal(price.monthlyAmount).toString(),
    ].join(':');
    return this.line(key, 'recurring', price.planName, span, {
      rule: 'share_of_period',
      ...this.share(span, price.monthlyAmount),
    });
  }

  /** Discounts come off one after another and never make more than nothing of a charge. */
  private discounts(span: PricedSpan, charge: Charge): Charge[] {
    const { currency } = this.facts.account;
    const lines: Charge[] = [];
    let left = exactAmount(charge.inputs, currency).rounded();
    for (const discount of this.facts.discounts.filter((one) => this.meets(one))) {
      const [part] = intersect([span], [this.spanOfDiscount(discount)]);
      if (!part || !left.isPositive()) continue;
      const inputs = this.discountInputs(discount, part, span.price, left.toText());
      const off = exactAmount(inputs, currency);
      const capped = off.plus(left).isNegative();
      const kept: LineInputs = capped
        ? { rule: 'amount_discount', ...this.share(part, span.price.monthlyAmount), at_most: left.toText() }
        : inputs;
      const line = this.line(
        `d:${discount.id}:${charge.key}`,
        'discount',
        discount.name,
        { ...part, price: span.price },
        kept,
      );
      left = left.plus(capped ? left.negated() : off.rounded());
      lines.push(line);
    }
    return lines;
  }

  private meets({ serviceId }: Discount): boolean {
    return serviceId === null || serviceId === this.service.serviceId;
  }

  private spanOfDiscount({ from, until }: DateRange) {
    return { from: this.ruler.ofDate(from), until: until === null ? Infinity : this.ruler.ofDate(until) };
  }

  private discountInputs(
    { percent, monthlyAmount }: Discount,
    part: { readonly from: number; readonly until: number },
    price: PriceFact,
    left: string,
  ): LineInputs {
    if (percent !== null) return { rule: 'percent_discount', ...this.share(part, price.monthlyAmount), percent };
    return { rule: 'amount_discount', ...this.share(part, monthlyAmount ?? '0'), at_most: left };
  }

  private share({ from, until }: { readonly from: number; readonly until: number }, monthlyAmount: string) {
    const { whole } = spanOf(this.period, this.ruler);
    return {
      monthly_amount: monthlyAmount,
      months: this.period.terms.cycleMonths,
      used: until - from,
      of: whole.until - whole.from,
      unit: this.ruler.unit,
    };
  }

  private line(key: string, kind: LineKind, description: string, span: PricedSpan, inputs: LineInputs): Charge {
    const { account } = this.facts;
    const from = this.ruler.dateOf(span.from);
    // The day in which the last second lies is a part of it.
    const until = this.ruler.unit === 'day' ? this.ruler.dateOf(span.until) : endDate(this.ruler, span.until);
    const taxes = taxesOn(this.facts, this.service, from, span.price.taxPercent, this.period.terms.taxRegion);
    return {
      key,
      kind,
      serviceId: this.service.serviceId,
      description,
      from,
      until,
      inputs,
      ...taxed(inputs, taxes, account.currency),
    };
  }
}

function endDate(ruler: Ruler, tick: number): string {
  const date = ruler.dateOf(tick);
  return ruler.ofDate(date) === tick ? date : ruler.dateOf(ruler.ofDate(date) + 36 * 3600);
}

function taxesOn(
  { account, taxRates }: EngineFacts,
  { serviceType }: ServiceFacts,
  on: string,
  planPercent: string,
  region: string | null,
): readonly ApplicableTax[] {
  return taxesFor({ on, serviceType, planPercent }, region, taxRates, account.exemptions);
}

/** What people put on the account, from its day on. */
function oneOffsOf({ account, oneOffs, targetOn, taxRates }: EngineFacts): Charge[] {
  return oneOffs
    .filter(({ on }) => on <= targetOn)
    .map(({ id, on, serviceId, serviceType, planPercent, description, quantity, unitAmount }) => {
      const inputs: LineInputs = { rule: 'by_hand', unit_amount: unitAmount, quantity, proration_factor: '1' };
      const taxes = taxesFor(
        { on, serviceType, planPercent },
        regionOn(account.terms, on),
        taxRates,
        account.exemptions,
      );
      const kind: LineKind = unitAmount.startsWith('-') ? 'adjustment' : 'fee';
      const computed = taxed(inputs, taxes, account.currency);
      return { key: `c:${id}`, kind, serviceId, description, from: on, until: null, inputs, ...computed };
    });
}

/** What is charged once: for the beginning, and for leaving before the contract is over. */
function feesOf(facts: EngineFacts, service: ServiceFacts): Charge[] {
  const { account, targetOn } = facts;
  const { activatedAt, terminatedAt, contract, prices } = service;
  if (activatedAt === null) return [];
  const began = localDate(activatedAt, account.timeZone);
  const fees: Charge[] = [];
  const fee = (name: string, description: string, on: string, amount: string, price: PriceFact): void => {
    if (Number(amount) === 0) return;
    const inWindow = service.windows.some(({ from, until }) => from <= on && (until === null || on < until));
    if (on > targetOn || on < account.startsOn || !inWindow) return;
    const inputs: LineInputs = { rule: 'once', unit_amount: amount };
    const taxes = taxesOn(facts, service, on, price.taxPercent, regionOn(account.terms, on));
    const key = `f:${service.serviceId}:${name}`;
    const computed = taxed(inputs, taxes, account.currency);
    fees.push({
      key,
      kind: 'fee',
      serviceId: service.serviceId,
      description,
      from: on,
      until: null,
      inputs,
      ...computed,
    });
  };
  const first = prices[0] as PriceFact;
  // Who pays ahead is charged it with the first days that are bought.
  if (!service.bought || service.bought.some(({ until }) => until === null || until > began))
    fee('activation', `Activation, ${first.planName}`, began, service.activationAmount, first);
  if (terminatedAt === null) return fees;
  const ended = localDate(terminatedAt, account.timeZone);
  const last = prices.at(-1) as PriceFact;
  const policy = policyFor(facts.policies, ended)(last.planId);
  if (contract.months > 0 && ended < addMonths(began, contract.months) && policy.earlyTermination === 'charge')
    fee('early_termination', `Early termination, ${last.planName}`, ended, contract.earlyTerminationAmount, last);
  return fees;
}
