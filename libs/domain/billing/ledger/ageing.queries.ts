import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { type Transaction, UnitOfWork, statement } from '@isp/platform/database';

// $1 partner, $2 customer, $3 now.
const mine = (of: string): string =>
  `($1::integer IS NULL OR ${of}.partner_id = $1) AND ($2::integer IS NULL OR ${of}.customer_id = $2)`;
const MINE = mine('i');
const OPEN = `i.status IN ('pending', 'partially_paid', 'overdue')`;
// What a bank took back beyond a payment, due on the day on which it did. The state says nothing more, but of it alone the
// planner knows how few they are.
const OWED_AGAIN = `p.status = 'reversed' AND p.excess_amount > p.covered_amount`;
const TAKEN_ON = '(p.reversed_at AT TIME ZONE a.time_zone)::date';
const AGAIN_STEP = `width_bucket(($3::timestamptz AT TIME ZONE a.time_zone)::date - ${TAKEN_ON}, ARRAY[1, 31, 61, 91])`;
// Days late, in five steps. What day it is differs by two where accounts are: only where that makes a difference to the step
// (on five days of all) is the account asked.
const stepOf = (today: string): string => `width_bucket(${today} - i.due_on, ARRAY[1, 31, 61, 91])`;
const STEP = `CASE WHEN ${stepOf('d.earliest')} = ${stepOf('d.latest')} THEN ${stepOf('d.latest')}
  ELSE (SELECT ${stepOf('($3::timestamptz AT TIME ZONE a.time_zone)::date')} FROM billing_accounts a WHERE a.id = i.account_id) END`;
const DAYS = `(SELECT ($3::timestamptz AT TIME ZONE 'Etc/GMT+12')::date AS earliest, ($3::timestamptz AT TIME ZONE 'Etc/GMT-14')::date AS latest)`;
const amountOf = (step: number): string => `coalesce(sum(s.amount) FILTER (WHERE s.step = ${step}), 0)::text`;
const STEPS = `${amountOf(0)} AS "notDue", ${amountOf(1)} AS days30, ${amountOf(2)} AS days60, ${amountOf(3)} AS days90, ${amountOf(4)} AS older`;
// $4 day, $5 grouping, $6 limit, $7 offset. At the end of a day where the account is: what is open now, what was settled since, what was voided since.
const AFTERWARDS = `(($4::date + 1)::timestamp AT TIME ZONE a.time_zone)`;
const OPEN_THEN = `SELECT x.account_id, x.partner_id, x.customer_id, x.currency, x.due_on, x.id > 0 AS is_invoice, sum(x.open_amount) AS open_amount, $4::date AS today FROM (
    SELECT i.id, i.account_id, i.partner_id, i.customer_id, i.currency, i.due_on, i.total_amount - i.settled_amount AS open_amount
      FROM invoices i WHERE i.status IN ('pending', 'partially_paid', 'overdue') AND i.issued_on <= $4 AND ${MINE} AND $3::timestamptz IS NOT NULL
    UNION ALL
    SELECT i.id, i.account_id, i.partner_id, i.customer_id, i.currency, i.due_on, l.amount
      FROM allocations l JOIN billing_accounts a ON a.id = l.account_id JOIN invoices i ON i.id = l.invoice_id
     WHERE l.at >= ($4::date)::timestamp AT TIME ZONE 'UTC' AND l.at >= ${AFTERWARDS} AND i.issued_on <= $4 AND ${MINE}
    UNION ALL
    SELECT i.id, i.account_id, i.partner_id, i.customer_id, i.currency, i.due_on, i.total_amount
      FROM invoices i JOIN billing_accounts a ON a.id = i.account_id
     WHERE i.document = 'invoice' AND i.voided_at >= ($4::date)::timestamp AT TIME ZONE 'UTC' AND i.voided_at >= ${AFTERWARDS} AND i.issued_on <= $4 AND ${MINE}
    UNION ALL
    SELECT -p.id, p.account_id, p.partner_id, p.customer_id, p.currency, ${TAKEN_ON}, p.excess_amount - p.covered_amount
      FROM payments p JOIN billing_accounts a ON a.id = p.account_id WHERE ${OWED_AGAIN} AND p.reversed_at < ${AFTERWARDS} AND ${mine('p')}
    UNION ALL
    SELECT -p.id, p.account_id, p.partner_id, p.customer_id, p.currency, ${TAKEN_ON}, l.amount
      FROM allocations l JOIN billing_accounts a ON a.id = l.account_id JOIN payments p ON p.id = l.excess_of_id
     WHERE l.at >= ($4::date)::timestamp AT TIME ZONE 'UTC' AND l.at >= ${AFTERWARDS} AND p.reversed_at < ${AFTERWARDS} AND ${mine('p')}) x
  GROUP BY x.id, x.account_id, x.partner_id, x.customer_id, x.currency, x.due_on HAVING sum(x.open_amount) > 0`;
