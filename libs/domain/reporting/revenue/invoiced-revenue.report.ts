import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { CURRENCY_DECIMALS } from './currency-decimals.js';
import { IN_TIME, LINES, type RevenueFilter, valuesOf } from './document-lines.js';

// The plan of a line is the one that its service was on when the line's days began; the first holds from the beginning.
export const REVENUE = statement(
  'reporting-revenue',
  `WITH lines AS (
     SELECT date_trunc('month', i.issued_on)::date AS month, i.currency, i.partner_id, i.document, l.service_id, l.amount, l.tax_amount,
            coalesce(l.from_on, i.issued_on) AS day, i.account_id
       FROM ${LINES} WHERE ${IN_TIME}),
   planned AS (
     SELECT x.*, CASE WHEN $4 = 'plan' THEN coalesce((
              SELECT t.plan_id FROM service_terms t JOIN billing_accounts a ON a.id = x.account_id
              CROSS JOIN LATERAL (SELECT t.valid_from < (x.day + 1)::timestamp AT TIME ZONE a.time_zone AS held) h
               WHERE t.partner_id = x.partner_id AND t.service_id = x.service_id
               ORDER BY held DESC, CASE WHEN held THEN t.valid_from END DESC, t.valid_from, t.id DESC LIMIT 1), s.plan_id) END AS plan_id
       FROM lines x LEFT JOIN services s ON s.id = x.service_id)
   SELECT to_char(p.month, 'YYYY-MM') AS month, p.currency, p.plan_id AS "planId", max(n.name) AS "planName",
          CASE WHEN $4 = 'partner' THEN p.partner_id END AS "partnerId", max(q.name) AS "partnerName",
          coalesce(sum(p.amount) FILTER (WHERE p.document = 'invoice'), 0)::text AS invoiced,
          coalesce(sum(p.amount) FILTER (WHERE p.document = 'credit_note'), 0)::text AS credited,
          sum(p.amount)::text AS net, sum(p.tax_amount)::text AS tax
     FROM planned p LEFT JOIN plans n ON n.id = p.plan_id LEFT JOIN partners q ON q.id = p.partner_id AND $4 = 'partner'
    GROUP BY p.month, p.currency, p.plan_id, CASE WHEN $4 = 'partner' THEN p.partner_id END
    ORDER BY p.month, p.currency, 3 NULLS LAST, 5`,
);
// By the day: of a line that is for days from one until before another, each day's share; of any other, all of it on the
// day of issue. Nothing before the issue. Sums up to a day are rounded, and a month is the difference of two of them, so
// that the parts always come to the line.
export const DEFERRED = statement(
  'reporting-deferred',
  `WITH lines AS (
     SELECT i.currency, i.issued_on, l.from_on, l.until_on, l.amount, coalesce(($4::jsonb ->> i.currency)::integer, 2) AS decimals
       FROM invoices i JOIN invoice_lines l ON l.partner_id = i.partner_id AND l.invoice_id = i.id
      WHERE i.status NOT IN ('draft', 'void') AND i.issued_on < $3::date + interval '1 month' AND ($1::integer IS NULL OR i.partner_id = $1)
        AND (i.issued_on >= $2 OR l.until_on > $2)),
   months AS (SELECT m::date AS first, (m + interval '1 month')::date AS next FROM generate_series($2::date, $3::date, interval '1 month') m),
   parts AS (
     SELECT m.first, l.currency, CASE WHEN l.issued_on < m.first THEN l.amount ELSE 0 END AS before,
            CASE WHEN l.issued_on < m.next THEN l.amount ELSE 0 END AS upto,
            CASE WHEN l.issued_on >= m.first THEN 0 WHEN l.until_on > l.from_on
                 THEN round(l.amount * least(greatest(m.first - l.from_on, 0), l.until_on - l.from_on) / (l.until_on - l.from_on), l.decimals)
                 ELSE l.amount END AS recognised_before,
            CASE WHEN l.issued_on >= m.next THEN 0 WHEN l.until_on > l.from_on
                 THEN round(l.amount * least(greatest(m.next - l.from_on, 0), l.until_on - l.from_on) / (l.until_on - l.from_on), l.decimals)
                 ELSE l.amount END AS recognised_upto
       FROM months m CROSS JOIN lines l)
   SELECT to_char(first, 'YYYY-MM') AS month, currency, sum(before - recognised_before)::text AS opening, sum(upto - before)::text AS invoiced,
          sum(recognised_upto - recognised_before)::text AS recognised, sum(upto - recognised_upto)::text AS closing
     FROM parts GROUP BY first, currency ORDER BY first, currency`,
);

/** What was invoiced in one month. Decimal text without tax, but for `tax`. */
export interface RevenueRow {
  readonly month: string;
  readonly currency: string;
  /** Null unless it is by plan; also of what belongs to none. */
  readonly planId: number | null;
  readonly planName: string | null;
  readonly partnerId: number | null;
  readonly partnerName: string | null;
  readonly invoiced: string;
  /** Not positive. */
  readonly credited: string;
  readonly net: string;
  readonly tax: string;
}

/** What was invoiced and is not earned yet. Decimal text; closing = opening + invoiced − recognised. */
export interface DeferredRow {
  readonly month: string;
  readonly currency: string;
  readonly opening: string;
  readonly invoiced: string;
  readonly recognised: string;
  readonly closing: string;
}

/** What the lines of issued documents come to, by month, inside the walls of the reader. */
@Injectable()
export class InvoicedRevenueReport {
  constructor(private readonly uow: UnitOfWork) {}

  revenue(actor: Actor, filter: RevenueFilter, by: 'plan' | 'partner'): Promise<RevenueRow[]> {
    return this.uow.read(actor, (tx) => tx.query<RevenueRow>(REVENUE, [...valuesOf(actor, filter), by]));
  }

  deferred(actor: Actor, filter: RevenueFilter): Promise<DeferredRow[]> {
    return this.uow.read(actor, (tx) =>
      tx.query<DeferredRow>(DEFERRED, [...valuesOf(actor, filter), CURRENCY_DECIMALS]),
    );
  }
}
