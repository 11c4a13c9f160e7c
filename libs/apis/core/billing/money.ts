import { Money } from '@isp/kernel';

/** A JSON number with the currency's decimals. */
export const amountOf = (amount: string, currency: string): number => Money.of(amount, currency).toJsonNumber();
