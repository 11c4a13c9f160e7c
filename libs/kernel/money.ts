import { Decimal } from 'decimal.js';

/**
 * Exact decimals for money, over decimal.js with its own settings: 60 significant digits, half-up (a half moves away
 * from zero, so a credit note mirrors its invoice), and never an exponent in text.
 */
const Exact = Decimal.clone({
  precision: 60,
  rounding: Decimal.ROUND_HALF_UP,
  toExpNeg: -100,
  toExpPos: 100,
  defaults: true,
});

/** An amount that is counted in units of 0.0001 by a double. */
const SHORT_AMOUNT = /^-?\d{1,9}(?:\.\d{1,4})?$/;
const UNITS = 10_000;

const ZERO = new Exact(0);
const HUNDREDTH = new Exact('0.01');

export { Decimal };
export type DecimalInput = Decimal | string | number | bigint;

const DECIMAL_TEXT = /^-?\d{1,30}(\.\d{1,12})?$/;

/** ISO 4217 minor units that are not 2. */
const MINOR_UNITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
};

/** The largest amount accepted from outside, in minor units (K9 of the acceptance rules: 10^12). */
const MAX_MINOR_UNITS = new Exact(10).pow(12);

/** Decimals of a currency's minor unit (ISO 4217): 0 for JPY, 3 for KWD, 2 for what is not listed. */
export function currencyDecimals(currency: string): number {
  return MINOR_UNITS[currency] ?? 2;
}

/** Three upper-case letters, as ISO 4217 writes them; says nothing about the code being in use. */
export function isCurrencyCode(text: string): boolean {
  return /^[A-Z]{3}$/.test(text);
}

/**
 * Reads an exact decimal from outside: text such as `-12.50`, or a JSON number. Undefined for anything else: exponents,
 * NaN, infinities, signs and separators of other notations, and numbers too long for a double to hold exactly.
 */
export function parseDecimal(value: unknown): Decimal | undefined {
  if (value instanceof Decimal) return value.isFinite() ? own(value) : undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  if (!DECIMAL_TEXT.test(text)) return undefined;
  if (typeof value === 'number' && text.replace(/^-?0*\.?0*|\./g, '').length > 15) return undefined;
  const parsed = new Exact(text);
  return parsed.isZero() ? ZERO : parsed;
}

/** A decimal with the settings of this file; they are never changed, so one that has them is as good as its copy. */
const own = (value: Decimal): Decimal => (value.constructor === Exact ? value : new Exact(value));

/** Prices, rates and counts come again and again: most of the texts that are kept, and the longest of them. */
const MOST_KEPT = 10_000;
const LONGEST_KEPT = 24;
const kept = new Map<string, Decimal>();

function keptDecimal(text: string): Decimal | undefined {
  const known = kept.get(text);
  if (known) return known;
  const parsed = parseDecimal(text);
  if (!parsed || text.length > LONGEST_KEPT) return parsed;
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(text, parsed);
  return parsed;
}

/** Whether the value's text says all of it. Of a number only where it counts: a long fraction is not what was meant. */
const isText = (value: DecimalInput): value is string | number | bigint =>
  typeof value === 'string' ||
  typeof value === 'bigint' ||
  (Number.isInteger(value) && Math.abs(value as number) < 1e15);

/**
 * An exact decimal from a value the program itself made: SQL `numeric` text, a literal, a count.
 * @throws RangeError when it is not one.
 */
export function decimal(value: DecimalInput): Decimal {
  const parsed = isText(value) ? keptDecimal(String(value)) : parseDecimal(value);
  if (!parsed) throw new RangeError(`Not an exact decimal: ${String(value)}`);
  return parsed;
}

/** Rounds half-up (away from zero) to `decimals` places. */
export function roundHalfUp(value: DecimalInput, decimals: number): Decimal {
  const rounded = decimal(value).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP);
  return rounded.isZero() ? ZERO : rounded;
}

export interface AmountRules {
  /** ISO 4217 code; sets the number of decimals and the largest amount. */
  readonly currency: string;
  /** More decimals than the currency's, as unit prices have (4). */
  readonly decimals?: number;
  readonly allowNegative?: boolean;
}

export type AmountReading =
  { readonly ok: true; readonly amount: Decimal } | { readonly ok: false; readonly problem: string };

/** Reads an amount of money from outside; `problem` ends a sentence that begins with the field's name. */
export function readAmount(value: unknown, rules: AmountRules): AmountReading {
  const amount = parseDecimal(value);
  const decimals = rules.decimals ?? currencyDecimals(rules.currency);
  const tooExact = { ok: false, problem: `must not have more than ${decimals} decimals` } as const;
  // 0.1 + 0.2 is a number, and one with 17 decimals.
  if (!amount && typeof value === 'number' && Math.abs(value) < 1e15) return tooExact;
  if (!amount) return { ok: false, problem: 'must be a plain decimal number' };
  if (amount.decimalPlaces() > decimals) return tooExact;
  if (amount.isNegative() && !rules.allowNegative) return { ok: false, problem: 'must not be negative' };
  const minor = amount.abs().times(new Exact(10).pow(currencyDecimals(rules.currency)));
  if (minor.greaterThan(MAX_MINOR_UNITS)) return { ok: false, problem: 'is too large' };
  return { ok: true, amount };
}

/**
 * An exact amount in one currency. It may carry more decimals than the currency (a unit price); `rounded()` is the
 * amount as a line of an invoice shows it. Arithmetic between currencies throws.
 */
export class Money {
  private constructor(
    readonly amount: Decimal,
    /** ISO 4217 code. */
    readonly currency: string,
  ) {}

