import { Money } from '@isp/kernel';
import { keptAmount, keptTaxAmount, minorOf, partOfTax, staysOfTax, stillCreditedOf } from './arithmetic.js';
import type { InvoicedCredit, InvoicedSum, KeptCredit, LineTax, StaysOfTax } from './engine.types.js';
import { priceOf, sumOfTax, taxKeyOf } from './invoiced-charges.js';

/** What credit notes took back of charges that stand for each other, and what those come to by now. */
export interface CreditedGroup {
  readonly charges: readonly InvoicedSum[];
  readonly credits: readonly InvoicedCredit[];
  /** What of the credits was counted before. */
  readonly counted: InvoicedSum;
}

export interface Kept extends InvoicedSum {
  readonly inputs: KeptCredit;
}

/**
 * The line that counts what people credited against what the charges have come down to since: it is not given back twice.
 * What it exceeds that by stays credited, and bears the taxes that the charges have by now.
 */
export function keptCredit({ charges, credits, counted }: CreditedGroup, currency: string): Kept {
  const texts = (all: readonly InvoicedSum[]): string[] => all.map((one) => priceOf(one, currency).toText());
  const inOrder = [...credits].sort((a, b) => a.number - b.number);
  const steps = texts(inOrder).map((amount, index) => ({ amount, was: (inOrder[index] as InvoicedCredit).was }));
  const should = Money.sumOfTexts(texts(charges), currency).toText();
  const stays = stillCreditedOf(steps, should, currency);
  const stay = staysOf(
    charges,
    inOrder.map((credit, index) => ({ ...credit, stays: stays[index] as Money })),
    currency,
  );
  const included = [...stay.values()].filter(({ tax }) => tax.inclusive).flatMap(({ parts }) => parts);
  const inputs: KeptCredit = {
    credits: steps,
    should_amount: should,
    included_tax: staysOfTax(included, currency).toText(),
    credited_amount: Money.sumOfTexts(
      credits.map(({ amount }) => amount),
      currency,
    ).toText(),
    counted_before: counted.amount,
  };
  const taxed = [...credits, counted].flatMap(({ taxes }) => taxes);
  const keys = new Map([...taxed, ...[...stay.values()].map(({ tax }) => tax)].map((tax) => [taxKeyOf(tax), tax]));
  const taxes = [...keys].flatMap(([key, { code, name, percent, inclusive }]): LineTax[] => {
    const kept = {
      credited_amount: sumOfTax(
        credits.flatMap((one) => one.taxes),
        key,
        currency,
      ).toText(),
      stays: stay.get(key)?.parts ?? [],
      counted_before: sumOfTax(counted.taxes, key, currency).toText(),
    };
    const amount = keptTaxAmount(kept, currency);
    return amount.isZero() ? [] : [{ code, name, percent, inclusive, amount: amount.toText(), kept }];
  });
  return { amount: keptAmount(inputs, currency).toText(), taxes, inputs };
}

/** Something credited, and how much of it stays. */
type Staying = InvoicedCredit & { readonly stays: Money };

/** Charges and credits that bear the same taxes; amounts in minor units, of which charges have a positive number. */
interface Profile {
  readonly taxes: readonly LineTax[];
  readonly charges: readonly InvoicedSum[];
  readonly credits: readonly Staying[];
  readonly should: number;
  /** Positive where it was taken back. */
  readonly credited: number;
  /** Of that, what stays. */
  readonly stays: number;
}

type Stays = ReadonlyMap<string, { readonly tax: LineTax; readonly parts: readonly StaysOfTax[] }>;

