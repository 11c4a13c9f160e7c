import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountQueries } from '../accounts/account.queries.js';

// What the customer owes, less what it has paid ahead: the balance of the account as its holder sees it. Allocations
// move between the two and change nothing of it.
const STATEMENT_ROWS = `SELECT t.id, t.at, t.event, t.currency, t.invoice_id, t.payment_id,
    sum(CASE WHEN t.debit IN ('receivable', 'credit') THEN t.amount ELSE -t.amount END) AS amount
  FROM (SELECT min(id) OVER (PARTITION BY event, invoice_id, payment_id) AS id, at, event, debit, amount, currency, invoice_id, payment_id
          FROM ledger_transfers WHERE account_id = $1 AND event <> 'allocation') t
 GROUP BY t.id, t.at, t.event, t.currency, t.invoice_id, t.payment_id`;
const LIST = statement(
  'ledger-statement',
  `SELECT r.at, r.event, r.amount::text AS amount, (sum(r.amount) OVER (ORDER BY r.id))::text AS balance,
          r.invoice_id AS "invoiceId", i.number AS "invoiceNumber", r.payment_id AS "paymentId", p.reference
     FROM (${STATEMENT_ROWS}) r LEFT JOIN invoices i ON i.id = r.invoice_id LEFT JOIN payments p ON p.id = r.payment_id
    ORDER BY r.id DESC LIMIT $2 OFFSET $3`,
);
const COUNT = statement('ledger-statement-count', `SELECT count(*)::integer AS total FROM (${STATEMENT_ROWS}) r`);
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

  /** The events of an account, newest first. @throws `billing.account.not_found` */
  statement(actor: Actor, accountId: number, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.run(actor, async (tx) => {
      const account = await this.accounts.get(actor, accountId);
      const [rows, count] = await Promise.all([
        tx.query<StatementRow>(LIST, [accountId, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [accountId]),
      ]);
      return { account, rows, total: count?.total ?? 0 };
    });
  }
}
