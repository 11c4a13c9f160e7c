import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { TicketClocks } from '../clocks/ticket-clocks.js';
import { TicketBook } from './ticket-book.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketRepository } from './ticket.repository.js';
import type { TicketStatus } from './ticket.states.js';
import type { TicketView } from './ticket.view.js';

const MOVES = {
  start: { from: ['open'], to: ['in_progress'] },
  pend: {
    from: ['open', 'in_progress', 'pending_customer', 'pending_third_party'],
    to: ['pending_customer', 'pending_third_party'],
  },
  resume: { from: ['pending_customer', 'pending_third_party'], to: ['in_progress'] },
} as const satisfies Record<string, { readonly from: readonly TicketStatus[]; readonly to: readonly TicketStatus[] }>;

export interface MoveTicketInput {
  readonly actor: Actor;
  readonly ticketId: number;
  readonly verb: keyof typeof MOVES;
  readonly to: TicketStatus;
  readonly reason?: string | undefined;
}

/**
 * Moves a ticket that is not over: somebody works on it, it waits for somebody else (and its clocks stand still), it
 * goes on.
 * @throws `tickets.ticket.not_found`, `tickets.ticket.illegal_move`
 */
@Injectable()
export class MoveTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly clocks: TicketClocks,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, verb, to, reason }: MoveTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId);
      const { from, to: targets } = MOVES[verb];
      const fits = (from as readonly TicketStatus[]).includes(before.status);
      if (!fits || before.status === to || !(targets as readonly TicketStatus[]).includes(to))
        throw ticketErrors('tickets.ticket.illegal_move', { from: before.status, to });
      const after = await this.book.change({ actor, verb, reason }, before, { status: to });
      await this.clocks.refresh(after, this.book.now());
      return after;
    });
  }
}
