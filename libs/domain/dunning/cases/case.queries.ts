import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type SortedSlice, UnitOfWork, sortedStatements, sorting, statement } from '@isp/platform/database';
import { dunningErrors } from '../dunning.errors.js';
import { ACTION_COLUMNS, type ActionView, CASE_COLUMNS, type CaseView } from './case.view.js';

const MATCH = `FROM dunning_cases c WHERE ($1::integer IS NULL OR c.partner_id = $1) AND ($2::integer IS NULL OR c.customer_id = $2)
  AND ($3::integer IS NULL OR c.account_id = $3) AND ($4::boolean IS NULL OR $4 = (c.closed_at IS NULL))
  AND ($5::text IS NULL OR c.level = $5) AND ($6::integer IS NULL OR c.policy_id = $6) AND ($7::timestamptz IS NULL OR c.next_at < $7)`;
export const CASE_SORTING = sorting({
  id: 'c.id',
  partner: 'c.partner_id',
  otherwise: ['c.id DESC'],
  fields: {
    opened_at: 'c.id',
    next_at: { by: ['c.next_at'], nullable: true },
    overdue_amount: { by: ['c.overdue_amount', 'c.id DESC'] },
    overdue_since: 'c.overdue_since',
    closed_at: { by: ['c.closed_at'], nullable: true },
  },
  words: { newest: '-opened_at', next: 'next_at', largest: '-overdue_amount', oldest_debt: 'overdue_since' },
});
const LISTS = sortedStatements(
  'dunning-cases-list',
  CASE_SORTING,
  (order) => `SELECT ${CASE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $8 OFFSET $9`,
);
const COUNT = statement('dunning-cases-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('dunning-cases-get', `SELECT ${CASE_COLUMNS} FROM dunning_cases c WHERE c.id = $1`);
const HISTORY = statement(
  'dunning-actions-of',
  `SELECT ${ACTION_COLUMNS} FROM dunning_actions x WHERE x.case_id = $1 ORDER BY x.id`,
);

export interface CaseFilter {
  readonly customerId?: number | undefined;
  readonly accountId?: number | undefined;
  readonly open?: boolean | undefined;
  readonly level?: CaseView['level'] | undefined;
  readonly policyId?: number | undefined;
  /** Something is to be done before this instant. */
  readonly dueBefore?: Date | undefined;
}

export type CaseWithHistory = CaseView & { readonly history: readonly ActionView[] };

/** Reads of cases, inside the walls of the reader. */
@Injectable()
export class CaseQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: CaseFilter, page: SortedSlice<typeof CASE_SORTING>) {
    const values = [
      actor.reach === 'all' ? null : actor.partnerId,
      filter.customerId ?? null,
      filter.accountId ?? null,
      filter.open ?? null,
      filter.level ?? null,
      filter.policyId ?? null,
      filter.dueBefore ?? null,
    ];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<CaseView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** With all that was done, and was not and why. @throws `dunning.case.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<CaseWithHistory> {
    return this.uow.read(actor, async (tx) => {
      const [found, history] = await Promise.all([tx.one<CaseView>(GET, [id]), tx.query<ActionView>(HISTORY, [id])]);
      if (!found) throw dunningErrors('dunning.case.not_found');
      return { ...found, history };
    });
  }
}
