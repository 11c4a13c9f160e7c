import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { PAYMENT_COLUMNS, type PaymentMethod, type PaymentView } from './payment.view.js';

const MATCH = `FROM payments p WHERE ($1::integer IS NULL OR p.partner_id = $1) AND ($2::integer IS NULL OR p.customer_id = $2)
  AND ($3::integer IS NULL OR p.account_id = $3) AND ($4::text IS NULL OR p.status = $4) AND ($5::text IS NULL OR p.method = $5)`;
export const PAYMENT_SORTING = sorting({
  id: 'p.id',
  partner: 'p.partner_id',
  otherwise: ['p.id DESC'],
  fields: {
    id: 'p.id',
    received_at: 'p.received_at',
    amount: { by: ['p.amount'], within: ['customer_id', 'account_id'] },
  },
});
const LISTS = sortedStatements(
  'payments-list',
  PAYMENT_SORTING,
  (order) => `SELECT ${PAYMENT_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $6 OFFSET $7`,
);
const COUNT = statement('payments-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('payments-get', `SELECT ${PAYMENT_COLUMNS} FROM payments p WHERE p.id = $1`);

export interface PaymentFilter {
  readonly customerId?: number | undefined;
  readonly accountId?: number | undefined;
  readonly status?: PaymentView['status'] | undefined;
  readonly method?: PaymentMethod | undefined;
}

/** Reads of payments, inside the walls of the reader. */
@Injectable()
export class PaymentQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(actor: Actor, filter: PaymentFilter, page: SortedSlice<typeof PAYMENT_SORTING>) {
    const { customerId = null, accountId = null, status = null, method = null } = filter;
    const values = [actor.reach === 'all' ? null : actor.partnerId, customerId, accountId, status, method];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PaymentView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.payment.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<PaymentView> {
    const payment = await this.uow.read(actor, (tx) => tx.one<PaymentView>(GET, [id]));
    if (!payment) throw billingErrors('billing.payment.not_found');
    return payment;
  }
}
