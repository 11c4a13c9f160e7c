import { addDays, addMonths } from '@isp/kernel';
import { type BillingPeriod, periodsDue } from '../engine/billing-periods.js';
import { policyFor } from '../engine/charges.js';
import type { AccountTerms, DateRange, EngineAccount, EngineFacts, ServiceFacts } from '../engine/engine.types.js';
import { isFree } from '../engine/service-spans.js';

/** Days of a service that were bought, or are to be. */
export interface ServiceDays extends DateRange {
  readonly serviceId: number;
  readonly until: string;
}

/** The period that begins on a day, and the terms by which it does where they are new. */
export interface NextPeriod {
  readonly account: EngineAccount;
  readonly period: BillingPeriod;
  /** To be written: the periods are counted from this day on. */
  readonly terms: AccountTerms | null;
}

const LAST_BILLING_DAY = 28;

/**
 * The period of a prepaid account that begins on a day. Where none begins then by its terms (it was off for a while),
 * periods are counted from that day on; one that begins on the 29th, 30th or 31st is shorter, and ends on the 28th.
 */
export function periodFrom<A extends EngineAccount>(account: A, on: string): NextPeriod & { readonly account: A } {
  const began = periodOn(account, on);
  if (began?.billedFrom === on) return { account, period: began, terms: null };
  const held = termsOn(account.terms, on);
  const terms = {
    ...held,
    fromOn: on,
    billingDay: Math.min(Number(on.slice(8)), LAST_BILLING_DAY),
    timing: 'advance' as const,
  };
  const others = account.terms.filter(({ fromOn }) => fromOn !== on);
  const anchored = { ...account, terms: [...others, terms].sort((a, b) => (a.fromOn < b.fromOn ? -1 : 1)) };
  return { account: anchored, period: periodOn(anchored, on) as BillingPeriod, terms };
}

/** The terms that hold on a day; before the first, the first. */
export function termsOn(terms: readonly AccountTerms[], on: string): AccountTerms {
  const [first] = terms as readonly [AccountTerms];
  return terms.findLast(({ fromOn }) => fromOn <= on) ?? first;
}

/** The period that a day lies in. */
function periodOn(account: EngineAccount, on: string): BillingPeriod | undefined {
  return periodsDue(account, addMonths(on, 1)).find(
    ({ billedFrom, billedUntil }) => billedFrom <= on && on < billedUntil,
  );
}

/** What would be charged if these days were bought too. */
export function withDays(facts: EngineFacts, days: readonly ServiceDays[], account = facts.account): EngineFacts {
  const services = facts.services.map((service) => ({
    ...service,
    bought: [...(service.bought ?? []), ...days.filter(({ serviceId }) => serviceId === service.serviceId)],
  }));
  return { ...facts, account, services };
}

/** As if everything from a day on were bought: what an invoice would say that is not due yet. */
export function asIfBought(facts: EngineFacts, from: string): EngineFacts {
  const services = facts.services.map((service) => {
    return service.bought ? { ...service, bought: [...service.bought, { from, until: null }] } : service;
  });
  return { ...facts, services };
}

/** The services that are to be paid for from a day on: they have begun, have not ended, and are in no break that is free. */
export function wanting(facts: EngineFacts, on: string): ServiceFacts[] {
  const policyOf = policyFor(facts.policies, on);
  return facts.services.filter(({ activatedAt, terminatedAt, blocks, prices, windows }) => {
    const policy = policyOf(prices.at(-1)?.planId ?? 0);
    const inBreak = blocks.some(({ cause, until }) => until === null && cause !== 'balance' && isFree(cause, policy));
    const here = windows.some(({ from, until }) => from <= on && (until === null || on < until));
    return activatedAt !== null && terminatedAt === null && !inBreak && here;
  });
}

/** Days that are still to be bought of services up to a day, each from a day or the end of what was bought of it. */
export function missingDays(services: readonly ServiceFacts[], from: string, until: string): ServiceDays[] {
  return services.flatMap(({ serviceId, bought = [] }) => {
    const boughtUntil = bought.reduce(
      (last, days) => (days.until !== null && days.until > last ? days.until : last),
      from,
    );
    return boughtUntil < until ? [{ serviceId, from: boughtUntil, until }] : [];
  });
}

/** Of services that are not to be paid for any more, the days after this one that were bought. */
export function boughtInVain(facts: EngineFacts, wanted: readonly ServiceFacts[], today: string): number[] {
  const tomorrow = addDays(today, 1);
  return facts.services
    .filter((service) => service.terminatedAt === null && !wanted.includes(service))
    .filter(({ bought = [] }) => bought.some(({ until }) => until !== null && until > tomorrow))
    .map(({ serviceId }) => serviceId);
}
