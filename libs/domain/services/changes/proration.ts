import { type Money } from '@isp/kernel';

export interface Proration {
  readonly daysInPeriod: number;
  readonly daysLeft: number;
  /** What is given back of the old plan for the rest of the period, not negative. */
  readonly credit: Money;
  /** What the new plan costs for the rest of the period. */
  readonly charge: Money;
  /** Charge less credit; negative when the customer gets something back. */
  readonly net: Money;
}

/**
 * What a change of plan costs for the rest of a calendar month, by days, today included. Credit and charge are rounded
 * half-up each, as two lines of an invoice are; the net is their exact difference.
 */
export function prorate(
  from: Money,
  to: Money,
  period: { readonly days: number; readonly daysLeft: number },
): Proration {
  const share = (monthly: Money): Money => monthly.times(period.daysLeft).dividedBy(period.days).rounded();
  const credit = share(from);
  const charge = share(to);
  return { daysInPeriod: period.days, daysLeft: period.daysLeft, credit, charge, net: charge.minus(credit) };
}
