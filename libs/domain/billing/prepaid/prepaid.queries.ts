import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { Money } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { AccountQueries } from '../accounts/account.queries.js';
import type { AccountView } from '../accounts/account.view.js';
import { billingErrors } from '../billing.errors.js';
import { ESTIMATOR } from '../invoices/generate-invoice.usecase.js';
import { balanceOf, unusedOf } from '../accounts/balance.js';
import { PrepaidRepository } from './prepaid.repository.js';
import { type NextPrice, PrepaidPrices } from './prepaid-prices.js';

/** What a prepaid account has, what comes next, and what is missing for it. */
export interface BalanceView {
  readonly account: AccountView;
  readonly balance: Money;
  /** None where there is nothing to pay for. */
  readonly next: NextPrice | undefined;
  /** So much more would cover the next period; null where nothing is missing. */
  readonly missing: Money | null;
}

/** Reads of accounts that pay ahead, inside the walls of the reader. */
@Injectable()
export class PrepaidQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountQueries,
    private readonly prices: PrepaidPrices,
    private readonly rows: PrepaidRepository,
  ) {}

  /** The accounts of a customer that pay ahead. In the caller's transaction. */
  accountsOf(partnerId: number, customerId: number): Promise<number[]> {
    return this.rows.ofCustomer(partnerId, customerId);
  }

  /** @throws `billing.account.not_found`, `billing.account.not_prepaid` */
  async balance(actor: Actor, accountId: number): Promise<BalanceView> {
    const account = await this.accounts.get(actor, accountId);
    if (account.prepaid === null) throw billingErrors('billing.account.not_prepaid');
    const next = await this.uow.outside(() => this.uow.run(ESTIMATOR, () => this.prices.next(account)));
    const balance = balanceOf(account);
    // What a payment left that did not stay is paid first.
    const short = next?.total.minus(unusedOf(account));
    return { account, balance, next, missing: short?.isPositive() ? short : null };
  }
}
