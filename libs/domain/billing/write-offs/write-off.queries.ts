import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { OF_INVOICE, WRITE_OFF_COLUMNS, type WriteOffReason, type WriteOffView } from './write-off.view.js';

const MATCH = `FROM write_offs w WHERE ($1::integer IS NULL OR w.partner_id = $1) AND ($2::integer IS NULL OR w.customer_id = $2)
  AND ($3::integer IS NULL OR w.account_id = $3) AND ($4::integer IS NULL OR w.invoice_id = $4) AND ($5::text IS NULL OR w.reason = $5)
  AND ($6::integer IS NULL OR w.excess_of_id = $6)`;
export const WRITE_OFF_SORTING = sorting({
  id: 'w.id',
  partner: 'w.partner_id',
  otherwise: ['w.id DESC'],
  fields: {
    created_at: 'w.id',
    amount: { by: ['w.amount'], within: ['customer_id', 'account_id', 'invoice_id', 'payment_id'] },
  },
});
const LISTS = sortedStatements(
  'write-offs-list',
  WRITE_OFF_SORTING,
  (order) =>
    `SELECT ${WRITE_OFF_COLUMNS} FROM (SELECT w.* ${MATCH} ORDER BY ${order} LIMIT $7 OFFSET $8) w ${OF_INVOICE} ORDER BY ${order}`,
);
const COUNT = statement('write-offs-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('write-offs-get', `SELECT ${WRITE_OFF_COLUMNS} FROM write_offs w ${OF_INVOICE} WHERE w.id = $1`);

export interface WriteOffFilter {
  readonly customerId?: number | undefined;
  readonly accountId?: number | undefined;
  readonly invoiceId?: number | undefined;
  /** The payment that a bank took back. */
  readonly excessOfId?: number | undefined;
  readonly reason?: WriteOffReason | undefined;
}

/** Reads of write-offs, inside the walls of the reader. */
@Injectable()
export class WriteOffQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first when nothing else is asked for. */
  list(actor: Actor, filter: WriteOffFilter, page: SortedSlice<typeof WRITE_OFF_SORTING>) {
    const { customerId = null, accountId = null, invoiceId = null, reason = null, excessOfId = null } = filter;
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [partnerId, customerId, accountId, invoiceId, reason, excessOfId];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<WriteOffView>(LISTS.of(page.sort, partnerId !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.write_off.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<WriteOffView> {
    const found = await this.uow.read(actor, (tx) => tx.one<WriteOffView>(GET, [id]));
    if (!found) throw billingErrors('billing.write_off.not_found');
    return found;
  }
}
