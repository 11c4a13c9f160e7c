import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { CURRENCY_DECIMALS } from './currency-decimals.js';
import { IN_TIME, LINES, type RevenueFilter, valuesOf } from './document-lines.js';

// What is credited or corrected later is of the region that it was taxed in. Of lines `l` of documents `i`, `o` what is corrected.
const CORRECTED = 'LEFT JOIN invoices o ON o.partner_id = i.partner_id AND o.id = i.corrects_id';
const REGION = `(SELECT t.tax_region FROM billing_account_terms t WHERE t.account_id = i.account_id
    ORDER BY t.from_on <= d.taxed_on DESC, CASE WHEN t.from_on <= d.taxed_on THEN t.from_on END DESC, t.from_on LIMIT 1)`;
const TAXED_ON = `LATERAL (SELECT coalesce(l.from_on, o.period_from, o.issued_on, i.period_from, i.issued_on) AS taxed_on) d`;
// A line without taxes has a row too: what was sold without tax is declared as well. Each document is put together first: those of
// a day, which are counted then, have no other day. What corrects another is rare, so that one is looked up.
const SOLD = `SELECT date_trunc('month', d.issued_on::timestamp)::date AS month, d.currency, d.region, d.code, max(d.name) AS name, d.percent,
          count(*)::integer AS documents, sum(d.base) AS base, sum(d.amount) AS amount, 0::numeric AS reclaimed
     FROM (SELECT l.id, l.issued_on, l.currency, r.tax_region AS region, tax ->> 'code' AS code, max(tax ->> 'name') AS name,
                  (tax ->> 'percent')::numeric AS percent, sum(l.amount) AS base, coalesce(sum((tax ->> 'amount')::numeric), 0) AS amount
             FROM (SELECT i.id, i.issued_on, i.currency, i.account_id, l.amount, l.taxes, coalesce(l.from_on,
                          (SELECT coalesce(o.period_from, o.issued_on) FROM invoices o WHERE o.id = i.corrects_id), i.period_from, i.issued_on) AS taxed_on
                     FROM ${LINES} WHERE ${IN_TIME}) l
             LEFT JOIN regions r ON r.account_id = l.account_id AND r.since <= l.taxed_on AND r.until > l.taxed_on
             LEFT JOIN LATERAL jsonb_array_elements(l.taxes) tax ON true
            GROUP BY l.id, l.issued_on, l.currency, r.tax_region, tax ->> 'code', (tax ->> 'percent')::numeric) d
    GROUP BY 1, d.currency, d.region, d.code, d.percent`;
const REGIONS = `SELECT account_id, tax_region, CASE WHEN lag(from_on) OVER terms IS NOT NULL THEN from_on ELSE '-infinity' END AS since,
          coalesce(lead(from_on) OVER terms, 'infinity') AS until
     FROM billing_account_terms WINDOW terms AS (PARTITION BY account_id ORDER BY from_on)`;
const within = (row: string): string => `($1::integer IS NULL OR ${row}.partner_id = $1)
    AND ${row}.created_at >= $2::date - interval '1 day' AND ${row}.created_at < $3::date + interval '1 month 1 day'`;
