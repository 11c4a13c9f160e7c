import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { BILLED_COLUMNS, type BilledAccount } from '../accounts/account.view.js';
import type { FindingKind, PlanTotal, RunCounts } from './run.view.js';

/** Accounts in one transaction. */
export const BATCH = 400;

// Of the run `r`: accounts whose day has come where they are, and that wait for nobody.
const dayOf = (run: string): string =>
  `CASE WHEN ${run}.dry_run THEN coalesce(${run}.until_on, ($2::timestamptz AT TIME ZONE a.time_zone)::date)
        ELSE least(${run}.until_on, ($2::timestamptz AT TIME ZONE a.time_zone)::date) END`;
/** An account's next day, in the words of its index. */
const DUE_ON = 'CASE WHEN a.next_run_on IS NULL THEN a.starts_on ELSE a.next_run_on END';
const dueBy = (untilOn: string): string => `a.kind = 'postpaid' AND ${DUE_ON} <= ${dayOf('r')}
  AND ${DUE_ON} <= greatest(${untilOn}, ($2::timestamptz + interval '14 hours')::date)`;
const DUE = dueBy('r.until_on');
const PARKED = 'EXISTS (SELECT FROM billing_parkings k WHERE k.account_id = a.id AND k.ended_at IS NULL)';

