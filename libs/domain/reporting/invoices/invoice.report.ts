import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { InvoiceReportRow } from './invoice-report.view.js';

// The state of each account is looked at once, however many invoices it has.
const REPORT = statement(
  'reporting-invoices',
  `WITH shown AS (
     SELECT i.id, i.number, i.account_id, i.customer_id, i.partner_id, i.currency, i.total_amount, i.due_on, i.status FROM invoices i
      WHERE i.document = 'invoice' AND ($1::text[] IS NULL OR i.status = ANY ($1)) AND i.status NOT IN ('draft', 'void')
        AND ($2::text IS NULL OR i.id > (SELECT last.id FROM invoices last WHERE last.number = $2))
        AND ($4::integer IS NULL OR i.partner_id = $4)
      ORDER BY i.id LIMIT $3),
   habits AS (
     SELECT a.id,
            (SELECT max(($5::timestamptz AT TIME ZONE a.time_zone)::date - o.due_on) FROM invoices o
              WHERE o.account_id = a.id AND o.status IN ('pending', 'partially_paid', 'overdue')) AS late,
            (SELECT count(*) FROM payments p WHERE p.account_id = a.id AND p.status = 'reversed') AS returned
       FROM billing_accounts a WHERE a.id IN (SELECT account_id FROM shown))
   SELECT s.number, c.name AS "customerName", types.names AS "serviceTypes", s.currency, s.total_amount::text AS "totalAmount",
          s.due_on::text AS "dueOn", s.status,
          CASE WHEN h.late > 30 OR h.returned > 1 THEN 'high' WHEN h.late > 0 OR h.returned > 0 THEN 'medium' ELSE 'low' END AS risk
     FROM shown s JOIN customers c ON c.id = s.customer_id JOIN habits h ON h.id = s.account_id
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(DISTINCT v.service_type::text ORDER BY v.service_type::text), '{}') AS names
        FROM invoice_lines l JOIN services v ON v.id = l.service_id WHERE l.partner_id = s.partner_id AND l.invoice_id = s.id) types
    ORDER BY s.id`,
);

export interface InvoiceReportFilter {
  readonly statuses?: readonly InvoiceReportRow['status'][] | undefined;
  /** Number of the last row that the reader has; one that does not exist has nothing after it. */
  readonly after?: string | undefined;
  /** All of them unless told otherwise. */
  readonly limit?: number | undefined;
}

/** Issued invoices in one look, oldest first, inside the walls of the reader. */
@Injectable()
export class InvoiceReport {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(actor: Actor, { statuses, after, limit }: InvoiceReportFilter = {}): Promise<InvoiceReportRow[]> {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [statuses ?? null, after ?? null, limit ?? null, partnerId, this.clock.now()];
    return this.uow.run(actor, (tx) => tx.query<InvoiceReportRow>(REPORT, values));
  }
}
