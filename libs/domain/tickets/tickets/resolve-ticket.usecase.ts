import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { TicketClocks } from '../clocks/ticket-clocks.js';
import { TicketBook } from './ticket-book.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketRepository } from './ticket.repository.js';
import type { TicketView } from './ticket.view.js';

const BOTH = ['first_response', 'resolution'] as const;

export interface EndTicketInput {
  readonly actor: Actor;
  readonly ticketId: number;
  /** What solved it, or why it is closed. */
  readonly resolution?: string | undefined;
}

/**
 * Says that a ticket is solved: both clocks end, in time or too late. Nobody having answered before, this is the answer.
 * @throws `tickets.ticket.not_found`, `tickets.ticket.illegal_move`, `tickets.ticket.over`
 */
@Injectable()
export class ResolveTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly clocks: TicketClocks,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, resolution }: EndTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId);
      const at = this.book.now();
      const said = { resolution: resolution ?? before.resolution, firstResponseAt: before.firstResponseAt ?? at };
      const patch = { status: 'resolved', resolvedAt: at, ...said } as const;
      const after = await this.book.change({ actor, verb: 'resolve', reason: resolution }, before, patch);
      await this.clocks.end(after, BOTH, at);
      return after;
    });
  }
}

/**
 * Closes a ticket that is solved, or one that needs no solution: then that is its end too.
 * @throws `tickets.ticket.not_found`, `tickets.ticket.over`, `tickets.ticket.merged`
 */
@Injectable()
export class CloseTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly clocks: TicketClocks,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, resolution }: EndTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId);
      const at = this.book.now();
      const said = { resolution: resolution ?? before.resolution, resolvedAt: before.resolvedAt ?? at };
      const patch = { status: 'closed', closedAt: at, ...said } as const;
      const after = await this.book.change({ actor, verb: 'close', reason: resolution }, before, patch);
      await this.clocks.end(after, BOTH, at);
      return after;
    });
  }
}

export interface ReopenTicketInput {
  readonly actor: Actor;
  readonly ticketId: number;
  readonly reason?: string | undefined;
}

/**
 * Opens a ticket that was solved or closed: the clock of the solution goes on where it stood; the time between does not
 * count. What was counted of the first solution stays counted.
 * @throws `tickets.ticket.not_found`, `tickets.ticket.illegal_move`, `tickets.ticket.merged`
 */
@Injectable()
export class ReopenTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly clocks: TicketClocks,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, reason }: ReopenTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId);
      if (before.status !== 'resolved' && before.status !== 'closed')
        throw ticketErrors('tickets.ticket.illegal_move', { from: before.status, to: 'reopened' });
      const ended = { resolvedAt: null, closedAt: null, resolution: null };
      const patch = { status: 'open', ...ended, reopened: before.reopened + 1 } as const;
      const after = await this.book.change({ actor, verb: 'reopen', reason }, before, patch);
      await this.clocks.reopen(after, this.book.now());
      return after;
    });
  }
}