const sumOf = (filter: string): string => `coalesce(sum(o.open_amount) FILTER (WHERE ${filter}), 0)`;
const LATE = '(o.today - o.due_on)';
const grouped = (open: string): string => `WITH sums AS (
  SELECT o.currency, CASE WHEN $5 <> 'currency' THEN o.partner_id END AS partner_id, CASE WHEN $5 = 'customer' THEN o.customer_id END AS customer_id,
         count(DISTINCT o.account_id)::integer AS accounts, count(*) FILTER (WHERE o.is_invoice)::integer AS invoices, sum(o.open_amount) AS total,
         ${sumOf(`${LATE} <= 0`)} AS not_due, ${sumOf(`${LATE} BETWEEN 1 AND 30`)} AS days30, ${sumOf(`${LATE} BETWEEN 31 AND 60`)} AS days60,
         ${sumOf(`${LATE} BETWEEN 61 AND 90`)} AS days90, ${sumOf(`${LATE} > 90`)} AS older
    FROM (${open}) o GROUP BY 1, 2, 3),
 shown AS (SELECT *, count(*) OVER ()::integer AS rows FROM sums ORDER BY currency, partner_id NULLS FIRST, customer_id NULLS FIRST LIMIT $6 OFFSET $7)
 SELECT s.currency, s.partner_id AS "partnerId", p.name AS "partnerName", s.customer_id AS "customerId", c.name AS "customerName",
        s.accounts, s.invoices, s.total::text AS total, s.not_due::text AS "notDue", s.days30::text AS days30, s.days60::text AS days60,
        s.days90::text AS days90, s.older::text AS older, s.rows
   FROM shown s LEFT JOIN partners p ON p.id = s.partner_id LEFT JOIN customers c ON c.id = s.customer_id
  ORDER BY s.currency, s.partner_id NULLS FIRST, s.customer_id NULLS FIRST`;
const groupOf = (of: string): string =>
  `${of}.currency, CASE WHEN $4 = 'partner' THEN ${of}.partner_id END AS partner_id`;
const GROUP = groupOf('i');
const withoutInvoice = (of: string, more = ''): string => `NOT EXISTS (SELECT FROM invoices i WHERE ${OPEN}
    AND i.currency = ${of}.currency AND i.partner_id = ${of}.partner_id AND i.customer_id = ${of}.customer_id ${more})`;
