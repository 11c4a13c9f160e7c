import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { AccountRepository } from './account.repository.js';
import { ACCOUNT_COLUMNS, type AccountView, CREDIT_AMOUNT, OPEN_AMOUNT } from './account.view.js';

const MATCH = `FROM billing_accounts a WHERE ($1::integer IS NULL OR a.partner_id = $1) AND ($2::integer IS NULL OR a.customer_id = $2)
  AND ($3::boolean IS NULL OR $3 = EXISTS (SELECT FROM billing_parkings k WHERE k.account_id = a.id AND k.ended_at IS NULL))`;
export const ACCOUNT_SORTING = sorting({
  id: 'a.id',
  partner: 'a.partner_id',
  otherwise: ['a.id'],
  fields: {
    created_at: 'a.id',
    name: { by: ['lower(a.name)'], within: ['customer_id'] },
    open_amount: { by: [OPEN_AMOUNT], within: ['customer_id'] },
    credit_balance: { by: [CREDIT_AMOUNT], within: ['customer_id'] },
  },
});
const LISTS = sortedStatements(
  'billing-accounts-list',
  ACCOUNT_SORTING,
  (order) => `SELECT ${ACCOUNT_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT = statement('billing-accounts-count', `SELECT count(*)::integer AS total ${MATCH}`);

export interface AccountFilter {
  readonly customerId?: number | undefined;
  readonly parked?: boolean | undefined;
}

/** Reads of billing accounts, inside the walls of the reader. */
@Injectable()
export class AccountQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
  ) {}

  list(actor: Actor, { customerId, parked }: AccountFilter, page: SortedSlice<typeof ACCOUNT_SORTING>) {
    const values = [actor.reach === 'all' ? null : actor.partnerId, customerId ?? null, parked ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<AccountView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.account.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<AccountView> {
    const account = await this.uow.read(actor, () => this.accounts.get(id));
    if (!account) throw billingErrors('billing.account.not_found');
    return account;
  }

  /**
   * The account that a request about a customer means: the named one, if it is the customer's, else its first.
   * @throws `billing.account.none`
   */
  idFor(actor: Actor, customerId: number, wanted?: number): Promise<number> {
    return this.uow.run(actor, async () => {
      if (wanted === undefined) return this.accounts.firstOf(customerId);
      const account = await this.accounts.get(wanted);
      if (account?.customerId !== customerId) throw billingErrors('billing.account.none');
      return wanted;
    });
  }
}
