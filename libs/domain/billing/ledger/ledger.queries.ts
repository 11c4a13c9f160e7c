import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
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
  `SELECT r.at, r.event, r.amount::text AS amount, (sum(r.amount) OVER (ORDER BY r.id))::text AS balance,
          r.invoice_id AS "invoiceId", i.number AS "invoiceNumber", r.payment_id AS "paymentId", p.reference
     FROM (${STATEMENT_ROWS}) r LEFT JOIN invoices i ON i.id = r.invoice_id LEFT JOIN payments p ON p.id = r.payment_id
    ORDER BY r.id DESC LIMIT $2 OFFSET $3`,
);
const COUNT = statement('ledger-statement-count', `SELECT count(*)::integer AS total FROM (${STATEMENT_ROWS}) r`);
const AGEING = statement(
  'ledger-ageing',
  `SELECT i.currency, count(DISTINCT i.account_id)::integer AS accounts, count(*)::integer AS invoices,
          sum(i.total_amount - i.settled_amount)::text AS total,
          coalesce(sum(i.total_amount - i.settled_amount) FILTER (WHERE late <= 0), 0)::text AS "notDue",
          coalesce(sum(i.total_amount - i.settled_amount) FILTER (WHERE late BETWEEN 1 AND 30), 0)::text AS "days30",
          coalesce(sum(i.total_amount - i.settled_amount) FILTER (WHERE late BETWEEN 31 AND 60), 0)::text AS "days60",
          coalesce(sum(i.total_amount - i.settled_amount) FILTER (WHERE late BETWEEN 61 AND 90), 0)::text AS "days90",
          coalesce(sum(i.total_amount - i.settled_amount) FILTER (WHERE late > 90), 0)::text AS older
     FROM invoices i JOIN billing_accounts a ON a.id = i.account_id
    CROSS JOIN LATERAL (SELECT ($3::timestamptz AT TIME ZONE a.time_zone)::date - i.due_on AS late) d
    WHERE i.status IN ('pending', 'partially_paid', 'overdue') AND ($1::integer IS NULL OR i.partner_id = $1)
      AND ($2::integer IS NULL OR i.customer_id = $2)
    GROUP BY i.currency ORDER BY i.currency`,
);

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

/** What is open in one currency, by the days since it was due. Decimal text. */
export interface AgeingRow {
  readonly currency: string;
  readonly accounts: number;
  readonly invoices: number;
  readonly total: string;
  readonly notDue: string;
  readonly days30: string;
  readonly days60: string;
  readonly days90: string;
  readonly older: string;
}

/** What the ledger says, inside the walls of the reader. */
@Injectable()
export class LedgerQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountQueries,
    @Inject(CLOCK) private readonly clock: Clock,
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

  ageing(actor: Actor, filter: { readonly customerId?: number | undefined }): Promise<AgeingRow[]> {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [partnerId, filter.customerId ?? null, this.clock.now()];
    return this.uow.read(actor, (tx) => tx.query<AgeingRow>(AGEING, values));
  }
}