/** The taxes of what stays credited, each in parts. */
function staysOf(charges: readonly InvoicedSum[], credits: readonly Staying[], currency: string): Stays {
  const sign = credits.some(({ was }) => was.startsWith('-')) ? -1 : 1;
  const profiles = profilesOf(charges, credits, sign, currency);
  const placed = place(profiles);
  const all = profiles.flatMap((profile, index) => {
    const amount = placed[index] as number;
    return profile.taxes.map((tax) => ({ tax, parts: partsOf(profile, tax, amount, sign, currency), profile }));
  });
  const sum = (parts: readonly StaysOfTax[]): number => sign * minorOf(staysOfTax(parts, currency).toText(), currency);
  const should = charges.flatMap(({ taxes }) => taxes.map(({ amount }) => sign * minorOf(amount, currency)));
  // Taxes that were credited by themselves stay so while there are as many.
  const fits = sum(all.flatMap(({ parts }) => parts)) <= should.reduce((total, amount) => total + amount, 0);
  const result = new Map<string, { tax: LineTax; parts: StaysOfTax[] }>();
  for (const { tax, parts, profile } of all) {
    if (!fits && profile.credits.length > 0 && profile.credited === 0) continue;
    const known = result.get(taxKeyOf(tax));
    if (known) known.parts.push(...parts);
    else result.set(taxKeyOf(tax), { tax, parts });
  }
  return result;
}

function profilesOf(
  charges: readonly InvoicedSum[],
  credits: readonly Staying[],
  sign: number,
  currency: string,
): Profile[] {
  const keyOf = ({ taxes }: InvoicedSum): string => taxes.map(taxKeyOf).sort().join();
  const sum = (all: readonly InvoicedSum[]): number =>
    all.reduce((total, one) => total + sign * minorOf(priceOf(one, currency).toText(), currency), 0);
  return [...new Set([...credits, ...charges].map(keyOf))].map((key) => {
    const [own, taken] = [charges.filter((one) => keyOf(one) === key), credits.filter((one) => keyOf(one) === key)];
    const taxes = new Map([...taken, ...own].flatMap((one) => one.taxes).map((tax) => [taxKeyOf(tax), tax]));
    const stays = Money.sum(
      taken.map((one) => one.stays),
      currency,
    ).toText();
    const amounts = { should: sum(own), credited: -sum(taken), stays: sign * minorOf(stays, currency) };
    return { taxes: [...taxes.values()], charges: own, credits: taken, ...amounts };
  });
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

/** What stays of one tax: of credits of which all does as it was credited, but for what rounding cannot explain. */
function partsOf(
  { charges, credits, should, credited, stays }: Profile,
  tax: LineTax,
  amount: number,
  sign: number,
  currency: string,
): StaysOfTax[] {
  const taxIn = (all: readonly InvoicedSum[]): Money =>
    sumOfTax(
      all.flatMap(({ taxes }) => taxes),
      taxKeyOf(tax),
      currency,
    );
  const asCredited = (whole: readonly Staying[]): StaysOfTax => ({ credited: taxIn(whole).negated().toText() });
  if (should <= 0) return amount === credited && credits.length > 0 ? [asCredited(credits)] : [];
  if (amount === 0 && credited !== 0) return [];
  const money = (minor: number): string => Money.ofMinor(sign * minor, currency).toText();
  const share = (minor: number) => ({ tax: taxIn(charges).toText(), part: money(minor), of: money(should) });
  if (amount === should || amount < stays) return [share(amount)];
  const whole = stays === credited ? credits : credits.filter((one) => staysWhole(one, currency));
  const size = -whole.reduce((sum, one) => sum + sign * minorOf(priceOf(one, currency).toText(), currency), 0);
  const difference = partOfTax(share(size), currency).plus(taxIn(whole)).toText();
  const explained = size <= 0 || Math.abs(minorOf(difference, currency)) <= charges.length + whole.length;
  if (!explained) return [share(amount)];
  const rest = amount === size ? [] : [share(amount - size)];
  return whole.length === 0 ? rest : [asCredited(whole), ...rest];
}

const staysWhole = (credit: Staying, currency: string): boolean =>
  credit.stays.plus(priceOf(credit, currency)).isZero();
