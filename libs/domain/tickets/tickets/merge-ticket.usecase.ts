import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { TicketClocks } from '../clocks/ticket-clocks.js';
import { TicketBook } from './ticket-book.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketLinks } from './ticket-links.js';
import { TicketRepository } from './ticket.repository.js';
import { isOver } from './ticket.states.js';
import type { TicketView } from './ticket.view.js';

export interface MergeTicketInput {
  readonly actor: Actor;
  /** The one that ends. */
  readonly ticketId: number;
  /** The one that goes on. */
  readonly intoId: number;
}

/**
 * Lets a ticket go on in another one of the same customer (or of nobody): it is closed for good, its clocks are of no
 * account, and what it was linked to is linked to the other.
 * @throws `tickets.ticket.not_found`, `tickets.ticket.over`, `tickets.ticket.merged`, `tickets.ticket.merge_with_itself`,
 *   `tickets.ticket.merge_across`
 */
@Injectable()
export class MergeTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly links: TicketLinks,
    private readonly clocks: TicketClocks,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, intoId }: MergeTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const [before, into] = await this.lockBoth(ticketId, intoId);
      if (into.mergedIntoId !== null || isOver(into.status))
        throw ticketErrors('tickets.ticket.over', { status: into.status });
      if (into.customerId !== null && before.customerId !== into.customerId)
        throw ticketErrors('tickets.ticket.merge_across');
      const at = this.book.now();
      const ended = { status: 'closed', closedAt: at, resolvedAt: before.resolvedAt ?? at } as const;
      const patch = { ...ended, mergedIntoId: intoId };
      const after = await this.book.change({ actor, verb: 'merge', noted: { into: into.number } }, before, patch);
      await this.clocks.end(after, ['first_response', 'resolution'], at, true);
      for (const { type, id } of await this.links.of(ticketId))
        if (type !== 'ticket' || id !== intoId) await this.tickets.link(into, type, [id]);
      await this.tickets.link(into, 'ticket', [ticketId]);
      const told = { actor, verb: 'link', noted: { merged: before.number } } as const;
      this.book.note(told, into.status, await this.tickets.save(into));
      return after;
    });
  }

  /** Always in the order of their ids, so that two people who merge crosswise do not wait for each other. */
  private async lockBoth(ticketId: number, intoId: number): Promise<readonly [TicketView, TicketView]> {
    const first = await this.tickets.lock(Math.min(ticketId, intoId));
    if (ticketId === intoId) throw ticketErrors('tickets.ticket.merge_with_itself');
    const second = await this.tickets.lock(Math.max(ticketId, intoId));
    return ticketId < intoId ? [first, second] : [second, first];
  }
}
