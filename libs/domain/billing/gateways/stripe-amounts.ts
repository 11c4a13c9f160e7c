import { Money, currencyDecimals, decimal } from '@isp/kernel';

// Where Stripe counts otherwise than ISO 4217 says.
const DECIMALS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

const decimalsOf = (currency: string): number => DECIMALS[currency] ?? currencyDecimals(currency);

/** What an amount in the units that Stripe counts in is, as decimal text. */
export function amountOfStripe(units: number, currency: string): string {
  return Money.of(units, currency)
    .dividedBy(decimal(10).pow(decimalsOf(currency)))
    .amount.toFixed();
}

/**
 * An amount in the units that Stripe counts in. Undefined for one that Stripe does not take: a part of its smallest unit,
 * or thousandths that are no tens (cards are not settled more exactly).
 */
export function stripeAmount(amount: string, currency: string): bigint | undefined {
  const decimals = decimalsOf(currency);
  const units = Money.of(amount, currency).times(decimal(10).pow(decimals)).amount;
  if (!units.isInteger() || (decimals === 3 && !units.modulo(10).isZero())) return undefined;
  return BigInt(units.toFixed(0));
}
