import { Money } from '@isp/kernel';
import { totalOf } from './arithmetic.js';
import { type Charge, chargesDue } from './charges.js';
import { differences } from './difference.js';
import { periodOf } from './keys.js';
import type { EngineFacts, EngineLine } from './engine.types.js';

const MOST_LINES = 1_000;
/** So many full periods of every service at once are nonsense rather than a back bill. */
const MOST_PERIODS = 25;

export type Nonsense = 'too_many_lines' | 'too_much';

export interface Computed {
  /** What is to be added. */
  readonly lines: readonly EngineLine[];
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
  /** Why a person should look at it before anybody else does. */
  readonly nonsense: Nonsense | null;
}

/**
 * What an account is to be invoiced for by a day, less what was. Pure: the same facts in any order give the same lines;
 * with those lines among what was invoiced it gives none.
 */
export function compute(given: EngineFacts): Computed {
  const facts = ordered(given);
  const { currency } = facts.account;
  const charges = chargesDue(facts);
  const { onlyPeriod } = facts;
  const invoiced =
    onlyPeriod === undefined ? facts.invoiced : facts.invoiced.filter(({ key }) => periodOf(key) === onlyPeriod);
  const lines = differences(charges, invoiced, currency);
  const totals = totalOf(lines, currency);
  return { lines, ...totals, nonsense: nonsenseOf(facts, charges, lines, totals.total) };
}

/** What an account should have been charged in all by a day, whatever was invoiced. */
export function dueInAll(facts: EngineFacts): Money {
  return totalOf(chargesDue(ordered(facts)), facts.account.currency).total;
}

function nonsenseOf(
  facts: EngineFacts,
  charges: readonly Charge[],
  lines: readonly EngineLine[],
  total: Money,
): Nonsense | null {
  const { currency, terms } = facts.account;
  const accepted = facts.acceptedAmount ?? null;
  if (accepted !== null && total.compare(Money.of(accepted, currency)) <= 0) return null;
  if (lines.length > MOST_LINES) return 'too_many_lines';
  const money = (text: string): Money => Money.of(text, currency);
  const longest = Math.max(...terms.map(({ cycleMonths }) => cycleMonths));
  const dearest = facts.services.map(({ prices }) =>
    prices.map(({ monthlyAmount }) => money(monthlyAmount)).reduce((a, b) => (a.compare(b) > 0 ? a : b)),
  );
  const recurring = Money.sum(dearest, currency).times(longest * MOST_PERIODS);
  const fees = Money.sum(
    charges.filter(({ kind }) => kind === 'fee').map(({ amount }) => money(amount)),
    currency,
  );
  // Twice: taxes are on top.
  const limit = facts.limitAmount === null ? recurring.plus(fees).times(2) : money(facts.limitAmount);
  return total.compare(limit) > 0 ? 'too_much' : null;
}

const byFirst = (left: string | number, right: string | number): number => (left < right ? -1 : left > right ? 1 : 0);

/** In order; nearly always it is already, and then nothing is copied. */
function sorted<T>(list: readonly T[], compare: (left: T, right: T) => number): readonly T[] {
  const inOrder = list.every((item, index) => index === 0 || compare(list[index - 1] as T, item) <= 0);
  return inOrder ? list : [...list].sort(compare);
}

function ordered(facts: EngineFacts): EngineFacts {
  const services = facts.services.map((service) => {
    const prices = sorted(service.prices, (a, b) => a.at.getTime() - b.at.getTime());
    return prices === service.prices ? service : { ...service, prices };
  });
  return {
    ...facts,
    account: { ...facts.account, terms: sorted(facts.account.terms, (a, b) => byFirst(a.fromOn, b.fromOn)) },
    services: sorted(services, (a, b) => a.serviceId - b.serviceId),
    policies: sorted(facts.policies, (a, b) => byFirst(a.fromOn, b.fromOn)),
    discounts: sorted(facts.discounts, (a, b) => a.id - b.id),
    oneOffs: sorted(facts.oneOffs, (a, b) => a.id - b.id),
    invoiced: sorted(facts.invoiced, (a, b) => byFirst(a.key, b.key)),
  };
}
