import { Money } from '@isp/kernel';
import type { Debt } from './write-off.view.js';

/** What is open of a debt, and what of its tax is the customer's still. Decimal text. */
export interface OpenDebt extends Debt {
  readonly accountId: number;
  readonly currency: string;
  readonly openAmount: string;
  /** Total and tax of the invoice, less what credit notes took back of it; of an excess both are zero. */
  readonly totalAmount: string;
  readonly taxAmount: string;
  /** Claimed back by write-offs that stand. */
  readonly reclaimedTaxAmount: string;
}

/** The tax in an amount of the debt, in proportion; never more than what is left of the invoice's tax to claim back. */
export function taxShareOf(debt: OpenDebt, amount: Money): Money {
  const money = (text: string): Money => Money.of(text, debt.currency);
  const [total, tax] = [money(debt.totalAmount), money(debt.taxAmount)];
  if (!total.isPositive() || !tax.isPositive()) return Money.zero(debt.currency);
  return least(
    tax.times(amount.amount).dividedBy(total.amount).rounded(),
    tax.minus(money(debt.reclaimedTaxAmount)),
    amount,
  );
}

/** A write-off of which something stands. Decimal text. */
export interface StandingWriteOff {
  readonly id: number;
  readonly currency: string;
  readonly amount: string;
  readonly reclaimedTaxAmount: string;
  readonly reversedAmount: string;
  readonly reversedTaxAmount: string;
}

export interface NewReversal {
  readonly writeOffId: number;
  readonly amount: string;
  readonly taxAmount: string;
}

/** Takes so much of write-offs back, in the order given, with its share of their tax: all of it with the last of each. */
export function reverseOf(standing: readonly StandingWriteOff[], wanted: Money): NewReversal[] {
  const reversals: NewReversal[] = [];
  let missing = wanted;
  for (const one of standing) {
    const money = (text: string): Money => Money.of(text, one.currency);
    const left = money(one.amount).minus(money(one.reversedAmount));
    const taxLeft = money(one.reclaimedTaxAmount).minus(money(one.reversedTaxAmount));
    const part = least(missing, left);
    if (!part.isPositive()) continue;
    const share = money(one.reclaimedTaxAmount).times(part.amount).dividedBy(money(one.amount).amount).rounded();
    const tax = part.equals(left) ? taxLeft : least(share, taxLeft, part);
    reversals.push({ writeOffId: one.id, amount: part.toText(), taxAmount: tax.toText() });
    missing = missing.minus(part);
  }
  return reversals;
}

/** The smallest of amounts. */
export function least(first: Money, ...others: readonly Money[]): Money {
  return others.reduce((smallest, one) => (one.compare(smallest) < 0 ? one : smallest), first);
}
