import { Money } from '@isp/kernel';
import type { AccountView } from '../accounts/account.view.js';
import { billingErrors } from '../billing.errors.js';

/** Who pays ahead owes nothing: what its balance does not cover is not invoiced. @throws `billing.balance.too_low` */
export function refuseUncovered({ creditAmount, currency, openAmount }: AccountView, price: Money): void {
  const balance = Money.of(creditAmount, currency).minus(Money.of(openAmount, currency));
  const missing = price.minus(balance);
  const texts = { balance: balance.toText(), currency, price: price.toText(), missing: missing.toText() };
  if (missing.isPositive()) throw billingErrors('billing.balance.too_low', texts);
}
