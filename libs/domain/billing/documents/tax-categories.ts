import { type Decimal, Money, decimal } from '@isp/kernel';
import type { Exemption, LineTax } from '../engine/engine.types.js';

/** A category of UNTDID 5305, as far as EN 16931 uses it here: standard rated, zero rated, exempt. */
export interface TaxCategory {
  readonly id: 'S' | 'Z' | 'E';
  /** All taxes of a line in one percentage. */
  readonly percent: Decimal;
  /** Why there is no tax, of category E. */
  readonly reason?: string | undefined;
}

export interface CategorySum {
  readonly category: TaxCategory;
  readonly base: Money;
  readonly tax: Money;
}

/** EN 16931 knows one rate a line: several taxes of one line are the sum of their percentages. */
export function categoryOf(taxes: readonly LineTax[], exemptions: readonly Exemption[]): TaxCategory {
  const percent = taxes.reduce((sum, tax) => sum.plus(decimal(tax.percent)), decimal(0));
  if (taxes.length === 0) {
    const certificates = exemptions.map(({ certificate }) => certificate).join(', ');
    return { id: 'E', percent, reason: certificates === '' ? 'Exempt from tax' : `Exempt from tax, ${certificates}` };
  }
  return { id: percent.isZero() ? 'Z' : 'S', percent };
}

interface TaxedLine {
  readonly amount: string;
  readonly taxes: readonly LineTax[];
}

/** Bases and taxes by category and rate: sums of what the lines say. */
export function categorySums(
  lines: readonly TaxedLine[],
  exemptions: readonly Exemption[],
  currency: string,
): CategorySum[] {
  const sums = new Map<string, CategorySum>();
  for (const line of lines) {
    const category = categoryOf(line.taxes, exemptions);
    const key = `${category.id} ${category.percent.toFixed()}`;
    const { base, tax } = sums.get(key) ?? { base: Money.zero(currency), tax: Money.zero(currency) };
    const taxes = line.taxes.map(({ amount }) => Money.of(amount, currency));
    sums.set(key, {
      category,
      base: base.plus(Money.of(line.amount, currency)),
      tax: tax.plus(Money.sum(taxes, currency)),
    });
  }
  return [...sums.values()];
}
