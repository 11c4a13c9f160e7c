import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { WRITE_OFF_COLUMNS, type WriteOffReason, type WriteOffView } from './write-off.view.js';

const MATCH = `FROM write_offs w WHERE ($1::integer IS NULL OR w.partner_id = $1) AND ($2::integer IS NULL OR w.customer_id = $2)
  AND ($3::integer IS NULL OR w.account_id = $3) AND ($4::integer IS NULL OR w.invoice_id = $4) AND ($5::text IS NULL OR w.reason = $5)`;
const OF_INVOICE = 'JOIN invoices i ON i.id = w.invoice_id';
export const WRITE_OFF_SORTING = sorting({
  id: 'w.id',
  partner: 'w.partner_id',
  otherwise: ['w.id DESC'],
  fields: {
    created_at: 'w.id',
    amount: { by: ['w.amount'], within: ['customer_id', 'account_id', 'invoice_id'] },
  },
});
const LISTS = sortedStatements(
  'write-offs-list',
  WRITE_OFF_SORTING,
  (order) =>
    `SELECT ${WRITE_OFF_COLUMNS} FROM (SELECT w.* ${MATCH} ORDER BY ${order} LIMIT $6 OFFSET $7) w ${OF_INVOICE} ORDER BY ${order}`,
);
const COUNT = statement('write-offs-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('write-offs-get', `SELECT ${WRITE_OFF_COLUMNS} FROM write_offs w ${OF_INVOICE} WHERE w.id = $1`);

export interface WriteOffFilter {
  readonly customerId?: number | undefined;
  readonly accountId?: number | undefined;
  readonly invoiceId?: number | undefined;
  readonly reason?: WriteOffReason | undefined;
}

/** Reads of write-offs, inside the walls of the reader. */
@Injectable()
export class WriteOffQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first when nothing else is asked for. */
  list(actor: Actor, filter: WriteOffFilter, page: SortedSlice<typeof WRITE_OFF_SORTING>) {
    const { customerId = null, accountId = null, invoiceId = null, reason = null } = filter;
    const values = [actor.reach === 'all' ? null : actor.partnerId, customerId, accountId, invoiceId, reason];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<WriteOffView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
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
