import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { RevenueFilter } from './document-lines.js';
import { firstOf } from './months.js';

// In months where the account is. $1 partner, $2 and $3 first days of the first month and of the last. Nowhere is it a day
// later or earlier than 14 hours: that much is read of the index.
const monthOf = (at: string): string => `date_trunc('month', ${at} AT TIME ZONE a.time_zone)::date`;
const within = (row: string): string => `($1::integer IS NULL OR ${row}.partner_id = $1)
    AND ${row}.created_at >= $2::date - interval '1 day' AND ${row}.created_at < $3::date + interval '1 month 1 day'`;
const BAD_DEBT = statement(
  'reporting-bad-debt',
  `WITH moved AS (
     SELECT ${monthOf('w.created_at')} AS month, w.currency, w.reason, w.amount AS written_off, 0 AS recovered, 0 AS reversed, w.reclaimed_tax_amount AS tax
       FROM write_offs w JOIN billing_accounts a ON a.id = w.account_id WHERE ${within('w')}
     UNION ALL
     SELECT ${monthOf('r.created_at')}, w.currency, w.reason, 0, CASE WHEN r.reason IS NULL THEN -r.amount ELSE 0 END,
            CASE WHEN r.reason IS NULL THEN 0 ELSE -r.amount END, -r.tax_amount
       FROM write_off_reversals r JOIN write_offs w ON w.partner_id = r.partner_id AND w.id = r.write_off_id
       JOIN billing_accounts a ON a.id = r.account_id WHERE ${within('r')})
   SELECT to_char(month, 'YYYY-MM') AS month, currency, reason, sum(written_off)::text AS "writtenOff", sum(recovered)::text AS recovered,
          sum(reversed)::text AS reversed, sum(tax)::text AS "reclaimedTax", sum(written_off + recovered + reversed - tax)::text AS loss
     FROM moved WHERE month >= $2 AND month <= $3 GROUP BY moved.month, currency, reason ORDER BY moved.month, currency, reason`,
);

/** What was given up in one month, and what came back of that. Decimal text; loss = written off + recovered + reversed − reclaimed tax. */
export interface BadDebtRow {
  readonly month: string;
  readonly currency: string;
  readonly reason: string;
  readonly writtenOff: string;
  /** By payments and credit notes that came after all; not positive. */
  readonly recovered: string;
  /** By people; not positive. */
  readonly reversed: string;
  /** What of it is tax that is claimed back, less what was given back of that. */
  readonly reclaimedTax: string;
  readonly loss: string;
}

/** Write-offs and recoveries by the month in which they happened, inside the walls of the reader. */
@Injectable()
export class BadDebtReport {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, { from, to, partnerId }: RevenueFilter): Promise<BadDebtRow[]> {
    const partner = actor.reach === 'all' ? (partnerId ?? null) : actor.partnerId;
    return this.uow.report(actor, (tx) => tx.query<BadDebtRow>(BAD_DEBT, [partner, firstOf(from), firstOf(to)]));
  }
}
