import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';

// Every transfer is read once, and stands on both sides.
const balanceOf = (moved: string): string => `
  WITH moved AS (${moved}),
  sides AS (
    SELECT currency, debit AS ledger_account, amount AS debit, 0 AS credit FROM moved
     UNION ALL SELECT currency, credit, 0, amount FROM moved)
  SELECT currency, ledger_account AS "ledgerAccount", sum(debit)::text AS debit, sum(credit)::text AS credit, sum(debit - credit)::text AS balance
    FROM sides GROUP BY GROUPING SETS ((currency, ledger_account), (currency)) ORDER BY currency, ledger_account NULLS LAST`;
const sums = (transfers: string): string =>
  `SELECT t.currency, t.debit, t.credit, sum(t.amount) AS amount FROM ${transfers} AND ($1::integer IS NULL OR t.partner_id = $1) GROUP BY 1, 2, 3`;
// The day ends nowhere before 14 hours ahead of UTC, and everywhere 12 behind it: what is between is asked of its account.
const FIRST_END = `($2::date + 1)::timestamp AT TIME ZONE 'UTC' - interval '14 hours'`;
const LAST_END = `($2::date + 1)::timestamp AT TIME ZONE 'UTC' + interval '12 hours'`;
export const TRIAL_BALANCE = {
  now: statement('reporting-trial-balance', balanceOf(sums('ledger_transfers t WHERE true'))),
  atTheEndOf: statement(
    'reporting-trial-balance-then',
    balanceOf(`${sums(`ledger_transfers t WHERE t.at < ${FIRST_END}`)}
      UNION ALL ${sums(`ledger_transfers t JOIN billing_accounts a ON a.partner_id = t.partner_id AND a.id = t.account_id
        WHERE t.at >= ${FIRST_END} AND t.at < ${LAST_END} AND t.at < ($2::date + 1)::timestamp AT TIME ZONE a.time_zone`)}`),
  ),
};

export interface TrialBalanceFilter {
  readonly partnerId?: number | undefined;
  /** `YYYY-MM-DD`, to the end of that day where each account is; now when absent. */
  readonly asOf?: string | undefined;
}

/** A ledger account in a currency; without an account the sums of all. Decimal text; balance = debit − credit. */
export interface TrialBalanceRow {
  readonly currency: string;
  readonly ledgerAccount: string | null;
  readonly debit: string;
  readonly credit: string;
  readonly balance: string;
}

/** What the ledger's accounts were debited and credited with in all, inside the walls of the reader. */
@Injectable()
export class TrialBalanceReport {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, { partnerId, asOf }: TrialBalanceFilter): Promise<TrialBalanceRow[]> {
    const partner = actor.reach === 'all' ? (partnerId ?? null) : actor.partnerId;
    return this.uow.report(actor, (tx) =>
      asOf === undefined ? tx.query(TRIAL_BALANCE.now, [partner]) : tx.query(TRIAL_BALANCE.atTheEndOf, [partner, asOf]),
    );
  }
}
