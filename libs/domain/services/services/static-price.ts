import type { PlanTerms } from '@isp/domain/catalog';
import { Money } from '@isp/kernel';

/** What a plan costs a month, with a static address or without: exact decimal text without tax. */
export function monthlyOf(
  plan: Pick<PlanTerms, 'monthlyAmount' | 'staticIpMonthlyAmount' | 'currency'>,
  staticIp: boolean,
): string {
  const base = Money.of(plan.monthlyAmount, plan.currency);
  if (!staticIp) return plan.monthlyAmount;
  return base.plus(Money.of(plan.staticIpMonthlyAmount, plan.currency)).amount.toFixed();
}
