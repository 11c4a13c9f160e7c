import { Money, grossOf } from '@isp/kernel';
import type { PlanTerms } from './plan.view.js';

export interface PlanPrices {
  readonly monthly: Money;
  readonly activation: Money;
  readonly staticIpMonthly: Money;
}

/** What a customer pays, tax included: each price rounded half-up to its currency, and its tax likewise. */
export function pricesWithTax(
  terms: Pick<PlanTerms, 'monthlyAmount' | 'activationAmount' | 'staticIpMonthlyAmount' | 'currency' | 'taxPercent'>,
): PlanPrices {
  const gross = (amount: string) => grossOf(Money.of(amount, terms.currency), terms.taxPercent);
  return {
    monthly: gross(terms.monthlyAmount),
    activation: gross(terms.activationAmount),
    staticIpMonthly: gross(terms.staticIpMonthlyAmount),
  };
}
