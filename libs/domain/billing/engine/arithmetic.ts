import { type Decimal, Money, decimal, taxOf } from '@isp/kernel';
import { stillCredited } from './credits.js';
import type { KeptCredit, KeptTax, LineInputs, LineTax, StaysOfTax } from './engine.types.js';

const GIGABYTE = 1_000_000_000;

/** A tax that applies to a line, before its amount is known. */
export type ApplicableTax = Pick<LineTax, 'code' | 'name' | 'percent' | 'inclusive'>;

export interface Taxed {
  /** Rounded, without taxes. */
  readonly amount: string;
  readonly taxes: readonly LineTax[];
}

/** The exact amount that a rule makes of its inputs. The one place where lines are computed, and proved. */
export function exactAmount(inputs: LineInputs, currency: string): Money {
  const money = (amount: string): Money => Money.of(amount, currency);
  const share = (monthly: string, { months, used, of }: { months: number; used: number; of: number }): Money => {
    const whole = money(monthly).times(months);
    return used === of ? whole : whole.times(used).dividedBy(of);
  };
  switch (inputs.rule) {
    case 'share_of_period':
      return share(inputs.monthly_amount, inputs);
    case 'percent_discount':
      return share(inputs.monthly_amount, inputs).times(inputs.percent).dividedBy(100).negated();
    case 'amount_discount': {
      const off = share(inputs.monthly_amount, inputs);
      const most = money(inputs.at_most);
      return (off.compare(most) > 0 ? most : off).negated();
    }
    case 'once':
      return money(inputs.unit_amount);
    case 'overage': {
      const included = decimal(inputs.limit_gb).times(inputs.months).times(inputs.used).dividedBy(inputs.of);
      const over = decimal(inputs.used_bytes).dividedBy(GIGABYTE).minus(included);
      return over.isPositive() ? money(inputs.gb_amount).times(over) : Money.zero(currency);
    }
    case 'by_hand':
      return money(inputs.unit_amount).times(inputs.quantity).times(inputs.proration_factor);
    case 'correction':
      return correctionOf(inputs.should_amount, inputs.invoiced_amount, inputs.credited_amount ?? '0', currency);
    case 'credited_before':
      return keptAmount(inputs, currency);
    case 'credit':
      return money(inputs.credit).negated();
  }
}

/**
 * What is to be added so that a charge comes to what it should. Lines of old say what people had credited of it: of what
 * it lost they took back what was not.
 */
export function correctionOf(should: string, invoiced: string, credited: string, currency: string): Money {
  const money = (text: string): Money => Money.of(text, currency);
  const difference = money(should).minus(money(invoiced));
  if (!difference.isNegative()) return difference;
  const left = difference.minus(money(credited));
  return left.isNegative() ? left : Money.zero(currency);
}

/** A rounded amount in minor units. */
export const minorOf = (amount: string, currency: string): number => Number(Money.of(amount, currency).toMinor());

/** Of credits: -1 where what they are of gives back (a discount's line), so that amounts times this are positive ones of charges. */
export const signOf = (credits: readonly { readonly was: string }[]): 1 | -1 =>
  credits.some(({ was }) => was.startsWith('-')) ? -1 : 1;

/** How much of each credit stays, with the taxes that prices include: `stillCredited` of amounts, negative of negative charges. */
export function stillCreditedOf(credits: KeptCredit['credits'], should: string, currency: string): Money[] {
  const sign = signOf(credits);
  const minor = (amount: string): number => sign * minorOf(amount, currency);
  const steps = credits.map(({ amount, was }) => ({ credited: minor(amount), was: minor(was) }));
  return stillCredited(steps, minor(should)).map((amount) => Money.ofMinor(sign * amount, currency));
}

/** What is to be added for credits that count against what the charges have lost: those that do not stay, less what was counted before. */
export function keptAmount(kept: KeptCredit, currency: string): Money {
  const { credits, should_amount, included_tax, credited_amount, counted_before } = kept;
  const money = (text: string): Money => Money.of(text, currency);
  const stays = Money.sum(stillCreditedOf(credits, should_amount, currency), currency).minus(money(included_tax));
  return money(credited_amount).plus(stays).plus(money(counted_before)).negated();
}

/** Likewise of a tax. */
export function keptTaxAmount({ credited_amount, stays, counted_before }: KeptTax, currency: string): Money {
  const money = (text: string): Money => Money.of(text, currency);
  return money(credited_amount).plus(staysOfTax(stays, currency)).plus(money(counted_before)).negated();
}

/** What stays credited of a tax. */
export function staysOfTax(stays: readonly StaysOfTax[], currency: string): Money {
  const parts = stays.map((one) => ('credited' in one ? Money.of(one.credited, currency) : partOfTax(one, currency)));
  return Money.sum(parts, currency);
}

/** The part of a tax that a part of its charge bears. */
export function partOfTax(
  { tax, part, of }: { readonly tax: string; readonly part: string; readonly of: string },
  currency: string,
): Money {
  const whole = Money.of(tax, currency);
  return part === of ? whole : whole.times(part).dividedBy(of).rounded();
}

/**
 * Rounds an exact amount and adds its taxes, each rounded half-up. A tax on top is computed on the exact amount, so that
 * a price that was worked back from a round one with tax comes to it again (477.3913 and 15 % are 549.00). Taxes that
 * the price includes are taken out of the rounded amount, each its share of it.
 */
