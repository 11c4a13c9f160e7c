import {
  dateOfDay,
  dayNumber,
  decimal,
  localDate,
  startOfDay,
  type Span,
  intersect,
  merged,
  subtract,
} from '@isp/kernel';
import type { BillingPeriod } from './billing-periods.js';
import type { DateRange, PlanPolicy, PriceFact, ServiceFacts } from './engine.types.js';

/** Counts a period in whole days of the account's calendar, or in seconds. */
export interface Ruler {
  readonly unit: 'day' | 'second';
  /** Where the day or second of an instant begins. */
  floor(at: Date): number;
  /** Where the day or second of an instant ends; the instant itself where one begins. */
  ceil(at: Date): number;
  ofDate(date: string): number;
  /** The date that a tick lies in. */
  dateOf(tick: number): string;
  /** How a tick is written in a key. */
  text(tick: number): string;
}

export function rulerOf(unit: 'day' | 'second', timeZone: string): Ruler {
  if (unit === 'second') {
    const ofDate = (date: string): number => startOfDay(date, timeZone).getTime() / 1000;
    const instant = (tick: number): Date => new Date(tick * 1000);
    return {
      unit,
      floor: (at) => Math.floor(at.getTime() / 1000),
      ceil: (at) => Math.ceil(at.getTime() / 1000),
      ofDate,
      dateOf: (tick) => localDate(instant(tick), timeZone),
      text: (tick) => instant(tick).toISOString(),
    };
  }
  const floor = (at: Date): number => dayNumber(localDate(at, timeZone));
  return {
    unit,
    floor,
    ceil: (at) => {
      const day = floor(at);
      return startOfDay(dateOfDay(day), timeZone).getTime() === at.getTime() ? day : day + 1;
    },
    ofDate: dayNumber,
    dateOf: dateOfDay,
    text: dateOfDay,
  };
}

/** The tick that a text of this ruler, or of one that counts in the other unit, is about. */
export const tickOf = (text: string, ruler: Ruler): number =>
  text.includes('T') ? ruler.floor(new Date(text)) : ruler.ofDate(text);

/** A part of a period in which one price holds. */
export interface PricedSpan extends Span {
  readonly price: PriceFact;
}

/** A period in ticks: whole, and what of it is billed. */
export interface PeriodSpan {
  readonly whole: Span;
  readonly billed: Span;
}

export function spanOf(period: BillingPeriod, ruler: Ruler): PeriodSpan {
  const span = (from: string, until: string): Span => ({ from: ruler.ofDate(from), until: ruler.ofDate(until) });
  return { whole: span(period.from, period.until), billed: span(period.billedFrom, period.billedUntil) };
}

/**
 * For which parts of a period a service is to be paid, and at which price. A day on which it worked at any time counts
 * as a whole, and belongs to the price that held at its end.
 */
export function pricedSpans(
  service: ServiceFacts,
  period: PeriodSpan,
  policyOf: (planId: number) => PlanPolicy,
  ruler: Ruler,
): PricedSpan[] {
  const { activatedAt, terminatedAt } = service;
  if (activatedAt === null) return [];
  const from = ruler.floor(activatedAt);
  const until = terminatedAt === null ? Infinity : Math.max(ruler.ceil(terminatedAt), from);
  const steps = stepsOf(service.prices, ruler);
  const life = lifeWithin({ from, until }, period, policyOf(priceAt(steps, Math.max(from, period.whole.from)).planId));
  if (!life) return [];
  const priced = pricesWithin(steps, life, period.whole, policyOf);
  const paid = merged(service.windows.map((window) => toSpan(window, ruler)));
  const bought = service.bought && merged(service.bought.map((days) => toSpan(days, ruler)));
  const windows = bought ? intersect(paid, bought) : paid;
  return priced.flatMap(({ price, ...span }) => {
    const policy = policyOf(price.planId);
    const open = subtract(intersect([span], windows), freeBlocks(service, policy, ruler));
    return open.map((part) => ({ ...part, price }));
  });
}

/** The part of a period that a service lives through, as the policies see it. */
function lifeWithin(life: Span, { whole, billed }: PeriodSpan, policy: PlanPolicy): Span | undefined {
  if (life.from >= whole.until || life.until <= whole.from || life.until <= life.from) return undefined;
  let { from, until } = life;
  if (from > whole.from) {
    if (policy.start === 'free') return undefined;
    if (policy.start === 'full') from = whole.from;
  }
  if (until < whole.until && policy.termination === 'full') until = whole.until;
  return intersect([{ from, until }], [billed])[0];
}

interface Step {
  readonly at: number;
  readonly price: PriceFact;
}

/** Of several prices that begin on one day (or second) the last counts. */
function stepsOf(prices: readonly PriceFact[], ruler: Ruler): Step[] {
  const steps: Step[] = [];
  for (const price of prices) {
    const at = ruler.floor(price.at);
    if (steps.at(-1)?.at === at) steps.pop();
    steps.push({ at, price });
  }
  return steps;
}

function priceAt(steps: readonly Step[], tick: number): PriceFact {
  return steps.findLast(({ at }) => at <= tick)?.price ?? (steps[0] as Step).price;
}

/** The prices of a life in a period: a change that waits for the next period leaves no mark in this one. */
function pricesWithin(
  steps: readonly Step[],
  life: Span,
  whole: Span,
  policyOf: (planId: number) => PlanPolicy,
): PricedSpan[] {
  let price = priceAt(steps, Math.max(life.from, whole.from));
  let from = life.from;
  const spans: PricedSpan[] = [];
  for (const step of steps.filter(({ at }) => at > life.from && at < Math.min(life.until, whole.until))) {
    const rise = decimal(step.price.monthlyAmount).comparedTo(decimal(price.monthlyAmount));
    const policy = policyOf(price.planId);
    const waits = (rise > 0 && policy.upgrade === 'next_period') || (rise < 0 && policy.downgrade === 'next_period');
    const same = rise === 0 && step.price.planId === price.planId && step.price.planVersion === price.planVersion;
    if (waits || same) continue;
    spans.push({ from, until: step.at, price });
    [from, price] = [step.at, step.price];
  }
  return [...spans, { from, until: life.until, price }];
}

/**
 * Whole days (or seconds) in which a service was blocked and need not be paid for; what it ended in goes on behind its
 * end. What a balance did not cover was not bought.
 */
function freeBlocks({ blocks, terminatedAt }: ServiceFacts, policy: PlanPolicy, ruler: Ruler): Span[] {
  const endOf = (until: Date | null): number =>
    until === null || (terminatedAt !== null && until >= terminatedAt) ? Infinity : ruler.floor(until);
  return (
    blocks
      .filter(({ cause }) => cause !== 'balance' && isFree(cause, policy))
      .map(({ from, until }) => ({ from: ruler.ceil(from), until: endOf(until) }))
      // What lies within one day would end before it begins, and its day be charged twice.
      .filter(({ from, until }) => from <= until)
  );
}

/** Whether a service that is blocked for a cause need not be paid for. */
export function isFree(cause: string, { pause, suspension }: PlanPolicy): boolean {
  return (cause === 'pause' ? pause : suspension) === 'credit';
}

function toSpan({ from, until }: DateRange, ruler: Ruler): Span {
  return { from: ruler.ofDate(from), until: until === null ? Infinity : ruler.ofDate(until) };
}
