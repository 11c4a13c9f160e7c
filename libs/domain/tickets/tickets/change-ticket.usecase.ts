import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { TicketClocks } from '../clocks/ticket-clocks.js';
import { TicketCategories } from '../settings/ticket-categories.js';
import { TicketBook } from './ticket-book.js';
import { TicketRepository } from './ticket.repository.js';
import type { TicketPriority } from './ticket.states.js';
import type { TicketView } from './ticket.view.js';

export interface ChangeTicketInput {
  readonly actor: Actor;
  readonly ticketId: number;
  /** The version that the caller knows. */
  readonly ifMatch?: number | undefined;
  readonly subject?: string | undefined;
  readonly description?: string | undefined;
  readonly category?: string | undefined;
  readonly priority?: TicketPriority | undefined;
  readonly location?: string | undefined;
}

/**
 * Changes what a ticket says. With another priority its clocks go by that priority's targets, from the opening on, under
 * the policy that it was opened under.
 * @throws `tickets.ticket.not_found`, `tickets.ticket.stale`, `tickets.ticket.over`, `tickets.category.unknown`
 */
@Injectable()
export class ChangeTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly categories: TicketCategories,
    private readonly clocks: TicketClocks,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, ifMatch, category, ...given }: ChangeTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId, ifMatch);
      const kind = category === undefined ? {} : { categoryId: (await this.categories.usable(category)).id };
      const named = Object.entries(given).filter(([, value]) => value !== undefined);
      const patch: Partial<TicketView> = { ...Object.fromEntries(named), ...kind };
      const now = this.book.now();
      if (patch.priority !== undefined) await this.clocks.declareDue(before, now);
      const after = await this.book.change({ actor, verb: 'change' }, before, patch);
      if (after.priority !== before.priority) await this.clocks.refresh(after, now);
      return after;
    });
  }
}