  /** @throws RangeError when the amount is not an exact decimal or the currency no ISO 4217 code. */
  static of(amount: DecimalInput, currency: string): Money {
    if (!isCurrencyCode(currency)) throw new RangeError(`Not a currency code: ${currency}`);
    return new Money(decimal(amount), currency);
  }

  static zero(currency: string): Money {
    return Money.of(0, currency);
  }

  /** From an integer count of minor units (cents). */
  static ofMinor(minor: bigint | number, currency: string): Money {
    const scale = new Exact(10).pow(currencyDecimals(currency));
    return Money.of(new Exact(decimal(minor)).dividedBy(scale), currency);
  }

  /**
   * The sum of amounts as the program writes them; of many it is far cheaper than of as many objects.
   * @throws RangeError as `of`
   */
  static sumOfTexts(amounts: readonly string[], currency: string): Money {
    let units = 0;
    for (const amount of amounts) {
      if (!SHORT_AMOUNT.test(amount) || !Number.isSafeInteger(units))
        return Money.sum(
          amounts.map((one) => Money.of(one, currency)),
          currency,
        );
      // Of so few digits the product is off by far less than a half.
      units += Math.round(Number(amount) * UNITS);
    }
    return Money.of(new Exact(units).dividedBy(UNITS), currency);
  }

  static sum(items: Iterable<Money>, currency: string): Money {
    let total = Money.zero(currency);
    for (const item of items) total = total.plus(item);
    return total;
  }

  plus(other: Money): Money {
    return this.with(this.amount.plus(this.same(other).amount));
  }

  minus(other: Money): Money {
    return this.with(this.amount.minus(this.same(other).amount));
  }

  /** Times a plain number (a quantity, a share of a month); not rounded. */
  times(factor: DecimalInput): Money {
    return this.with(this.amount.times(decimal(factor)));
  }

  /** Divided by a plain number; exact to 60 digits, so round only once, at the end. @throws RangeError on zero. */
  dividedBy(divisor: DecimalInput): Money {
    const by = decimal(divisor);
    if (by.isZero()) throw new RangeError('Division of money by zero');
    return this.with(this.amount.dividedBy(by));
  }

  negated(): Money {
    return this.with(this.amount.negated());
  }

  /** Half-up to the currency's decimals. */
  rounded(): Money {
    const decimals = currencyDecimals(this.currency);
    return this.amount.decimalPlaces() <= decimals ? this : this.with(roundHalfUp(this.amount, decimals));
  }

  isZero(): boolean {
    return this.amount.isZero();
  }

  isNegative(): boolean {
    return this.amount.lessThan(0);
  }

  isPositive(): boolean {
    return this.amount.greaterThan(0);
  }

  /** Negative, zero or positive, as for a sort. */
  compare(other: Money): number {
    return this.amount.comparedTo(this.same(other).amount);
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.amount.equals(other.amount);
  }

  /** Integer count of minor units, of the rounded amount. */
  toMinor(): bigint {
    const decimals = currencyDecimals(this.currency);
    return BigInt(roundHalfUp(this.amount, decimals).times(new Exact(10).pow(decimals)).toFixed(0));
  }

  /** Decimal text with exactly the currency's decimals (`549.00`); what SQL `numeric` takes. */
  toText(): string {
    return this.rounded().amount.toFixed(currencyDecimals(this.currency));
  }

  /** A JSON number with the currency's decimals, or with `decimals` for a unit price. */
  toJsonNumber(decimals: number = currencyDecimals(this.currency)): number {
    return Number(roundHalfUp(this.amount, decimals).toFixed(decimals));
  }

  toString(): string {
    return `${this.toText()} ${this.currency}`;
  }

  private with(amount: Decimal): Money {
    return new Money(amount.isZero() ? ZERO : amount, this.currency);
  }

  private same(other: Money): Money {
    if (other.currency !== this.currency) throw new RangeError(`${this.currency} does not mix with ${other.currency}`);
    return other;
  }
}

/** Tax on a net amount at `ratePercent` (8 is 8 %), rounded half-up to the currency. */
export function taxOf(net: Money, ratePercent: DecimalInput): Money {
  return net.times(ratePercent).times(HUNDREDTH).rounded();
}

/** The rounded net amount plus its tax, so that the parts that are shown always add up. */
export function grossOf(net: Money, ratePercent: DecimalInput): Money {
  return net.rounded().plus(taxOf(net, ratePercent));
}

/**
 * Splits a rounded amount by weight into parts that add up to it exactly; the cents left over go to the largest
 * remainders, earlier parts first.
 * @throws RangeError on no weights, a negative weight or weights that are all zero.
 */
export function allocate(total: Money, weights: readonly DecimalInput[]): Money[] {
  const exact = weights.map((weight) => decimal(weight));
  const sum = exact.reduce((left, right) => left.plus(right), new Exact(0));
  if (exact.some((weight) => weight.isNegative()) || !sum.greaterThan(0)) {
    throw new RangeError('Weights must be positive');
  }
  const minor = new Exact(total.toMinor().toString());
  const parts = exact.map((weight, index) => {
    const share = minor.times(weight).dividedBy(sum);
    const whole = share.truncated();
    return { index, whole, rest: share.minus(whole).abs() };
  });
  const step = minor.isNegative() ? -1 : 1;
  let left = minor
    .minus(parts.reduce((all, part) => all.plus(part.whole), new Exact(0)))
    .abs()
    .toNumber();
  for (const part of [...parts].sort((a, b) => b.rest.comparedTo(a.rest) || a.index - b.index)) {
    if (left <= 0) break;
    part.whole = part.whole.plus(step);
    left -= 1;
  }
  return parts.map((part) => Money.ofMinor(BigInt(part.whole.toFixed(0)), total.currency));
}
