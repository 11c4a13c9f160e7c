import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import type { ChargeStatus } from './charge.states.js';
import { CHARGE_COLUMNS, type ChargeView } from './charge.view.js';

const MATCH = `FROM charges c WHERE ($1::integer IS NULL OR c.partner_id = $1) AND ($2::integer IS NULL OR c.customer_id = $2)
  AND ($3::integer IS NULL OR c.account_id = $3) AND ($4::text IS NULL OR c.status = $4)`;
export const CHARGE_SORTING = sorting({
  id: 'c.id',
  partner: 'c.partner_id',
  otherwise: ['c.id DESC'],
  fields: {
    created_at: 'c.id',
    amount: { by: ['c.amount'], within: ['customer_id', 'account_id'] },
  },
});
const LISTS = sortedStatements(
  'charges-list',
  CHARGE_SORTING,
  (order) => `SELECT ${CHARGE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $5 OFFSET $6`,
);
const COUNT = statement('charges-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('charges-get', `SELECT ${CHARGE_COLUMNS} FROM charges c WHERE c.id = $1`);

export interface ChargeFilter {
  readonly customerId?: number | undefined;
  readonly accountId?: number | undefined;
  readonly status?: ChargeStatus | undefined;
}

/** Reads of charges, inside the walls of the reader. */
@Injectable()
export class ChargeQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(actor: Actor, filter: ChargeFilter, page: SortedSlice<typeof CHARGE_SORTING>) {
    const { customerId = null, accountId = null, status = null } = filter;
    const values = [actor.reach === 'all' ? null : actor.partnerId, customerId, accountId, status];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ChargeView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.charge.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<ChargeView> {
    const charge = await this.uow.read(actor, (tx) => tx.one<ChargeView>(GET, [id]));
    if (!charge) throw billingErrors('billing.charge.not_found');
    return charge;
  }
}
