import { type Span, addMonths, decimal, localDate } from '@isp/kernel';
import { type ApplicableTax, takenOff, taxed } from './arithmetic.js';
import { type BillingPeriod, dueDayOf, periodsDue } from './billing-periods.js';
import type {
  DateRange,
  DatedPolicy,
  EngineFacts,
  EngineLine,
  InvoicedCharge,
  LineInputs,
  LineKind,
  PlanPolicy,
  PriceFact,
  ServiceFacts,
} from './engine.types.js';
import { discountsOn } from './discounts.js';
import { beginOf, groupOf, groupOfDays, groupOfUsage, periodOf } from './keys.js';
import { type PricedSpan, type Ruler, pricedSpans, rulerOf, spanOf, tickOf } from './service-spans.js';
import { regionOn, taxChanges, taxesFor } from './tax-rules.js';

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
export type Charge = EngineLine & {
  readonly key: string;
  /** The day in which its time ends: what is taken back of it begins then, also in the middle of the day. */
  readonly endsOn?: string;
};

/** The policies that hold for the periods that begin on a day, by plan. */
export function policyFor(policies: readonly DatedPolicy[], on: string): (planId: number) => PlanPolicy {
  return (planId) => policies.findLast((policy) => policy.planId === planId && policy.fromOn <= on) ?? DEFAULT_POLICY;
}

/**
 * Everything that an account should have been charged by a day, from its beginning on, zeros left out; and what was
 * invoiced before it was due, as it should be by now.
 */
export function chargesDue(facts: EngineFacts): Charge[] {
  const { onlyPeriod } = facts;
  const standing = new Standing(facts.invoiced);
  const charges =
    onlyPeriod === undefined
      ? [
          ...facts.services.flatMap((service) => feesOf(facts, service, standing)),
          ...oneOffsOf(facts, standing),
          ...recurringOf(facts, standing),
        ]
      : recurringOf(facts, new Standing([])).filter(({ key }) => periodOf(key) === onlyPeriod);
  return charges.filter(({ amount, taxes }) => Number(amount) !== 0 || taxes.some((tax) => Number(tax.amount) !== 0));
}

/** What was invoiced, and not taken back by the engine. */
class Standing {
  private readonly keys: readonly string[];
  private readonly groups: ReadonlySet<string>;

  constructor(invoiced: readonly InvoicedCharge[]) {
    const standing = invoiced.filter(
      ({ amount, taxes }) => Number(amount) !== 0 || taxes.some((tax) => Number(tax.amount) !== 0),
    );
    this.keys = standing.map(({ key }) => key);
    this.groups = new Set(this.keys.map(groupOf));
  }

  has(group: string): boolean {
    return this.groups.has(group);
  }

  /** Whether days of a group are among it that begin within a span. */
  hasDays(group: string, { from, until }: Span, ruler: Ruler): boolean {
    if (!this.groups.has(group)) return false;
    return this.keys.some((key) => {
      const text = groupOf(key) === group ? beginOf(key) : undefined;
      const tick = text === undefined ? -Infinity : tickOf(text, ruler);
      return from <= tick && tick < until;
    });
  }

  /** The first days of the (whole) periods of which something is among it. */
  get periods(): ReadonlySet<string> {
    return new Set([...this.groups].flatMap((group) => periodOf(group) ?? []));
  }
}