export function withTaxes(exact: Money, applicable: readonly ApplicableTax[]): Taxed {
  const gross = exact.rounded();
  const included = applicable
    .filter(({ inclusive }) => inclusive)
    .reduce<Decimal>((sum, { percent }) => sum.plus(decimal(percent)), decimal(0));
  const within = (percent: string): Money => gross.times(percent).dividedBy(included.plus(100)).rounded();
  const inside = applicable.filter(({ inclusive }) => inclusive);
  const net = inside.reduce((rest, { percent }) => rest.minus(within(percent)), gross);
  const base = inside.length > 0 ? net : exact;
  const taxes = applicable.map(({ code, name, percent, inclusive }) => {
    const amount = inclusive ? within(percent) : taxOf(base, percent);
    return { code, name, percent, inclusive, amount: amount.toText() };
  });
  return { amount: net.toText(), taxes };
}

/** Per list of taxes, what lines came to: in a run nearly all of a plan have the same price for the same share of a period. */
const known = new WeakMap<readonly ApplicableTax[], Map<string, Taxed>>();
const MOST_KNOWN = 5_000;

/** What a rule makes of its inputs, with taxes: `withTaxes` of `exactAmount`. */
export function taxed(inputs: LineInputs, applicable: readonly ApplicableTax[], currency: string): Taxed {
  const answers = known.get(applicable) ?? new Map<string, Taxed>();
  known.set(applicable, answers);
  const question = currency + JSON.stringify(inputs);
  const answer = answers.get(question) ?? withTaxes(exactAmount(inputs, currency), applicable);
  if (answers.size < MOST_KNOWN) answers.set(question, answer);
  return answer;
}

/**
 * A discount takes no more of a tax than is left of it, and all of that where it leaves nothing of the charge: rounding
 * every line for itself could leave a cent of tax on nothing, or less than none.
 * @param before the discounts that came off the charge before it
 */
export function takenOff(
  line: Taxed & { readonly inputs: LineInputs },
  charge: Taxed,
  before: readonly Taxed[],
  { completes, currency }: { readonly completes: boolean; readonly currency: string },
): Taxed {
  const taxes = charge.taxes.map(({ code, name, percent, inclusive, amount: of }, index) => {
    const own = line.taxes[index];
    const taken = Money.sumOfTexts(
      before.map((one) => one.taxes[index]?.amount ?? '0'),
      currency,
    ).negated();
    const rest = { of, taken_before: taken.toText() };
    const all = restOfTax(rest, currency);
    if (!completes && own && Money.of(own.amount, currency).compare(all) >= 0) return own;
    return { code, name, percent, inclusive, amount: all.toText(), rest };
  });
  if (taxes.every((tax) => !('rest' in tax))) return { amount: line.amount, taxes };
  return { amount: withoutInclusive(exactAmount(line.inputs, currency), taxes).toText(), taxes };
}

/** What is left of a tax, taken off. */
export function restOfTax({ of, taken_before }: NonNullable<LineTax['rest']>, currency: string): Money {
  return Money.of(taken_before, currency).minus(Money.of(of, currency));
}

/** The rounded amount without those of its taxes that are within it. */
export function withoutInclusive(exact: Money, taxes: readonly LineTax[]): Money {
  const within = taxes.filter(({ inclusive }) => inclusive).map(({ amount }) => amount);
  return exact.rounded().minus(Money.sumOfTexts(within, exact.currency));
}

/** Amount and taxes of a line in one sum. */
export function totalOf(lines: readonly Taxed[], currency: string): { net: Money; tax: Money; total: Money } {
  const net = Money.sumOfTexts(
    lines.map(({ amount }) => amount),
    currency,
  );
  const tax = Money.sumOfTexts(
    lines.flatMap(({ taxes }) => taxes.map(({ amount }) => amount)),
    currency,
  );
  return { net, tax, total: net.plus(tax) };
}

/** The arithmetic of a line in one sentence, as a person would check it. */
export function explain(inputs: LineInputs, amount: string): string {
  const share = ({ monthly_amount, months, used, of, unit }: Extract<LineInputs, { monthly_amount: string }>): string =>
    `${monthly_amount} × ${months} × ${used} ÷ ${of} ${unit}s`;
  switch (inputs.rule) {
    case 'share_of_period':
      return `${share(inputs)} = ${amount}`;
    case 'percent_discount':
      return `−(${share(inputs)}) × ${inputs.percent} % = ${amount}`;
    case 'amount_discount':
      return `−min(${share(inputs)}; ${inputs.at_most}) = ${amount}`;
    case 'once':
      return `${inputs.unit_amount} = ${amount}`;
    case 'overage':
      return `(${inputs.used_bytes} ÷ 10⁹ − ${inputs.limit_gb} × ${inputs.months} × ${inputs.used} ÷ ${inputs.of} ${inputs.unit}s) GB × ${inputs.gb_amount} = ${amount}`;
    case 'by_hand':
      return `${inputs.unit_amount} × ${inputs.quantity} × ${inputs.proration_factor} = ${amount}`;
    case 'correction': {
      const should = inputs.should ? explain(inputs.should, inputs.should_amount) : '0';
      const by = inputs.credited_amount ?? '0';
      const credited = by === '0' ? '' : `, of which ${by} was credited`;
      return `should be ${should}; invoiced ${inputs.invoiced_amount}${credited}; difference ${amount}`;
    }
    case 'credited_before': {
      const { credits, should_amount, included_tax, credited_amount, counted_before } = inputs;
      const steps = credits.map((one) => `${one.amount} of ${one.was}`).join(', ');
      const within = Number(included_tax) === 0 ? '' : `, taxes of ${included_tax} within them`;
      return `credited ${steps}${within}: ${credited_amount}; should be ${should_amount}; counted before ${counted_before}; counts ${amount}`;
    }
    case 'credit':
      return `−${inputs.credit} of ${inputs.line_amount}, after ${inputs.credited_before} = ${amount}`;
  }
}
