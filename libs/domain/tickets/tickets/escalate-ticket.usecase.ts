import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { TicketFacts } from '../clocks/ticket-facts.js';
import { TicketBook } from './ticket-book.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketRepository } from './ticket.repository.js';
import type { TicketView } from './ticket.view.js';

const FACT = statement(
  'ticket-facts-escalated',
  `INSERT INTO ticket_clock_facts (partner_id, customer_id, ticket_id, target, outcome, at, priority, category_id, team_id, target_seconds, level,
          policy_id, policy_version)
   SELECT t.partner_id, t.customer_id, t.id, c.target, 'escalated', $2, t.priority, t.category_id, t.team_id, c.target_seconds, $3, t.policy_id,
          t.policy_version
     FROM tickets t JOIN ticket_clocks c ON c.ticket_id = t.id AND c.target = 'resolution' WHERE t.id = $1 ON CONFLICT DO NOTHING`,
);

export interface EscalateTicketInput {
  readonly actor: Actor;
  readonly ticketId: number;
  /** Team or person that is to see to it. */
  readonly to: string;
  readonly reason?: string | undefined;
}

/**
 * Takes a ticket up a level by hand, ahead of its policy's chain.
 * @throws `tickets.ticket.not_found`, `tickets.ticket.over`, `tickets.ticket.highest`
 */
@Injectable()
export class EscalateTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly facts: TicketFacts,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, to, reason }: EscalateTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async (tx) => {
      const before = await this.tickets.lock(ticketId);
      const level = before.escalationLevel + 1;
      if (level > 9) throw ticketErrors('tickets.ticket.highest');
      const at = this.book.now();
      const patch = { escalationLevel: level, escalatedTo: to, escalatedAt: at };
      const after = await this.book.change({ actor, verb: 'escalate', reason }, before, patch);
      await tx.execute(FACT, [ticketId, at, level]);
      this.facts.escalated(after, level, to);
      return after;
    });
  }
}
