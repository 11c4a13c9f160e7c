import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, together } from '@isp/platform/database';
import type { TermsKey } from '../clocks/sla-terms.js';
import { ticketErrors } from './ticket.errors.js';
import type { LinkType } from './ticket.states.js';
import { TICKET_COLUMNS, TICKET_TABLES, type TicketView } from './ticket.view.js';

const GET = statement('tickets-get-written', `SELECT ${TICKET_COLUMNS} FROM ${TICKET_TABLES} WHERE t.id = $1`);
// Read by a statement of its own: what a ticket is joined with would be what it was before the lock was awaited.
const LOCK = statement('tickets-lock', 'SELECT 1 FROM tickets WHERE id = $1 FOR NO KEY UPDATE');
const INSERT = statement(
  'tickets-insert',
  `INSERT INTO tickets (number, partner_id, customer_id, subject, description, category_id, priority, source, location, team_id, policy_id,
          policy_version, calendar_id, calendar_version, opened_at, created_by)
   VALUES (next_ticket_number($14), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id`,
);
const SAVE = statement(
  'tickets-save',
  `UPDATE tickets SET subject = $2, description = $3, category_id = $4, priority = $5, status = $6, location = $7, team_id = $8,
          assigned_user_id = $9, assigned_user = $10, resolution = $11, merged_into_id = $12, escalation_level = $13, escalated_to = $14,
          escalated_at = $15, first_response_at = $16, resolved_at = $17, closed_at = $18, reopened = $19, stopped_from = $20::timestamptz[],
          stopped_until = $21::timestamptz[], version = version + 1, updated_at = now()
    WHERE id = $1`,
);
const LINK = statement(
  'tickets-link',
  `INSERT INTO ticket_links (partner_id, customer_id, ticket_id, type, target_id)
   SELECT $1, $2, $3, $4, n FROM unnest($5::integer[]) n ON CONFLICT DO NOTHING`,
);
const UNLINK = statement(
  'tickets-unlink',
  'DELETE FROM ticket_links WHERE ticket_id = $1 AND type = $2 AND target_id = $3',
);
const COMMENT = statement(
  'tickets-comment',
  `INSERT INTO ticket_comments (partner_id, customer_id, ticket_id, internal, text, author, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);

export type NewTicket = Pick<
  TicketView,
  'partnerId' | 'customerId' | 'subject' | 'description' | 'categoryId' | 'priority' | 'source' | 'location' | 'teamId'
> &
  Pick<TicketView, 'openedAt' | 'createdBy'>;

/** Tickets as rows. */
@Injectable()
export class TicketRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async insert(made: NewTicket, terms: TermsKey): Promise<TicketView> {
    const { partnerId, customerId, subject, description, categoryId, priority, source, location, teamId } = made;
    const what = [partnerId, customerId, subject, description, categoryId, priority, source, location, teamId];
    const under = [terms.policyId, terms.policyVersion, terms.calendarId, terms.calendarVersion];
    const row = await this.uow.tx.one<{ id: number }>(INSERT, [...what, ...under, made.openedAt, made.createdBy]);
    return this.written((row as { id: number }).id);
  }

  /** Locked until the transaction ends. @throws `tickets.ticket.not_found`, `tickets.ticket.stale` */
  async lock(id: number, ifMatch?: number): Promise<TicketView> {
    const { tx } = this.uow;
    const [, found] = await together([tx.execute(LOCK, [id]), tx.one<TicketView>(GET, [id])]);
    if (!found) throw ticketErrors('tickets.ticket.not_found');
    if (ifMatch !== undefined && found.version !== ifMatch) throw ticketErrors('tickets.ticket.stale');
    return found;
  }

  /** Writes what may change of a locked ticket. */
  async save(ticket: TicketView): Promise<TicketView> {
    await this.uow.tx.execute(SAVE, [
      ticket.id,
      ticket.subject,
      ticket.description,
      ticket.categoryId,
      ticket.priority,
      ticket.status,
      ticket.location,
      ticket.teamId,
      ticket.assignedUserId,
      ticket.assignedUser,
      ticket.resolution,
      ticket.mergedIntoId,
      ticket.escalationLevel,
      ticket.escalatedTo,
      ticket.escalatedAt,
      ticket.firstResponseAt,
      ticket.resolvedAt,
      ticket.closedAt,
      ticket.reopened,
      ticket.stoppedFrom,
      ticket.stoppedUntil,
    ]);
    return this.written(ticket.id);
  }

  async link({ partnerId, customerId, id }: TicketView, type: LinkType, targets: readonly number[]): Promise<void> {
    await this.uow.tx.execute(LINK, [partnerId, customerId, id, type, targets]);
  }

  /** Whether there was such a link. */
  async unlink(id: number, type: LinkType, target: number): Promise<boolean> {
    return (await this.uow.tx.execute(UNLINK, [id, type, target])) > 0;
  }

  async comment(
    { partnerId, customerId, id }: TicketView,
    said: { readonly internal: boolean; readonly text: string; readonly author: string; readonly at: Date },
  ): Promise<void> {
    const { internal, text, author, at } = said;
    await this.uow.tx.execute(COMMENT, [partnerId, customerId, id, internal, text, author, at]);
  }

  private async written(id: number): Promise<TicketView> {
    return (await this.uow.tx.one<TicketView>(GET, [id])) as TicketView;
  }
}
