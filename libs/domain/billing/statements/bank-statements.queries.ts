import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import {
  type BankEntryView,
  type BankStatementView,
  ENTRY_COLUMNS,
  type EntryStatus,
  STATEMENT_COLUMNS,
  STATEMENT_COUNTS,
} from './bank-statement.view.js';

const OWN = '($1::integer IS NULL OR s.partner_id = $1)';
export const BANK_STATEMENT_SORTING = sorting({
  id: 's.id',
  otherwise: ['s.id DESC'],
  fields: {
    created_at: 's.created_at',
    finished_at: { by: ['s.finished_at'], nullable: true },
  },
});
const LISTS = sortedStatements(
  'bank-statements-list',
  BANK_STATEMENT_SORTING,
  (order) =>
    `SELECT ${STATEMENT_COLUMNS} FROM bank_statements s ${STATEMENT_COUNTS} WHERE ${OWN} ORDER BY ${order} LIMIT $2 OFFSET $3`,
);
const COUNT = statement(
  'bank-statements-count',
  `SELECT count(*)::integer AS total FROM bank_statements s WHERE ${OWN}`,
);
const GET = statement(
  'bank-statements-get',
  `SELECT ${STATEMENT_COLUMNS} FROM bank_statements s ${STATEMENT_COUNTS} WHERE s.id = $1`,
);
const MATCH = `FROM bank_entries e WHERE ($1::integer IS NULL OR e.partner_id = $1) AND ($2::integer IS NULL OR e.statement_id = $2)
  AND ($3::text IS NULL OR e.status = $3)`;
export const BANK_ENTRY_SORTING = sorting({
  id: 'e.id',
  partner: 'e.partner_id',
  otherwise: ['e.id DESC'],
  fields: {
    booked_on: 'e.booked_on',
    amount: { by: ['e.amount'], within: ['statement_id'] },
    payer_name: { by: ['lower(e.payer_name)'], nullable: true, within: ['statement_id'] },
  },
});
const ENTRIESS = sortedStatements(
  'bank-entries-list',
  BANK_ENTRY_SORTING,
  (order) => `SELECT ${ENTRY_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT_ENTRIES = statement('bank-entries-count', `SELECT count(*)::integer AS total ${MATCH}`);
const ENTRY = statement('bank-entries-get', `SELECT ${ENTRY_COLUMNS} FROM bank_entries e WHERE e.id = $1`);

/** Reads of bank statements and their entries, inside the walls of the reader. */
@Injectable()
export class BankStatements {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(actor: Actor, { limit, offset, sort }: SortedSlice<typeof BANK_STATEMENT_SORTING>) {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<BankStatementView>(LISTS.of(sort), [partnerId, limit, offset]),
        tx.one<{ total: number }>(COUNT, [partnerId]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.statement.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<BankStatementView> {
    const found = await this.uow.read(actor, (tx) => tx.one<BankStatementView>(GET, [id]));
    if (!found) throw billingErrors('billing.statement.not_found');
    return found;
  }

  /** One page of entries, newest first; `unmatched` is the list of what nobody knows yet. */
  entries(
    actor: Actor,
    filter: { readonly statementId?: number | undefined; readonly status?: EntryStatus | undefined },
    { limit, offset, sort }: SortedSlice<typeof BANK_ENTRY_SORTING>,
  ) {
    const values = [actor.reach === 'all' ? null : actor.partnerId, filter.statementId ?? null, filter.status ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<BankEntryView>(ENTRIESS.of(sort, values[0] !== null), [...values, limit, offset]),
        tx.one<{ total: number }>(COUNT_ENTRIES, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.entry.not_found`, also for one behind another wall */
  async entry(actor: Actor, id: number): Promise<BankEntryView> {
    const found = await this.uow.read(actor, (tx) => tx.one<BankEntryView>(ENTRY, [id]));
    if (!found) throw billingErrors('billing.entry.not_found');
    return found;
  }
}
