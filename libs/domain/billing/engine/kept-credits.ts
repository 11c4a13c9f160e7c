import { Money } from '@isp/kernel';
import { keptAmount, keptTaxAmount, staysOfTax, stillCreditedOf } from './arithmetic.js';
import type { InvoicedCredit, InvoicedSum, KeptCredit, LineTax } from './engine.types.js';
import { priceOf, sumOfTax, taxKeyOf } from './invoiced-charges.js';
import { type StayingTax, taxesOfStaying } from './kept-taxes.js';

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
  const priceText = (one: InvoicedSum): string => priceOf(one, currency).toText();
  const inOrder = [...credits].sort((a, b) => a.number - b.number);
  const steps = inOrder.map((credit) => ({ amount: priceText(credit), was: credit.was }));
  const should = Money.sumOfTexts(charges.map(priceText), currency).toText();
  const stays = stillCreditedOf(steps, should, currency);
  const staying = inOrder.map((credit, index) => ({ ...credit, stays: stays[index] as Money }));
  const taxes = taxesOfStaying(charges, staying, currency);
  const included = [...taxes.values()].filter(({ tax }) => tax.inclusive).flatMap(({ parts }) => parts);
  const amounts = credits.map(({ amount }) => amount);
  const inputs: KeptCredit = {
    credits: steps,
    should_amount: should,
    included_tax: staysOfTax(included, currency).toText(),
    credited_amount: Money.sumOfTexts(amounts, currency).toText(),
    counted_before: counted.amount,
  };
  return { amount: keptAmount(inputs, currency).toText(), taxes: keptTaxes(credits, counted, taxes, currency), inputs };
}

/** What is to be added of each tax. */
function keptTaxes(
  credits: readonly InvoicedCredit[],
  counted: InvoicedSum,
  stay: ReadonlyMap<string, StayingTax>,
  currency: string,
): LineTax[] {
  const credited = credits.flatMap(({ taxes }) => taxes);
  const all = [...credited, ...counted.taxes, ...[...stay.values()].map(({ tax }) => tax)];
  const byKey = new Map(all.map((tax) => [taxKeyOf(tax), tax]));
  return [...byKey].flatMap(([key, { code, name, percent, inclusive }]): LineTax[] => {
    const kept = {
      credited_amount: sumOfTax(credited, key, currency).toText(),
      stays: stay.get(key)?.parts ?? [],
      counted_before: sumOfTax(counted.taxes, key, currency).toText(),
    };
    const amount = keptTaxAmount(kept, currency);
    return amount.isZero() ? [] : [{ code, name, percent, inclusive, amount: amount.toText(), kept }];
  });
}
