import type { ApplicableTax } from './arithmetic.js';
import type { AccountTerms, DateRange, Exemption, TaxRate } from './engine.types.js';

export interface TaxedThing {
  readonly on: string;
  /** Null for what belongs to no service. */
  readonly serviceType: string | null;
  /** The plan's own percentage, for accounts without a tax region. */
  readonly planPercent: string | null;
}

/** The tax region of an account on a day. */
export function regionOn(terms: readonly AccountTerms[], on: string): string | null {
  return (terms.findLast(({ fromOn }) => fromOn <= on) ?? terms[0])?.taxRegion ?? null;
}

const holds = ({ from, until }: DateRange, on: string): boolean => from <= on && (until === null || on < until);

/**
 * The taxes of something on a day. Within a region the rate for the type of service goes before the general one of the
 * same code; without a region the plan's percentage is the one tax. Exempted codes are left out.
 */
export function taxesFor(
  { on, serviceType, planPercent }: TaxedThing,
  region: string | null,
  rates: readonly TaxRate[],
  exemptions: readonly Exemption[],
): readonly ApplicableTax[] {
  const free = exemptions.filter((exemption) => holds(exemption, on));
  const applicable = region === null ? ofPlan(planPercent) : ofRegion(rates, region, on, serviceType);
  if (free.length === 0) return applicable;
  return applicable.filter(({ code }) => !free.some((exemption) => exemption.code === null || exemption.code === code));
}

const NONE: readonly ApplicableTax[] = [];
const ofPlans = new Map<string, readonly ApplicableTax[]>();
const MOST_PERCENTAGES = 1_000;

function ofPlan(percent: string | null): readonly ApplicableTax[] {
  if (percent === null || Number(percent) === 0) return NONE;
  const tax = ofPlans.get(percent) ?? [{ code: 'plan', name: 'Tax', percent, inclusive: false }];
  if (ofPlans.size < MOST_PERCENTAGES) ofPlans.set(percent, tax);
  return tax;
}

/** The days on which the taxes of an account may change, in order. */
export function taxChanges(
  region: string | null,
  rates: readonly TaxRate[],
  exemptions: readonly Exemption[],
): readonly string[] {
  const ofRates = region === null ? NO_DAYS : changesOf(rates, region);
  if (exemptions.length === 0) return ofRates;
  return [...new Set([...ofRates, ...exemptions.flatMap(endsOf)])].sort();
}

const NO_DAYS: readonly string[] = [];
const endsOf = ({ from, until }: DateRange): string[] => (until === null ? [from] : [from, until]);
const changing = new WeakMap<readonly TaxRate[], Map<string, readonly string[]>>();

function changesOf(rates: readonly TaxRate[], region: string): readonly string[] {
  const answers = changing.get(rates) ?? new Map<string, readonly string[]>();
  changing.set(rates, answers);
  const answer =
    answers.get(region) ?? [...new Set(rates.filter((rate) => rate.region === region).flatMap(endsOf))].sort();
  answers.set(region, answer);
  return answer;
}

/** Per list of rates: the accounts of a run share one, and nearly all of them ask it the same. */
const known = new WeakMap<readonly TaxRate[], Map<string, readonly ApplicableTax[]>>();

function ofRegion(
  rates: readonly TaxRate[],
  region: string,
  on: string,
  serviceType: string | null,
): readonly ApplicableTax[] {
  const answers = known.get(rates) ?? new Map<string, readonly ApplicableTax[]>();
  known.set(rates, answers);
  const question = JSON.stringify([region, on, serviceType]);
  const answer = answers.get(question) ?? inForce(rates, region, on, serviceType);
  answers.set(question, answer);
  return answer;
}

function inForce(rates: readonly TaxRate[], region: string, on: string, serviceType: string | null): ApplicableTax[] {
  const there = rates.filter((rate) => rate.region === region && holds(rate, on));
  const own = there.filter((rate) => rate.serviceType !== null && rate.serviceType === serviceType);
  const general = there.filter((rate) => rate.serviceType === null && !own.some(({ code }) => code === rate.code));
  return [...own, ...general]
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ code, name, percent, inclusive }) => ({ code, name, percent, inclusive }));
}
