import { Money } from '@isp/kernel';
import type { LineTax } from '../engine/engine.types.js';

export interface TaxSum {
  readonly code: string;
  readonly name: string;
  readonly percent: string;
  readonly inclusive: boolean;
  readonly base: Money;
  readonly amount: Money;
}

interface TaxedLine {
  readonly amount: string;
  readonly taxes: readonly LineTax[];
}

/** What each rate was applied to, and what it came to: sums of the rounded figures of the lines. */
export function taxSummary(lines: readonly TaxedLine[], currency: string): TaxSum[] {
  const sums = new Map<string, TaxSum>();
  for (const line of lines) {
    for (const { code, name, percent, inclusive, amount } of line.taxes) {
      const key = `${code} ${Number(percent)}`;
      const zero = Money.zero(currency);
      const sum = sums.get(key) ?? { code, name, percent, inclusive, base: zero, amount: zero };
      const base = sum.base.plus(Money.of(line.amount, currency));
      sums.set(key, { ...sum, base, amount: sum.amount.plus(Money.of(amount, currency)) });
    }
  }
  return [...sums.values()];
}
