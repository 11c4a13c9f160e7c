import { Money } from '@isp/kernel';
import { billingErrors } from '../billing.errors.js';
import type { AccountView } from './account.view.js';

type Funds = Pick<AccountView, 'creditAmount' | 'openAmount' | 'currency'>;

/** Credit that pays nothing yet. */
export const balanceOf = ({ creditAmount, currency }: Omit<Funds, 'openAmount'>): Money =>
  Money.of(creditAmount, currency);

/** What is left of the balance once everything that is open is paid; negative where it does not do. */
export const unusedOf = (account: Funds): Money =>
  balanceOf(account).minus(Money.of(account.openAmount, account.currency));

/** Who pays ahead owes nothing: a price that its balance does not cover is not charged. @throws `billing.balance.too_low` */
export function refuseUncovered(account: Funds, price: Money): void {
  const unused = unusedOf(account);
  const missing = price.minus(unused);
  const texts = { balance: unused.toText(), currency: account.currency, price: price.toText() };
  if (missing.isPositive()) throw billingErrors('billing.balance.too_low', { ...texts, missing: missing.toText() });
}
