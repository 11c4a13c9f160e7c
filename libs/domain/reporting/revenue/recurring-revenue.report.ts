import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { type MonthRange, firstOf } from './months.js';

// One pass over the changes in the order of their index: what each customer had before and after each month that
// changed it. A customer who had nothing is new the first time and comes back every other time.
export const RECURRING_REVENUE = statement(
  'reporting-recurring-revenue',
  `WITH changes AS (
     SELECT c.currency, c.customer_id, c.on_month, sum(c.change_amount) AS change FROM recurring_revenue_changes c
      WHERE c.on_month <= $3 AND ($1::integer IS NULL OR c.partner_id = $1) AND ($4::text IS NULL OR c.currency = $4)
      GROUP BY c.currency, c.customer_id, c.on_month HAVING sum(c.change_amount) <> 0),
   steps AS (
     SELECT currency, on_month, change, sum(change) OVER w AS after, row_number() OVER w AS nth FROM changes
     WINDOW w AS (PARTITION BY currency, customer_id ORDER BY on_month ROWS UNBOUNDED PRECEDING)),
   sums AS (
     SELECT currency, on_month, sum(change) AS change,
            coalesce(sum(change) FILTER (WHERE nth = 1), 0) AS new,
            coalesce(sum(change) FILTER (WHERE nth > 1 AND after = change), 0) AS reactivation,
            coalesce(sum(change) FILTER (WHERE nth > 1 AND after <> change AND change > 0), 0) AS expansion,
            coalesce(sum(change) FILTER (WHERE after <> 0 AND change < 0), 0) AS contraction,
            coalesce(sum(change) FILTER (WHERE after = 0), 0) AS churn,
            count(*) FILTER (WHERE nth = 1) AS new_customers, count(*) FILTER (WHERE nth > 1 AND after = change) AS reactivated_customers,
            count(*) FILTER (WHERE after = 0) AS churned_customers
       FROM steps GROUP BY currency, on_month),
   months AS (
     SELECT c.currency, m::date AS on_month FROM (SELECT DISTINCT currency FROM sums) c
      CROSS JOIN generate_series((SELECT least(min(on_month), $2::date) FROM sums), $3::date, interval '1 month') m),
   balances AS (
     SELECT currency, on_month, s.*, sum(coalesce(change, 0)) OVER w AS closing,
            sum(coalesce(new_customers + reactivated_customers - churned_customers, 0)) OVER w AS customers
       FROM months LEFT JOIN (SELECT currency AS c, on_month AS m, change, new, reactivation, expansion, contraction, churn,
              new_customers, reactivated_customers, churned_customers FROM sums) s ON s.c = currency AND s.m = on_month
     WINDOW w AS (PARTITION BY currency ORDER BY on_month))
   SELECT to_char(on_month, 'YYYY-MM') AS month, currency, (closing - coalesce(change, 0))::text AS opening, coalesce(new, 0)::text AS new,
          coalesce(reactivation, 0)::text AS reactivation, coalesce(expansion, 0)::text AS expansion, coalesce(contraction, 0)::text AS contraction,
          coalesce(churn, 0)::text AS churn, closing::text AS closing, customers::integer AS customers,
          coalesce(new_customers, 0)::integer AS "newCustomers", coalesce(reactivated_customers, 0)::integer AS "reactivatedCustomers",
          coalesce(churned_customers, 0)::integer AS "churnedCustomers",
          CASE WHEN customers > 0 THEN round(closing / customers, 10)::text END AS arpu
     FROM balances WHERE on_month >= $2 ORDER BY currency, on_month`,
);

/** The recurring revenue of one month in one currency. Decimal text; closing = opening and all movements. */
export interface RecurringRevenueRow {
  /** `YYYY-MM` */
  readonly month: string;
  readonly currency: string;
  readonly opening: string;
  readonly new: string;
  readonly reactivation: string;
  readonly expansion: string;
  /** Not positive, as churn. */
  readonly contraction: string;
  readonly churn: string;
  readonly closing: string;
  /** With recurring revenue at the end of the month. */
  readonly customers: number;
  readonly newCustomers: number;
  readonly reactivatedCustomers: number;
  readonly churnedCustomers: number;
  /** Closing by customers; null without any. */
  readonly arpu: string | null;
}

export interface RecurringRevenueFilter extends MonthRange {
  readonly partnerId?: number | undefined;
  readonly currency?: string | undefined;
}

/**
 * Monthly recurring revenue and its movements: the monthly prices, without tax and before discounts, of all services from
 * their activation to their end, suspended ones included, as they are at the end of each month of their partner's time zone.
 */
@Injectable()
export class RecurringRevenueReport {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: RecurringRevenueFilter): Promise<RecurringRevenueRow[]> {
    const partnerId = actor.reach === 'all' ? (filter.partnerId ?? null) : actor.partnerId;
    const { from, to } = filter;
    const values = [partnerId, firstOf(from), firstOf(to), filter.currency ?? null];
    return this.uow.report(actor, (tx) => tx.query<RecurringRevenueRow>(RECURRING_REVENUE, values));
  }
}