const INSERT = statement(
  'billing-runs-insert',
  `INSERT INTO billing_runs (origin, dry_run, until_on, created_by, created_at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (origin) WHERE origin = 'schedule' AND status = 'running' DO NOTHING RETURNING id`,
);
const ANY_DUE = statement(
  'billing-runs-any-due',
  `SELECT EXISTS (SELECT FROM billing_accounts a CROSS JOIN (SELECT NULL::date AS until_on, $1::boolean AS dry_run) r
                   WHERE ${DUE} AND NOT ${PARKED}) AS due`,
);
// The run's last day is a value of the statement: behind the wall no index is searched for one that comes out of a row.
export const PLAN = statement(
  'billing-runs-plan',
  `INSERT INTO billing_run_batches (run_id, number, from_id, until_id, accounts)
   SELECT $1, n / $3, min(id), max(id), count(*)
     FROM (SELECT a.id, row_number() OVER (ORDER BY a.id) - 1 AS n FROM billing_accounts a JOIN billing_runs r ON r.id = $1
            WHERE ${dueBy('$4::date')} AND NOT ${PARKED}) due GROUP BY 2`,
);
const NOTE_PARKED = statement(
  'billing-runs-note-parked',
  `INSERT INTO billing_run_findings (run_id, partner_id, customer_id, account_id, kind, currency, amount, detail)
   SELECT r.id, a.partner_id, a.customer_id, a.id, 'parked', a.currency, k.total_amount, k.reason
     FROM billing_runs r CROSS JOIN billing_accounts a JOIN billing_parkings k ON k.account_id = a.id AND k.ended_at IS NULL
    WHERE r.id = $1 AND ${DUE} ORDER BY a.id`,
);
const CLAIM = statement(
  'billing-runs-claim',
  `SELECT b.number, b.from_id AS "fromId", b.until_id AS "untilId", b.done_until_id AS "doneUntilId", b.totals,
          r.dry_run AS "dryRun", r.until_on::text AS "untilOn"
     FROM billing_run_batches b JOIN billing_runs r ON r.id = b.run_id
    WHERE b.run_id = $1 AND NOT b.done AND r.status = 'running' ORDER BY b.number LIMIT 1 FOR UPDATE OF b SKIP LOCKED`,
);
// A dry run moves no account on: it goes by the ids that it has done.
const LOCK_DUE = statement(
  'billing-runs-lock-due',
  `SELECT a.id FROM billing_accounts a JOIN billing_runs r ON r.id = $1
    WHERE a.id BETWEEN $3 AND $4 AND a.id > $5 AND ${DUE} AND NOT ${PARKED} ORDER BY a.id LIMIT $6 FOR NO KEY UPDATE OF a`,
);
const READ_DUE = statement('billing-runs-read-due', LOCK_DUE.text.replace(' FOR NO KEY UPDATE OF a', ''));
const ACCOUNTS = statement(
  'billing-runs-accounts',
  `SELECT ${BILLED_COLUMNS} FROM billing_accounts a WHERE a.id = ANY ($1) ORDER BY a.id`,
);
const COUNT = statement(
  'billing-runs-count',
  `UPDATE billing_run_batches SET accounts_done = CASE WHEN $13 THEN accounts ELSE least(accounts, accounts_done + $3) END, invoices = invoices + $4, credit_notes = credit_notes + $5,
          drafts = drafts + $6, nothing_due = nothing_due + $7, carried_forward = carried_forward + $8, parked = parked + $9,
          failed = failed + $10, totals = $11, done_until_id = $12, done = $13 WHERE run_id = $1 AND number = $2`,
);
const ADVANCE = statement(
  'billing-runs-advance',
  `UPDATE billing_accounts a SET next_run_on = n.next_on
     FROM unnest($1::integer[], $2::date[]) AS n (id, next_on) WHERE a.id = n.id`,
);
const PARK = statement(
  'billing-runs-park',
  `INSERT INTO billing_parkings (partner_id, customer_id, account_id, reason, total_amount, at)
   SELECT a.partner_id, a.customer_id, a.id, p.reason, p.amount, $4 FROM unnest($1::integer[], $2::text[], $3::numeric[]) AS p (id, reason, amount)
     JOIN billing_accounts a ON a.id = p.id ON CONFLICT (account_id) WHERE ended_at IS NULL DO NOTHING`,
);
const FIND = statement(
  'billing-runs-find',
  `INSERT INTO billing_run_findings (run_id, partner_id, customer_id, account_id, kind, currency, amount, before_amount, detail)
   SELECT $1, a.partner_id, a.customer_id, a.id, f.kind, a.currency, f.amount, f.before_amount, f.detail
     FROM jsonb_to_recordset($2) AS f (account_id integer, kind text, amount numeric, before_amount numeric, detail text)
     JOIN billing_accounts a ON a.id = f.account_id ORDER BY a.id`,
);
const LAST_TOTALS = statement(
  'billing-runs-last-totals',
  `SELECT DISTINCT ON (account_id) account_id AS "accountId", total_amount::text AS amount FROM invoices
    WHERE account_id = ANY ($1) AND document = 'invoice' AND kind = 'recurring' AND status NOT IN ('draft', 'void')
    ORDER BY account_id, period_from DESC, id DESC`,
);
const FINISH = statement(
  'billing-runs-finish',
  `UPDATE billing_runs r SET status = 'finished', finished_at = $2 WHERE r.id = $1 AND r.status = 'running'
      AND NOT EXISTS (SELECT FROM billing_run_batches b WHERE b.run_id = r.id AND NOT b.done)`,
);
const CANCEL = statement(
  'billing-runs-cancel',
  `UPDATE billing_runs SET status = 'cancelled', finished_at = $2 WHERE id = $1 AND status = 'running'`,
);
const END_REVIEW = statement(
  'billing-runs-end-review',
  `UPDATE invoices SET review_until = $2, version = version + 1, updated_at = $2
    WHERE status = 'draft' AND review_until > $2 AND origin = 'engine' AND created_by = $1`,
);
const UNFINISHED = statement(
  'billing-runs-unfinished',
  `SELECT id, dry_run AS "dryRun" FROM billing_runs WHERE status = 'running' ORDER BY id`,
);

/** Who made the documents of a run. */
export const nameOfRun = (runId: number): string => `billing run ${runId}`;

export interface ClaimedBatch {
  readonly number: number;
  readonly fromId: number;
  readonly untilId: number;
  readonly doneUntilId: number;
  readonly totals: readonly PlanTotal[];
  readonly dryRun: boolean;
  readonly untilOn: string | null;
}

export interface NewFinding {
  readonly accountId: number;
  readonly kind: FindingKind;
  readonly amount: string;
  readonly beforeAmount?: string | undefined;
  readonly detail: string;
}