/** What is open at this moment, by currency or partner. */
export const AGEING_NOW = statement(
  'ageing-now',
  `WITH again AS MATERIALIZED (
     SELECT p.currency, p.partner_id, p.customer_id, p.account_id, p.excess_amount - p.covered_amount AS amount, ${AGAIN_STEP} AS step
       FROM payments p JOIN billing_accounts a ON a.id = p.account_id WHERE ${OWED_AGAIN} AND ${mine('p')}),
   steps AS (
     SELECT ${GROUP}, ${STEP} AS step, sum(i.total_amount - i.settled_amount) AS amount, count(*) AS invoices
       FROM invoices i CROSS JOIN ${DAYS} d WHERE ${OPEN} AND ${MINE} GROUP BY 1, 2, 3
     UNION ALL
     SELECT ${groupOf('e')}, e.step, sum(e.amount), 0 FROM again e GROUP BY 1, 2, 3),
   owing AS (
     SELECT o.currency, o.partner_id, count(*)::integer AS accounts FROM (
         SELECT DISTINCT ${GROUP}, i.account_id FROM invoices i WHERE ${OPEN} AND ${MINE}
         UNION ALL
         SELECT DISTINCT ${groupOf('e')}, e.account_id FROM again e WHERE ${withoutInvoice('e', 'AND i.account_id = e.account_id')}) o GROUP BY 1, 2),
   shown AS (SELECT *, count(*) OVER ()::integer AS rows FROM owing ORDER BY currency, partner_id NULLS FIRST LIMIT $5 OFFSET $6)
   SELECT g.currency, g.partner_id AS "partnerId", p.name AS "partnerName", NULL::integer AS "customerId", NULL::text AS "customerName",
          g.accounts, sum(s.invoices)::integer AS invoices, sum(s.amount)::text AS total, ${STEPS}, g.rows
     FROM shown g JOIN steps s ON s.currency = g.currency AND s.partner_id IS NOT DISTINCT FROM g.partner_id
     LEFT JOIN partners p ON p.id = g.partner_id
    GROUP BY g.currency, g.partner_id, p.name, g.accounts, g.rows ORDER BY g.currency, g.partner_id NULLS FIRST`,
);
/** By customer: who is on the page is read of the index alone, and what they owe for them alone. */
export const AGEING_OF_CUSTOMERS = statement(
  'ageing-of-customers',
  `WITH owing AS (
     SELECT i.currency, i.partner_id, i.customer_id FROM invoices i WHERE ${OPEN} AND ${MINE} GROUP BY 1, 2, 3
     UNION ALL
     SELECT DISTINCT p.currency, p.partner_id, p.customer_id FROM payments p WHERE ${OWED_AGAIN} AND ${mine('p')} AND ${withoutInvoice('p')}),
   shown AS (SELECT * FROM owing ORDER BY currency, partner_id, customer_id LIMIT $4 OFFSET $5)
   SELECT g.currency, g.partner_id AS "partnerId", p.name AS "partnerName", g.customer_id AS "customerId", c.name AS "customerName",
          w.*, (SELECT count(*)::integer FROM owing) AS rows
     FROM shown g CROSS JOIN LATERAL (
       SELECT count(DISTINCT s.account_id)::integer AS accounts, count(*) FILTER (WHERE s.is_invoice)::integer AS invoices, sum(s.amount)::text AS total, ${STEPS}
         FROM (SELECT true AS is_invoice, i.account_id, i.total_amount - i.settled_amount AS amount, ${STEP} AS step FROM invoices i CROSS JOIN ${DAYS} d
                WHERE ${OPEN} AND i.currency = g.currency AND i.partner_id = g.partner_id AND i.customer_id = g.customer_id
               UNION ALL
               SELECT false, p.account_id, p.excess_amount - p.covered_amount, ${AGAIN_STEP} FROM payments p JOIN billing_accounts a ON a.id = p.account_id
                WHERE ${OWED_AGAIN} AND p.currency = g.currency AND p.partner_id = g.partner_id AND p.customer_id = g.customer_id) s) w
     LEFT JOIN partners p ON p.id = g.partner_id LEFT JOIN customers c ON c.id = g.customer_id
    ORDER BY g.currency, g.partner_id, g.customer_id`,
);
/** What was open at the end of a day, however it is grouped. */
export const AGEING_THEN = statement('ageing-then', grouped(OPEN_THEN));

/** What is owed in one currency, on invoices and again after a payment was taken back, by the days since it was due where the account is. Decimal text. */
export interface AgeingRow {
  readonly currency: string;
  /** Null unless it is grouped by them. */
  readonly partnerId: number | null;
  readonly partnerName: string | null;
  readonly customerId: number | null;
  readonly customerName: string | null;
  readonly accounts: number;
  /** What is owed without an invoice is in the amounts alone. */
  readonly invoices: number;
  readonly total: string;
  readonly notDue: string;
  readonly days30: string;
  readonly days60: string;
  readonly days90: string;
  readonly older: string;
}

type Row = AgeingRow & { readonly rows: number };

export interface AgeingFilter {
  readonly partnerId?: number | undefined;
  readonly customerId?: number | undefined;
  /** At the end of that day, where each account is; now without it. `YYYY-MM-DD` */
  readonly asOf?: string | undefined;
  readonly groupBy?: 'currency' | 'partner' | 'customer' | undefined;
}

/** What is owed by how late it is, inside the walls of the reader. */
@Injectable()
export class AgeingQueries {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param page all rows without it */
  async list(
    actor: Actor,
    { partnerId, customerId, asOf, groupBy = 'currency' }: AgeingFilter,
    page?: { readonly limit: number; readonly offset: number },
  ): Promise<{ rows: AgeingRow[]; total: number }> {
    const partner = actor.reach === 'all' ? (partnerId ?? null) : actor.partnerId;
    const now = this.clock.now();
    const [limit, offset] = [page?.limit ?? null, page?.offset ?? 0];
    const whose = [partner, customerId ?? null, now];
    const ofThen = (tx: Transaction) => tx.query<Row>(AGEING_THEN, [...whose, asOf, groupBy, limit, offset]);
    const ofNow = (tx: Transaction) => {
      if (groupBy === 'customer') return tx.query<Row>(AGEING_OF_CUSTOMERS, [...whose, limit, offset]);
      return tx.query<Row>(AGEING_NOW, [...whose, groupBy, limit, offset]);
    };
    const rows = await (asOf === undefined ? this.uow.read(actor, ofNow) : this.uow.report(actor, ofThen));
    return { rows, total: rows[0]?.rows ?? 0 };
  }
}
