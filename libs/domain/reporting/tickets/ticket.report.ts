import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { TicketPriority, TicketStatus } from '@isp/domain/tickets';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { TicketReportRow } from './ticket-report.view.js';

const REPORT = statement(
  'reporting-tickets',
  `WITH shown AS (
     SELECT t.* FROM tickets t
      WHERE ($1::text[] IS NULL OR t.status = ANY ($1)) AND ($2::text IS NULL OR t.priority = $2)
        AND ($3::text IS NULL OR t.id > (SELECT last.id FROM tickets last WHERE last.number = $3)) AND ($5::integer IS NULL OR t.partner_id = $5)
      ORDER BY t.id LIMIT $4)
   SELECT s.number, c.display_id AS "customerId", c.name AS "customerName", coalesce(p.name, k.name) AS category, s.priority, s.status,
          s.opened_at AS "openedAt", coalesce(s.assigned_user, m.name) AS "assignedTo", s.subject, s.description,
          coalesce(s.resolved_at, y.due_at) AS "expectedAt",
          EXISTS (SELECT FROM ticket_clocks b WHERE b.ticket_id = s.id AND b.breached_at IS NOT NULL) AS breached,
          ARRAY(SELECT n.name FROM ticket_links l JOIN services v ON v.id = l.target_id JOIN plans n ON n.id = v.plan_id
                 WHERE l.ticket_id = s.id AND l.type = 'service' ORDER BY l.target_id) AS services,
          CASE WHEN s.location <> '' THEN s.location ELSE coalesce(c.address ->> 'city', '') END AS location
     FROM shown s JOIN ticket_categories k ON k.id = s.category_id LEFT JOIN ticket_categories p ON p.id = k.parent_id
     LEFT JOIN support_teams m ON m.id = s.team_id LEFT JOIN customers c ON c.id = s.customer_id
     LEFT JOIN ticket_clocks y ON y.ticket_id = s.id AND y.target = 'resolution'
    ORDER BY s.id`,
);

export interface TicketReportFilter {
  readonly statuses?: readonly TicketStatus[] | undefined;
  readonly priority?: TicketPriority | undefined;
  /** Number of the last row that the reader has; one that does not exist has nothing after it. */
  readonly after?: string | undefined;
  /** All of them unless told otherwise. */
  readonly limit?: number | undefined;
}

/** Tickets in one look, oldest first, inside the walls of the reader. */
@Injectable()
export class TicketReport {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, { statuses, priority, after, limit }: TicketReportFilter = {}): Promise<TicketReportRow[]> {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [statuses ?? null, priority ?? null, after ?? null, limit ?? null, partnerId];
    return this.uow.run(actor, (tx) => tx.query<TicketReportRow>(REPORT, values));
  }
}
