import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { CURRENCY_DECIMALS } from './currency-decimals.js';
import { IN_TIME, LINES, type RevenueFilter, valuesOf } from './document-lines.js';

const SUMS = `coalesce(sum(d.amount) FILTER (WHERE d.document = 'invoice'), 0)::text AS invoiced,
          coalesce(sum(d.amount) FILTER (WHERE d.document = 'credit_note'), 0)::text AS credited, sum(d.amount)::text AS net, sum(d.tax_amount)::text AS tax`;
// A day's sums first: there are few days, and a month of each is looked for after that.
const BY_DAY = `d.issued_on, d.currency, d.document`;
const MONTH = `to_char(d.issued_on, 'YYYY-MM')`;
export const REVENUE_BY_PARTNER = statement(
  'reporting-revenue-by-partner',
  `WITH d AS (
     SELECT i.issued_on, i.currency, i.document, i.partner_id, sum(i.subtotal_amount) AS amount, sum(i.tax_amount) AS tax_amount
       FROM invoices i WHERE ${IN_TIME} GROUP BY i.issued_on, i.currency, i.document, i.partner_id)
   SELECT ${MONTH} AS month, d.currency, NULL::integer AS "planId", NULL AS "planName", p.id AS "partnerId", p.name AS "partnerName", ${SUMS}
     FROM d JOIN partners p ON p.id = d.partner_id GROUP BY 1, d.currency, p.id ORDER BY 1, d.currency, p.id`,
);
// The plan of a line is the one that its service was on when the line's days began; the first holds from the beginning.
export const REVENUE_BY_PLAN = statement(
  'reporting-revenue-by-plan',
  `WITH held AS (
     SELECT t.service_id, t.plan_id, CASE WHEN lag(t.id) OVER terms IS NOT NULL THEN t.valid_from ELSE '-infinity' END AS since,
            coalesce(lead(t.valid_from) OVER terms, 'infinity') AS until
       FROM (SELECT DISTINCT ON (service_id, valid_from) * FROM service_terms ORDER BY service_id, valid_from, id DESC) t
     WINDOW terms AS (PARTITION BY t.service_id ORDER BY t.valid_from)),
   lines AS (
     SELECT i.issued_on, i.currency, i.document, l.service_id, l.amount, l.tax_amount,
            (coalesce(l.from_on, i.issued_on) + 1)::timestamp AT TIME ZONE a.time_zone AS day_ends
       FROM ${LINES} JOIN billing_accounts a ON a.id = i.account_id WHERE ${IN_TIME}),
   d AS (
     SELECT ${BY_DAY}, h.plan_id, sum(d.amount) AS amount, sum(d.tax_amount) AS tax_amount
       FROM lines d LEFT JOIN held h ON h.service_id = d.service_id AND h.since < d.day_ends AND h.until >= d.day_ends GROUP BY ${BY_DAY}, h.plan_id)
   SELECT ${MONTH} AS month, d.currency, p.id AS "planId", p.name AS "planName", NULL::integer AS "partnerId", NULL AS "partnerName", ${SUMS}
     FROM d LEFT JOIN plans p ON p.id = d.plan_id GROUP BY 1, d.currency, p.id ORDER BY 1, d.currency, p.id NULLS LAST`,
);
// By the day: of a line that is for days from one until before another, each day's share; of any other, all of it on the
// day of issue. Nothing before the issue. Sums up to a day are rounded, and a month is the difference of two of them, so
// that the parts always come to the line. Lines of the same days and amount are as one, times their number; months before and
// after a line have nothing of it.
export const DEFERRED = statement(
  'reporting-deferred',
  `WITH lines AS MATERIALIZED (
     SELECT i.currency, i.issued_on, l.from_on, l.until_on, l.amount, count(*) AS times, coalesce(($4::jsonb ->> i.currency)::integer, 2) AS decimals
       FROM ${LINES}
      WHERE i.status NOT IN ('draft', 'void') AND i.issued_on < $3::date + interval '1 month' AND ($1::integer IS NULL OR i.partner_id = $1)
        AND (i.issued_on >= $2 OR l.until_on > $2) GROUP BY 1, 2, 3, 4, 5),
   months AS (SELECT m::date AS first, (m + interval '1 month')::date AS next FROM generate_series($2::date, $3::date, interval '1 month') m),
   parts AS (
     SELECT m.first, l.currency, l.times, CASE WHEN l.issued_on < m.first THEN l.amount ELSE 0 END AS before,
            CASE WHEN l.issued_on < m.next THEN l.amount ELSE 0 END AS upto,
            CASE WHEN l.issued_on >= m.first THEN 0 WHEN l.until_on > greatest(l.from_on, m.first)
                 THEN round(l.amount * greatest(m.first - l.from_on, 0) / (l.until_on - l.from_on), l.decimals)
                 ELSE l.amount END AS recognised_before,
            CASE WHEN l.issued_on >= m.next THEN 0 WHEN l.until_on > greatest(l.from_on, m.next)
                 THEN round(l.amount * greatest(m.next - l.from_on, 0) / (l.until_on - l.from_on), l.decimals)
                 ELSE l.amount END AS recognised_upto
       FROM months m JOIN lines l ON l.issued_on < m.next AND greatest(l.issued_on, l.until_on) >= m.first
     UNION ALL SELECT m.first, c.currency, 0, 0, 0, 0, 0 FROM months m CROSS JOIN (SELECT DISTINCT currency FROM lines) c)
   SELECT to_char(first, 'YYYY-MM') AS month, currency, sum(times * (before - recognised_before))::text AS opening,
          sum(times * (upto - before))::text AS invoiced, sum(times * (recognised_upto - recognised_before))::text AS recognised,
          sum(times * (upto - recognised_upto))::text AS closing
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
    const query = by === 'plan' ? REVENUE_BY_PLAN : REVENUE_BY_PARTNER;
    return this.uow.report(actor, (tx) => tx.query<RevenueRow>(query, valuesOf(actor, filter)));
  }

  deferred(actor: Actor, filter: RevenueFilter): Promise<DeferredRow[]> {
    return this.uow.report(actor, (tx) =>
      tx.query<DeferredRow>(DEFERRED, [...valuesOf(actor, filter), CURRENCY_DECIMALS]),
    );
  }
}
