import { Money, decimal, grossOf, roundHalfUp } from '@isp/kernel';

export type PriceType = 'monthly' | 'once_off';

/** A price without tax: decimal text of at most 4 decimals, and per cent of at most 3. */
export interface NetPrice {
  readonly currency: string;
  readonly taxPercent: string;
  readonly amount: string;
}

/** How much a promotion takes off a price: per cent of it, or an amount in a currency, without tax. */
export type Discount =
  | { readonly percent: string; readonly amount: null; readonly currency: null }
  | { readonly percent: null; readonly amount: string; readonly currency: string };

const UNIT_DECIMALS = 4;

/** The same few prices are shown over and over. */
const WITH_TAX = new Map<string, Money>();
const MOST_KEPT = 5_000;

/** What is paid, tax included: the net amount and its tax, each rounded half-up to the currency. */
export function priceWithTax({ amount, currency, taxPercent }: NetPrice): Money {
  const key = `${amount} ${currency} ${taxPercent}`;
  const known = WITH_TAX.get(key);
  if (known) return known;
  const gross = grossOf(Money.of(amount, currency), taxPercent);
  if (WITH_TAX.size >= MOST_KEPT) WITH_TAX.clear();
  WITH_TAX.set(key, gross);
  return gross;
}

/**
 * A price with a discount taken off, never below nothing and half-up to 4 decimals as unit prices are. A discount in
 * another currency takes nothing off.
 */
export function discounted<P extends NetPrice>(price: P, discount: Discount): P {
  const full = decimal(price.amount);
  if (discount.percent !== null) {
    const left = decimal(100).minus(decimal(discount.percent));
    return { ...price, amount: roundHalfUp(full.times(left).dividedBy(100), UNIT_DECIMALS).toFixed(UNIT_DECIMALS) };
  }
  if (discount.currency !== price.currency) return price;
  const rest = full.minus(decimal(discount.amount));
  return { ...price, amount: (rest.isNegative() ? decimal(0) : rest).toFixed(UNIT_DECIMALS) };
}
