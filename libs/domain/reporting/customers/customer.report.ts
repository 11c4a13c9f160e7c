import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { CustomerStatus } from '@isp/domain/customers';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { CustomerReportRow } from './customer-report.view.js';

// Three short index reads per customer cost the same for a page and for everybody, and spill nothing to disk.
const REPORT = statement(
  'reporting-customers',
  `SELECT c.display_id AS "displayId", c.name, c.first_name AS "firstName", c.last_name AS "lastName", c.kind, c.status,
          c.email, c.phone, c.support_tier AS "supportTier", plan.name AS "planName",
          revenue.amount::text AS "monthlyRevenueAmount",
          term.start_on::text AS "contractStartOn",
          CASE WHEN terms.contract_months > 0 THEN (term.start_on + make_interval(months => terms.contract_months))::date END::text
            AS "contractEndOn",
          (contract.activated_at AT TIME ZONE zone.name)::date::text AS "installedOn",
          coalesce(newest.installation_address, c.address) AS "serviceAddress"
     FROM customers c
     LEFT JOIN partners p ON p.id = c.partner_id
    CROSS JOIN LATERAL (SELECT coalesce(p.time_zone, 'UTC') AS name) zone
    CROSS JOIN LATERAL (
      SELECT CASE WHEN count(*) = 0 THEN 0 WHEN min(s.currency) = max(s.currency) THEN sum(s.monthly_amount) END AS amount
        FROM services s WHERE s.partner_id = c.partner_id AND s.customer_id = c.id AND s.status = 'active') revenue
     LEFT JOIN LATERAL (
      SELECT s.plan_id, s.installation_address
        FROM services s WHERE s.partner_id = c.partner_id AND s.customer_id = c.id AND s.status <> 'terminated'
       ORDER BY s.id DESC LIMIT 1) newest ON true
     LEFT JOIN LATERAL (
      SELECT s.plan_id, s.activated_at, s.created_at
        FROM services s WHERE s.partner_id = c.partner_id AND s.customer_id = c.id
       ORDER BY (s.status = 'terminated'), s.id LIMIT 1) contract ON true
    CROSS JOIN LATERAL (SELECT (coalesce(contract.activated_at, contract.created_at) AT TIME ZONE zone.name)::date AS start_on) term
     LEFT JOIN plans plan ON plan.id = newest.plan_id
     LEFT JOIN plans terms ON terms.id = contract.plan_id
    WHERE ($4::integer IS NULL OR c.partner_id = $4)
      AND ($1::text IS NULL OR c.status = $1)
      AND ($2::text IS NULL OR c.id > (SELECT last.id FROM customers last WHERE last.display_id = $2))
    ORDER BY c.id LIMIT $3`,
);

export interface CustomerReportFilter {
  readonly status?: CustomerStatus | undefined;
  /** Display id of the last row that the reader has; one that does not exist has nothing after it. */
  readonly after?: string | undefined;
  /** All of them unless told otherwise. */
  readonly limit?: number | undefined;
}

/** Customers with their subscription in one look, oldest first, inside the walls of the reader. */
@Injectable()
export class CustomerReport {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, { status, after, limit }: CustomerReportFilter = {}): Promise<CustomerReportRow[]> {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [status ?? null, after ?? null, limit ?? null, partnerId];
    return this.uow.run(actor, (tx) => tx.query<CustomerReportRow>(REPORT, values));
  }
}
