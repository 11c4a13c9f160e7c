import { Money } from '@isp/kernel';
import { minorOf, partOfTax, signOf, staysOfTax } from './arithmetic.js';
import type { InvoicedCredit, InvoicedSum, LineTax, StaysOfTax } from './engine.types.js';
import { priceOf, sumOfTax, taxKeyOf } from './invoiced-charges.js';

/** Something credited, and how much of it stays. */
export type Staying = InvoicedCredit & { readonly stays: Money };

/** A tax of what stays credited, in parts. */
export interface StayingTax {
  readonly tax: LineTax;
  readonly parts: readonly StaysOfTax[];
}

/**
 * The taxes of what stays credited of charges that stand for each other, by `taxKeyOf`. They are those that the charges
 * bear by now, of which credits that nothing happened to keep what they took back, to the cent.
 */
export function taxesOfStaying(
  charges: readonly InvoicedSum[],
  credits: readonly Staying[],
  currency: string,
): Map<string, StayingTax> {
  const units = new Units(currency, signOf(credits));
  const profiles = profilesOf(charges, credits, units);
  const placed = place(profiles);
  const all = profiles.flatMap((profile, index) => {
    const amount = placed[index] as number;
    return profile.taxes.map((tax) => ({ tax, parts: profile.partsOf(tax, amount), profile }));
  });
  const stays = units.of(
    staysOfTax(
      all.flatMap(({ parts }) => parts),
      currency,
    ),
  );
  const due = charges.flatMap(({ taxes }) => taxes.map(({ amount }) => amount));
  const fits = stays <= units.of(Money.sumOfTexts(due, currency));
  const result = new Map<string, { tax: LineTax; parts: StaysOfTax[] }>();
  for (const { tax, parts, profile } of all) {
    if (profile.isOfTaxesAlone && !fits) continue;
    const known = result.get(taxKeyOf(tax));
    if (known) known.parts.push(...parts);
    else result.set(taxKeyOf(tax), { tax, parts });
  }
  return result;
}

/** Minor units of a currency, of which charges have a positive number, also those that give back. */
class Units {
  constructor(
    readonly currency: string,
    private readonly sign: 1 | -1,
  ) {}

  of(amount: Money): number {
    return this.sign * minorOf(amount.toText(), this.currency);
  }

  textOf(units: number): string {
    return Money.ofMinor(this.sign * units, this.currency).toText();
  }

  pricesOf(all: readonly InvoicedSum[]): number {
    return all.reduce((sum, one) => sum + this.of(priceOf(one, this.currency)), 0);
  }

  taxOf(all: readonly InvoicedSum[], tax: LineTax): Money {
    const taxes = all.flatMap((one) => one.taxes);
    return sumOfTax(taxes, taxKeyOf(tax), this.currency);
  }
}

/** Charges and credits that bear the same taxes. */
class Profile {
  readonly taxes: readonly LineTax[];
  readonly should: number;
  /** Of what was credited. */
  readonly stays: number;
  /** Positive where it was taken back. */
  private readonly credited: number;

  constructor(
    private readonly charges: readonly InvoicedSum[],
    private readonly credits: readonly Staying[],
    private readonly units: Units,
  ) {
    const taxes = [...credits, ...charges].flatMap((one) => one.taxes);
    this.taxes = [...new Map(taxes.map((tax) => [taxKeyOf(tax), tax])).values()];
    this.should = units.pricesOf(charges);
    this.credited = -units.pricesOf(credits);
    this.stays = credits.reduce((sum, credit) => sum + units.of(credit.stays), 0);
  }

  /** Taxes that were credited by themselves stay so while there are as many. */
  get isOfTaxesAlone(): boolean {
    return this.credits.length > 0 && this.credited === 0;
  }

  /** What stays of a tax of so much: of credits of which all does as it was credited, but for what rounding cannot explain. */
  partsOf(tax: LineTax, amount: number): StaysOfTax[] {
    const { credits, should, credited, stays } = this;
    if (should <= 0) return amount === credited && credits.length > 0 ? [this.asCredited(tax, credits)] : [];
    if (amount === 0 && !this.isOfTaxesAlone) return [];
    if (amount === should || amount < stays) return [this.share(tax, amount)];
    const whole = stays === credited ? credits : credits.filter((one) => this.staysWhole(one));
    if (whole.length === 0) return [this.share(tax, amount)];
    const size = -this.units.pricesOf(whole);
    if (!this.isExplained(tax, whole, size)) return [this.share(tax, amount)];
    const rest = amount === size ? [] : [this.share(tax, amount - size)];
    return [this.asCredited(tax, whole), ...rest];
  }

  private share(tax: LineTax, part: number): Extract<StaysOfTax, { readonly part: string }> {
    const { charges, should, units } = this;
    return { tax: units.taxOf(charges, tax).toText(), part: units.textOf(part), of: units.textOf(should) };
  }

  private asCredited(tax: LineTax, credits: readonly Staying[]): StaysOfTax {
    return { credited: this.units.taxOf(credits, tax).negated().toText() };
  }

  /** Whether what was credited of a tax is its share, but for a cent of rounding for each line and credit. */
  private isExplained(tax: LineTax, credits: readonly Staying[], size: number): boolean {
    if (size <= 0) return true;
    const { charges, units } = this;
    const difference = partOfTax(this.share(tax, size), units.currency).plus(units.taxOf(credits, tax));
    return Math.abs(units.of(difference)) <= charges.length + credits.length;
  }

  private staysWhole(credit: Staying): boolean {
    return credit.stays.plus(priceOf(credit, this.units.currency)).isZero();
  }
}

function profilesOf(charges: readonly InvoicedSum[], credits: readonly Staying[], units: Units): Profile[] {
  const keyOf = ({ taxes }: InvoicedSum): string => taxes.map(taxKeyOf).sort().join();
  const keys = new Set([...credits, ...charges].map(keyOf));
  const of = <T extends InvoicedSum>(all: readonly T[], key: string): T[] => all.filter((one) => keyOf(one) === key);
  return [...keys].map((key) => new Profile(of(charges, key), of(credits, key), units));
}

/** How much of what stays credited bears which taxes: those it was credited with, as far as there are such charges. */
function place(profiles: readonly Profile[]): number[] {
  const placed = profiles.map(({ stays, should }) => Math.min(stays, Math.max(should, 0)));
  let rest = profiles.reduce((sum, { stays }, index) => sum + stays - (placed[index] as number), 0);
  for (const [index, { should }] of profiles.entries()) {
    const more = Math.min(rest, Math.max(should - (placed[index] as number), 0));
    placed[index] = (placed[index] as number) + more;
    rest -= more;
  }
  if (rest > 0) placed[0] = (placed[0] as number) + rest;
  return placed;
}
