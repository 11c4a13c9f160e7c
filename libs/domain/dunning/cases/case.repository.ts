import { Injectable } from '@nestjs/common';
import type { LeftOut } from '@isp/domain/billing';
import { UnitOfWork, statement } from '@isp/platform/database';
import { CASE_COLUMNS, type CaseView, type ClosedFor } from './case.view.js';

const OPEN = statement(
  'dunning-cases-open-of',
  `SELECT ${CASE_COLUMNS} FROM dunning_cases c WHERE c.account_id = $1 AND c.closed_at IS NULL`,
);
const INSERT = statement(
  'dunning-cases-insert',
  `INSERT INTO dunning_cases AS c (partner_id, customer_id, account_id, currency, policy_id, policy_version, overdue_amount, overdue_since, opened_at)
   SELECT a.partner_id, a.customer_id, a.id, a.currency, $2, $3, $4, $5, $6 FROM billing_accounts a WHERE a.id = $1 RETURNING ${CASE_COLUMNS}`,
);
const SAVE = statement(
  'dunning-cases-save',
  `UPDATE dunning_cases c SET level = $2, round = $3, overdue_amount = $4, overdue_since = $5, next_action = $6, next_at = $7, waits_for = $8,
          version = version + 1 WHERE id = $1 RETURNING ${CASE_COLUMNS}`,
);
const CLOSE = statement(
  'dunning-cases-close',
  `UPDATE dunning_cases c SET level = 'none', overdue_amount = $4, next_action = NULL, next_at = NULL, waits_for = NULL, closed_at = $2,
          closed_for = $3, version = version + 1 WHERE id = $1 RETURNING ${CASE_COLUMNS}`,
);
const NOTE = statement(
  'dunning-actions-note',
  `INSERT INTO dunning_actions (partner_id, customer_id, account_id, case_id, at, action, outcome, key, overdue_amount, overdue_since,
          days_overdue, reason, until, details)
   SELECT c.partner_id, c.customer_id, c.account_id, c.id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM dunning_cases c WHERE c.id = $1
   ON CONFLICT DO NOTHING`,
);
const DONE = statement(
  'dunning-actions-done',
  `SELECT x.key, (x.at AT TIME ZONE $2)::date::text AS on FROM dunning_actions x
    WHERE x.outcome = 'done' AND ((x.case_id = $1 AND x.action IN ('reminder', 'late_fee', 'throttle', 'suspend'))
       OR (x.action = 'late_fee' AND x.account_id = (SELECT c.account_id FROM dunning_cases c WHERE c.id = $1))) ORDER BY x.id`,
);
const DISPUTED = statement(
  'invoice-disputes-open-of',
  `SELECT d.invoice_id AS id, d.opened_at AS since FROM invoice_disputes d WHERE d.account_id = $1 AND d.closed_at IS NULL ORDER BY 1`,
);
const OLDEST = statement(
  'dunning-oldest-invoice',
  `SELECT i.id, i.number, i.due_on::text AS "dueOn" FROM invoices i
    WHERE i.account_id = $1 AND i.status IN ('pending', 'partially_paid', 'overdue') AND i.due_on >= $2 AND i.id <> ALL ($3::integer[])
    ORDER BY i.due_on, i.id LIMIT 1`,
);

export interface NewAction {
  readonly at: Date;
  readonly action: string;
  readonly outcome: 'done' | 'held';
  readonly key: string;
  readonly overdueAmount: string;
  readonly overdueSince: string | null;
  readonly daysOverdue: number;
  readonly reason?: string | undefined;
  readonly until?: Date | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Rows of cases. The account is locked by whoever writes. */
@Injectable()
export class CaseRepository {
  constructor(private readonly uow: UnitOfWork) {}

  openOf(accountId: number): Promise<CaseView | undefined> {
    return this.uow.tx.one<CaseView>(OPEN, [accountId]);
  }

  async insert(
    accountId: number,
    policy: { readonly id: number; readonly version: number },
    overdue: { readonly amount: string; readonly since: string },
    at: Date,
  ): Promise<CaseView> {
    const values = [accountId, policy.id, policy.version, overdue.amount, overdue.since, at];
    return (await this.uow.tx.one<CaseView>(INSERT, values)) as CaseView;
  }

  async save(it: CaseView): Promise<CaseView> {
    const { id, level, round, overdueAmount, overdueSince, nextAction, nextAt, waitsFor } = it;
    const values = [id, level, round, overdueAmount, overdueSince, nextAction, nextAt, waitsFor];
    return (await this.uow.tx.one<CaseView>(SAVE, values)) as CaseView;
  }

  async close(id: number, at: Date, closedFor: ClosedFor, overdueAmount: string): Promise<CaseView> {
    return (await this.uow.tx.one<CaseView>(CLOSE, [id, at, closedFor, overdueAmount])) as CaseView;
  }

  /** Answers false where it is noted already. */
  async note(caseId: number, made: NewAction): Promise<boolean> {
    const written = await this.uow.tx.execute(NOTE, [
      caseId,
      made.at,
      made.action,
      made.outcome,
      made.key,
      made.overdueAmount,
      made.overdueSince,
      made.daysOverdue,
      made.reason ?? null,
      made.until ?? null,
      JSON.stringify(made.details ?? {}),
    ]);
    return written > 0;
  }

  /**
   * The steps that were taken, with their days where the account is; late fees of former cases too, since a debt that is
   * owed once more (a dispute that was rejected, a payment that was reversed) is not charged for again.
   */
  done(caseId: number, timeZone: string): Promise<{ readonly key: string; readonly on: string }[]> {
    return this.uow.tx.query(DONE, [caseId, timeZone]);
  }

  /** Invoices of an account that are disputed. */
  disputed(accountId: number): Promise<LeftOut[]> {
    return this.uow.tx.query<LeftOut>(DISPUTED, [accountId]);
  }

  /** The oldest open invoice that counts. */
  oldestInvoice(accountId: number, since: string, disputed: readonly number[]) {
    return this.uow.tx.one<{ id: number; number: string; dueOn: string }>(OLDEST, [accountId, since, disputed]);
  }
}
