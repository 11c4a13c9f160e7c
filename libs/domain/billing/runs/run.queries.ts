import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import {
  type FindingKind,
  type PlanTotal,
  type RunFinding,
  type RunStatus,
  type RunView,
  addTotals,
} from './run.view.js';

const COLUMNS = `r.id, r.origin, r.dry_run AS "dryRun", r.until_on::text AS "untilOn", r.status, r.created_by AS "createdBy",
  r.created_at AS "createdAt", r.finished_at AS "finishedAt", b.*`;
const COUNTS = `LATERAL (SELECT coalesce(sum(accounts), 0)::integer AS accounts, coalesce(sum(accounts_done), 0)::integer AS "accountsDone",
    coalesce(sum(invoices), 0)::integer AS invoices, coalesce(sum(credit_notes), 0)::integer AS "creditNotes",
    coalesce(sum(drafts), 0)::integer AS drafts, coalesce(sum(nothing_due), 0)::integer AS "nothingDue",
    coalesce(sum(carried_forward), 0)::integer AS "carriedForward", coalesce(sum(parked), 0)::integer AS parked,
    coalesce(sum(failed), 0)::integer AS failed, coalesce(json_agg(totals), '[]') AS totals
   FROM billing_run_batches WHERE run_id = r.id) b`;
const MATCH = `($1::text IS NULL OR r.status = $1) AND ($2::boolean IS NULL OR r.dry_run = $2)`;
export const BILLING_RUN_SORTING = sorting({
  id: 'r.id',
  otherwise: ['r.id DESC'],
  fields: {
    created_at: 'r.created_at',
    finished_at: { by: ['r.finished_at'], nullable: true },
    until: { by: ['r.until_on'], nullable: true },
  },
});
const LISTS = sortedStatements(
  'billing-runs-list',
  BILLING_RUN_SORTING,
  (order) =>
    `SELECT ${COLUMNS} FROM (SELECT * FROM billing_runs r WHERE ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4) r CROSS JOIN ${COUNTS} ORDER BY ${order}`,
);
const LIST_COUNT = statement(
  'billing-runs-list-count',
  `SELECT count(*)::integer AS total FROM billing_runs r WHERE ${MATCH}`,
);
const GET = statement('billing-runs-get', `SELECT ${COLUMNS} FROM billing_runs r CROSS JOIN ${COUNTS} WHERE r.id = $1`);
const FINDINGS = statement(
  'billing-runs-findings',
  `SELECT id, account_id AS "accountId", customer_id AS "customerId", kind, currency, amount::text AS amount,
          before_amount::text AS "beforeAmount", detail FROM billing_run_findings
    WHERE run_id = $1 AND ($2::text IS NULL OR kind = $2) ORDER BY id LIMIT $3 OFFSET $4`,
);
const FINDINGS_COUNT = statement(
  'billing-runs-findings-count',
  'SELECT count(*)::integer AS total FROM billing_run_findings WHERE run_id = $1 AND ($2::text IS NULL OR kind = $2)',
);

type Row = Omit<RunView, 'totals'> & { readonly totals: readonly (readonly PlanTotal[])[] };
interface Slice {
  readonly limit: number;
  readonly offset: number;
}

const viewOf = (row: Row): RunView => ({ ...row, totals: addTotals([], row.totals.flat()) });

/** Reads of billing runs, the operator's. */
@Injectable()
export class RunQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(
    actor: Actor,
    { status, dryRun }: { readonly status?: RunStatus | undefined; readonly dryRun?: boolean | undefined },
    { limit, offset, sort }: SortedSlice<typeof BILLING_RUN_SORTING>,
  ) {
    const values = [status ?? null, dryRun ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<Row>(LISTS.of(sort), [...values, limit, offset]),
        tx.one<{ total: number }>(LIST_COUNT, values),
      ]);
      return { rows: rows.map(viewOf), total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.run.not_found` */
  async get(actor: Actor, id: number): Promise<RunView> {
    const row = await this.uow.run(actor, (tx) => tx.one<Row>(GET, [id]));
    if (!row) throw billingErrors('billing.run.not_found');
    return viewOf(row);
  }

  /** What a person should look at, in the order of the accounts. @throws `billing.run.not_found` */
  async findings(actor: Actor, id: number, kind: FindingKind | undefined, { limit, offset }: Slice) {
    return this.uow.run(actor, async (tx) => {
      await this.get(actor, id);
      const [rows, count] = await Promise.all([
        tx.query<RunFinding>(FINDINGS, [id, kind ?? null, limit, offset]),
        tx.one<{ total: number }>(FINDINGS_COUNT, [id, kind ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }
}