const REVERSED = `write_off_reversals r JOIN write_offs w ON w.partner_id = r.partner_id AND w.id = r.write_off_id`;
// What is claimed back of an invoice is spread over the rates of its taxes, less what credit notes took back of each until then, in
// their proportion: sums up to a rate are rounded, so that the parts come to the claim. A month has what is claimed after its
// events less what was before them: what is given back in the end leaves nothing with any rate.
const CLAIMED = `touched AS (
     SELECT w.invoice_id FROM write_offs w WHERE w.reclaimed_tax_amount > 0 AND ${within('w')}
     UNION SELECT w.invoice_id FROM ${REVERSED} WHERE r.tax_amount > 0 AND ${within('r')}),
   moved AS (
     SELECT m.invoice_id, m.account_id, m.at, sum(m.tax) AS tax FROM touched JOIN (
         SELECT w.invoice_id, w.account_id, w.created_at AS at, w.reclaimed_tax_amount AS tax FROM write_offs w
         UNION ALL
         SELECT w.invoice_id, w.account_id, r.created_at, -r.tax_amount FROM ${REVERSED}) m USING (invoice_id)
      GROUP BY 1, 2, 3),
   states AS (
     SELECT s.*, lead(s.month) OVER (PARTITION BY s.invoice_id ORDER BY s.at) AS next_month FROM (
       SELECT m.invoice_id, m.at, date_trunc('month', m.at AT TIME ZONE a.time_zone)::date AS month,
              sum(m.tax) OVER (PARTITION BY m.invoice_id ORDER BY m.at) AS claimed FROM moved m JOIN billing_accounts a ON a.id = m.account_id) s),
   shares AS (
     SELECT s.month, s.next_month, c.currency, g.region, g.code, g.name, g.percent, CASE WHEN g.total IS NULL THEN s.claimed
              ELSE round(s.claimed * g.up_to / g.total, e.decimals) - round(s.claimed * (g.up_to - g.tax) / g.total, e.decimals) END AS amount
       FROM states s JOIN invoices c ON c.id = s.invoice_id CROSS JOIN LATERAL (SELECT coalesce(($4::jsonb ->> c.currency)::integer, 2) AS decimals) e
       LEFT JOIN LATERAL (
         SELECT x.*, sum(x.tax) OVER (ORDER BY x.region, x.code, x.percent) AS up_to, sum(x.tax) OVER () AS total FROM (
           SELECT ${REGION} AS region, tax ->> 'code' AS code, max(tax ->> 'name') AS name, (tax ->> 'percent')::numeric AS percent,
                  sum((tax ->> 'amount')::numeric) AS tax
             FROM ${LINES} ${CORRECTED} CROSS JOIN ${TAXED_ON} CROSS JOIN LATERAL jsonb_array_elements(l.taxes) tax
            WHERE (i.id = s.invoice_id OR i.corrects_id = s.invoice_id) AND i.issued_at <= s.at AND (i.voided_at IS NULL OR i.voided_at > s.at)
            GROUP BY 1, 2, 4 HAVING sum((tax ->> 'amount')::numeric) > 0) x) g ON true
      WHERE s.claimed <> 0),
   claimed AS (
     SELECT month, currency, region, code, max(name) AS name, percent, sum(amount) AS amount FROM (
         SELECT month, currency, region, code, name, percent, amount FROM shares
         UNION ALL SELECT next_month, currency, region, code, name, percent, -amount FROM shares) m
      WHERE month >= $2 AND month <= $3 GROUP BY month, currency, region, code, percent HAVING sum(amount) <> 0)`;
export const TAX = statement(
  'reporting-tax',
  `WITH regions AS (${REGIONS}), sold AS (${SOLD}), ${CLAIMED}
   SELECT to_char(t.month, 'YYYY-MM') AS month, t.currency, t.region, t.code, max(t.name) AS name, t.percent::text AS percent,
          sum(t.documents)::integer AS documents, sum(t.base)::text AS base, sum(t.amount)::text AS amount, sum(t.reclaimed)::text AS reclaimed
     FROM (SELECT * FROM sold UNION ALL SELECT month, currency, region, code, name, percent, 0, 0, 0, amount FROM claimed) t
    GROUP BY t.month, t.currency, t.region, t.code, t.percent ORDER BY t.month, t.currency, t.region NULLS LAST, t.code NULLS LAST, t.percent`,
);

/** What was sold and taxed in one month, and claimed back in it. Decimal text. */
export interface TaxRow {
  readonly month: string;
  readonly currency: string;
  /** Null of accounts without a region. */
  readonly region: string | null;
  /** Null of what was sold without tax. */
  readonly code: string | null;
  readonly name: string | null;
  readonly percent: string | null;
  readonly documents: number;
  readonly base: string;
  readonly amount: string;
  /** On bad debts that were written off, less what was given back of that. */
  readonly reclaimed: string;
}

/** Taxes by month, region, code and rate, inside the walls of the reader. */
@Injectable()
export class TaxReport {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: RevenueFilter): Promise<TaxRow[]> {
    return this.uow.report(actor, (tx) => tx.query<TaxRow>(TAX, [...valuesOf(actor, filter), CURRENCY_DECIMALS]));
  }
}