/** The rows of billing runs. A run is the operator's; it sees the accounts of every partner. */
@Injectable()
export class RunRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Answers undefined when the schedule's run is under way. */
  async insert(run: {
    readonly origin: 'schedule' | 'person';
    readonly dryRun: boolean;
    readonly untilOn: string | null;
    readonly by: string;
    readonly at: Date;
  }): Promise<number | undefined> {
    const row = await this.uow.tx.one<{ id: number }>(INSERT, [run.origin, run.dryRun, run.untilOn, run.by, run.at]);
    if (!row) return undefined;
    await this.uow.tx.execute(PLAN, [row.id, run.at, BATCH, run.untilOn]);
    await this.uow.tx.execute(NOTE_PARKED, [row.id, run.at]);
    return row.id;
  }

  async anyDue(at: Date): Promise<boolean> {
    return (await this.uow.tx.one<{ due: boolean }>(ANY_DUE, [false, at]))?.due ?? false;
  }

  unfinished(): Promise<{ readonly id: number; readonly dryRun: boolean }[]> {
    return this.uow.tx.query(UNFINISHED);
  }

  /** The next part that nobody works on, locked until the transaction ends. */
  claim(runId: number): Promise<ClaimedBatch | undefined> {
    return this.uow.tx.one<ClaimedBatch>(CLAIM, [runId]);
  }

  /** The accounts of a part that are still due, locked unless nothing is to be written. */
  async due(runId: number, { dryRun, fromId, untilId, doneUntilId }: ClaimedBatch, at: Date, most: number) {
    const values = [runId, at, fromId, untilId, dryRun ? doneUntilId : 0, most];
    const rows = await this.uow.tx.query<{ id: number }>(dryRun ? READ_DUE : LOCK_DUE, values);
    return this.uow.tx.query<BilledAccount>(ACCOUNTS, [rows.map(({ id }) => id)]);
  }

  async count(
    runId: number,
    batch: ClaimedBatch,
    counts: RunCounts,
    now: { readonly totals: readonly PlanTotal[]; readonly doneUntilId: number; readonly done: boolean },
  ): Promise<void> {
    const { accountsDone, invoices, creditNotes, drafts, nothingDue, carriedForward, parked, failed } = counts;
    const columns = [accountsDone, invoices, creditNotes, drafts, nothingDue, carriedForward, parked, failed];
    const { totals, doneUntilId, done } = now;
    await this.uow.tx.execute(COUNT, [runId, batch.number, ...columns, JSON.stringify(totals), doneUntilId, done]);
  }

  /** Moves accounts on to their next day. */
  async advance(moves: readonly { readonly id: number; readonly nextOn: string }[]): Promise<void> {
    await this.uow.tx.execute(ADVANCE, [moves.map(({ id }) => id), moves.map(({ nextOn }) => nextOn)]);
  }

  async park(
    parkings: readonly { readonly id: number; readonly reason: string; readonly amount: string }[],
    at: Date,
  ): Promise<void> {
    if (parkings.length === 0) return;
    const columns = [parkings.map(({ id }) => id), parkings.map(({ reason }) => reason)];
    await this.uow.tx.execute(PARK, [...columns, parkings.map(({ amount }) => amount), at]);
  }

  async find(runId: number, findings: readonly NewFinding[]): Promise<void> {
    if (findings.length === 0) return;
    const rows = findings.map(({ accountId, kind, amount, beforeAmount, detail }) => {
      return { account_id: accountId, kind, amount, before_amount: beforeAmount, detail };
    });
    await this.uow.tx.execute(FIND, [runId, JSON.stringify(rows)]);
  }

  /** What accounts were invoiced for the period before. */
  async lastTotals(accountIds: readonly number[]): Promise<Map<number, string>> {
    const rows = await this.uow.tx.query<{ accountId: number; amount: string }>(LAST_TOTALS, [accountIds]);
    return new Map(rows.map(({ accountId, amount }) => [accountId, amount]));
  }

  /** Ends the review of the run's drafts; answers of how many. */
  endReview(runId: number, at: Date): Promise<number> {
    return this.uow.tx.execute(END_REVIEW, [nameOfRun(runId), at]);
  }

  async finish(runId: number, at: Date): Promise<boolean> {
    return (await this.uow.tx.execute(FINISH, [runId, at])) > 0;
  }

  /** Answers whether it was under way. */
  async cancel(runId: number, at: Date): Promise<boolean> {
    return (await this.uow.tx.execute(CANCEL, [runId, at])) > 0;
  }
}
