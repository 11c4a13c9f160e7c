import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { addDays, startOfDay } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountQueries } from '../accounts/account.queries.js';

// What the customer owes, less what it has paid ahead: the balance of the account as its holder sees it. Allocations
// move between the two and change nothing of it.
const STATEMENT_ROWS = `SELECT t.id, t.at, t.event, t.currency, t.invoice_id, t.payment_id,
    sum(CASE WHEN t.debit IN ('receivable', 'credit') THEN t.amount ELSE -t.amount END) AS amount
  FROM (SELECT min(id) OVER (PARTITION BY event, invoice_id, payment_id) AS id, at, event, debit, amount, currency, invoice_id, payment_id
          FROM ledger_transfers WHERE account_id = $1 AND event NOT IN ('allocation', 'refund.paid')) t
 GROUP BY t.id, t.at, t.event, t.currency, t.invoice_id, t.payment_id`;
const LIST = statement(
  'ledger-statement',
  `WITH running AS (SELECT r.*, sum(r.amount) OVER (ORDER BY r.at, r.id) AS balance FROM (${STATEMENT_ROWS}) r)
   SELECT r.at, r.event, r.amount::text AS amount, r.balance::text AS balance, r.invoice_id AS "invoiceId", i.number AS "invoiceNumber",
          r.payment_id AS "paymentId", p.reference
     FROM running r LEFT JOIN invoices i ON i.id = r.invoice_id LEFT JOIN payments p ON p.id = r.payment_id
    WHERE r.at >= $2 AND r.at < $3 ORDER BY r.at DESC, r.id DESC LIMIT $4 OFFSET $5`,
);
const TOTALS = statement(
  'ledger-statement-totals',
  `SELECT count(*) FILTER (WHERE r.at >= $2 AND r.at < $3)::integer AS total, coalesce(sum(r.amount) FILTER (WHERE r.at < $2), 0)::text AS opening,
          coalesce(sum(r.amount) FILTER (WHERE r.at < $3), 0)::text AS closing FROM (${STATEMENT_ROWS}) r`,
);

/** Days where the account is, both included; from its beginning and until now without them. */
export interface StatementRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** One event of an account, with what the customer owed after it (negative: had paid ahead). Decimal text. */
export interface StatementRow {
  readonly at: Date;
  readonly event: string;
  readonly amount: string;
  readonly balance: string;
  readonly invoiceId: number | null;
  readonly invoiceNumber: string | null;
  readonly paymentId: number | null;
  readonly reference: string | null;
}

/** What the ledger says, inside the walls of the reader. */
@Injectable()
export class LedgerQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountQueries,
  ) {}

  /**
   * The events of an account, newest first, with what it owed before the first day and after the last one.
   * @param page all of them without it
   * @throws `billing.account.not_found`
   */
  statement(
    actor: Actor,
    accountId: number,
    { from, to }: StatementRange,
    page?: { readonly limit: number; readonly offset: number },
  ) {
    return this.uow.run(actor, async (tx) => {
      const account = await this.accounts.get(actor, accountId);
      const since = from === undefined ? '-infinity' : startOfDay(from, account.timeZone);
      const until = to === undefined ? 'infinity' : startOfDay(addDays(to, 1), account.timeZone);
      const [rows, totals] = await Promise.all([
        tx.query<StatementRow>(LIST, [accountId, since, until, page?.limit ?? null, page?.offset ?? 0]),
        tx.one<{ total: number; opening: string; closing: string }>(TOTALS, [accountId, since, until]),
      ]);
      return {
        account,
        rows,
        total: totals?.total ?? 0,
        opening: totals?.opening ?? '0',
        closing: totals?.closing ?? '0',
      };
    });
  }
}
