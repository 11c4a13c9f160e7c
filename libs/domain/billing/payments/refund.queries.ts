import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { REFUND_COLUMNS, type RefundView } from './refund.view.js';

const MATCH = `FROM refunds r WHERE ($1::integer IS NULL OR r.partner_id = $1) AND ($2::integer IS NULL OR r.customer_id = $2)
  AND ($3::integer IS NULL OR r.payment_id = $3) AND ($4::text IS NULL OR r.status = $4)`;
export const REFUND_SORTING = sorting({
  id: 'r.id',
  partner: 'r.partner_id',
  otherwise: ['r.id DESC'],
  fields: {
    created_at: 'r.id',
    amount: { by: ['r.amount'], within: ['customer_id', 'payment_id'] },
  },
});
const LISTS = sortedStatements(
  'refunds-list',
  REFUND_SORTING,
  (order) => `SELECT ${REFUND_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $5 OFFSET $6`,
);
const COUNT = statement('refunds-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('refunds-get', `SELECT ${REFUND_COLUMNS} FROM refunds r WHERE r.id = $1`);

export interface RefundFilter {
  readonly customerId?: number | undefined;
  readonly paymentId?: number | undefined;
  readonly status?: RefundView['status'] | undefined;
}

/** Reads of refunds, inside the walls of the reader. */
@Injectable()
export class RefundQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(actor: Actor, filter: RefundFilter, page: SortedSlice<typeof REFUND_SORTING>) {
    const { customerId = null, paymentId = null, status = null } = filter;
    const values = [actor.reach === 'all' ? null : actor.partnerId, customerId, paymentId, status];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<RefundView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.refund.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<RefundView> {
    const refund = await this.uow.read(actor, (tx) => tx.one<RefundView>(GET, [id]));
    if (!refund) throw billingErrors('billing.refund.not_found');
    return refund;
  }
}
