import { addMonths } from '@isp/kernel';
import type { AccountTerms, EngineAccount } from './engine.types.js';

/** One period of an account. */
export interface BillingPeriod {
  /** The whole period, which the price is for. */
  readonly from: string;
  readonly until: string;
  /** The part of it that is billed: from the account's first day, and until other terms hold. */
  readonly billedFrom: string;
  readonly billedUntil: string;
  readonly terms: AccountTerms;
}

/** First billing day on or after a date. */
function anchorOf({ fromOn, billingDay }: AccountTerms): string {
  const sameMonth = `${fromOn.slice(0, 8)}${String(billingDay).padStart(2, '0')}`;
  return sameMonth >= fromOn ? sameMonth : addMonths(sameMonth, 1);
}

/** The day on which a period is invoiced: its first (in advance), or the one after its last (in arrears). */
export function dueDayOf({ terms, billedFrom, billedUntil }: BillingPeriod): string {
  return terms.timing === 'advance' ? billedFrom : billedUntil;
}

const later = (a: string, b: string): string => (a > b ? a : b);
const earlier = (a: string, b: string): string => (a < b ? a : b);

/**
 * The periods of an account that are due on a day, in order. A period begins on the billing day of every first, third or
 * twelfth month, counted from the first billing day of its terms; what lies before that is a part of the period before.
 * @param also the first days of (whole) periods that are wanted as well
 */
export function periodsDue(
  account: EngineAccount,
  targetOn: string,
  also: ReadonlySet<string> = NONE,
): BillingPeriod[] {
  const lastOn = [...also].reduce(later, targetOn);
  const periods: BillingPeriod[] = [];
  for (const [index, terms] of account.terms.entries()) {
    const next = account.terms[index + 1]?.fromOn ?? null;
    const start = index === 0 ? account.startsOn : later(account.startsOn, terms.fromOn);
    periods.push(...periodsOf(terms, start, next, lastOn));
  }
  return periods.filter((period) => dueDayOf(period) <= targetOn || also.has(period.from));
}

const NONE: ReadonlySet<string> = new Set();

/** Those that begin by a day. */
function periodsOf(terms: AccountTerms, start: string, next: string | null, lastOn: string): BillingPeriod[] {
  const periods: BillingPeriod[] = [];
  const anchor = anchorOf({ ...terms, fromOn: later(terms.fromOn, start) });
  for (let n = -1; ; n += 1) {
    const from = addMonths(anchor, n * terms.cycleMonths);
    const until = addMonths(anchor, (n + 1) * terms.cycleMonths);
    const billedFrom = later(from, start);
    const billedUntil = next === null ? until : earlier(until, next);
    if (next !== null && from >= next) return periods;
    if (from > lastOn) return periods;
    if (billedFrom < billedUntil) periods.push({ from, until, billedFrom, billedUntil, terms });
  }
}

/** The first period that begins (in advance) or ends (in arrears) after a day. */
export function nextDue(account: EngineAccount, after: string): BillingPeriod {
  for (let months = 1; ; months += 12) {
    const due = periodsDue(account, addMonths(later(after, account.startsOn), months));
    const found = due.find((period) => dueDayOf(period) > after);
    if (found) return found;
  }
}