function recurringOf(facts: EngineFacts, standing: Standing): Charge[] {
  const { targetOn, onlyPeriod } = facts;
  const wanted = onlyPeriod === undefined ? standing.periods : new Set([onlyPeriod]);
  return periodsDue(facts.account, targetOn, wanted).flatMap((period) =>
    facts.services.flatMap((service) => {
      const charges = new PeriodCharges(facts, period, service);
      // A period that is not due is there for the services that it was invoiced for.
      const due = dueDayOf(period) <= targetOn || period.from === onlyPeriod;
      const over = due && targetOn >= period.billedUntil;
      return charges.all(due || charges.isAmong(standing), over || standing.has(charges.usageGroup));
    }),
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

  /** Whether days of the period are charged already, under its terms. */
  isAmong(standing: Standing): boolean {
    return standing.hasDays(this.daysGroup, spanOf(this.period, this.ruler).billed, this.ruler);
  }

  get daysGroup(): string {
    return groupOfDays(this.service.serviceId, this.period);
  }

  get usageGroup(): string {
    return groupOfUsage(this.service.serviceId, this.period, this.facts.account.startsOn);
  }

  /** @param days whether those of the period are charged; @param usage whether its usage is */
  all(days: boolean, usage: boolean): Charge[] {
    if (!days && !usage) return [];
    const policyOf = policyFor(this.facts.policies, this.period.from);
    const spans = pricedSpans(this.service, spanOf(this.period, this.ruler), policyOf, this.ruler);
    const taxed = days ? spans.flatMap((span) => this.byTaxes(span)) : [];
    const priced = taxed.flatMap((span) => {
      const charge = this.recurring(span);
      return [charge, ...this.discounts(span, charge)];
    });
    return usage ? [...priced, ...this.overage(spans, policyOf)] : priced;
  }

  /** Where taxes change within a span, each part of it has its own. */
  private byTaxes(span: PricedSpan): PricedSpan[] {
    const { account, taxRates } = this.facts;
    const taxesOn = (tick: number): string => JSON.stringify(this.taxesOn(this.ruler.dateOf(tick), span.price));
    const parts: PricedSpan[] = [];
    let { from } = span;
    for (const day of taxChanges(this.period.terms.taxRegion, taxRates, account.exemptions)) {
      if (day <= this.period.from || day >= this.period.until) continue;
      const at = this.ruler.ofDate(day);
      if (at <= from || at >= span.until || taxesOn(at) === taxesOn(from)) continue;
      parts.push({ ...span, from, until: at });
      from = at;
    }
    return parts.length === 0 ? [span] : [...parts, { ...span, from }];
  }

  private taxesOn(on: string, { taxPercent }: PriceFact): readonly ApplicableTax[] {
    return taxesOn(this.facts, this.service, on, taxPercent, this.period.terms.taxRegion);
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
      const key = `${this.usageGroup}:${plan}:${decimal(overageAmount).toString()}`;
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
      this.daysGroup,
      this.ruler.text(span.from),
      `${price.planId}.${price.planVersion}`,
      decimal(price.monthlyAmount).toString(),
    ].join(':');
    return this.line(key, 'recurring', price.planName, span, {
      rule: 'share_of_period',
      ...this.share(span, price.monthlyAmount),
    });
  }

  private discounts(span: PricedSpan, charge: Charge): Charge[] {
    const own = this.facts.discounts.filter(({ serviceId }) => serviceId === null || serviceId === charge.serviceId);
    if (own.length === 0) return [];
    const { currency } = this.facts.account;
    const spanOfDays = ({ from, until }: DateRange): Span => ({
      from: this.ruler.ofDate(from),
      until: until === null ? Infinity : this.ruler.ofDate(until),
    });
    const offs = discountsOn(own, {
      span,
      monthlyAmount: span.price.monthlyAmount,
      currency,
      shareOf: (part, monthlyAmount) => this.share(part, monthlyAmount),
      daysOf: spanOfDays,
    });
    return offs.reduce<Charge[]>((lines, { discount, part, inputs, completes }) => {
      const key = `d:${discount.id}:${charge.key}`;
      const line = this.line(key, 'discount', discount.name, { ...part, price: span.price }, inputs);
      return [...lines, { ...line, ...takenOff({ ...line, inputs }, charge, lines, { completes, currency }) }];
    }, []);
  }

  private share({ from, until }: Span, monthlyAmount: string) {
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
    return {
      key,
      kind,
      serviceId: this.service.serviceId,
      description,
      from,
      until,
      endsOn: this.ruler.dateOf(span.until),
      inputs,
      ...taxed(inputs, this.taxesOn(from, span.price), account.currency),
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
function oneOffsOf({ account, oneOffs, targetOn, taxRates }: EngineFacts, standing: Standing): Charge[] {
  return oneOffs
    .filter(({ on, id }) => on <= targetOn || standing.has(`c:${id}`))
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
function feesOf(facts: EngineFacts, service: ServiceFacts, standing: Standing): Charge[] {
  const { account, targetOn } = facts;
  const { activatedAt, terminatedAt, contract, prices } = service;
  if (activatedAt === null) return [];
  const began = localDate(activatedAt, account.timeZone);
  const fees: Charge[] = [];
  const fee = (name: string, description: string, on: string, amount: string, price: PriceFact): void => {
    if (Number(amount) === 0) return;
    // Who invoices days by hand says nothing about fees.
    const pays = (service.pays ?? service.windows).some(
      ({ from, until }) => from <= on && (until === null || on < until),
    );
    const key = `f:${service.serviceId}:${name}`;
    const due = on <= targetOn || standing.has(key);
    if (!due || on < account.startsOn || !pays) return;
    const inputs: LineInputs = { rule: 'once', unit_amount: amount };
    const taxes = taxesOn(facts, service, on, price.taxPercent, regionOn(account.terms, on));
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
  const last = prices.findLast(({ at }) => at <= terminatedAt) ?? first;
  const policy = policyFor(facts.policies, ended)(last.planId);
  if (contract.months > 0 && ended < addMonths(began, contract.months) && policy.earlyTermination === 'charge')
    fee('early_termination', `Early termination, ${last.planName}`, ended, contract.earlyTerminationAmount, last);
  return fees;
}
