import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { TicketClocks } from '../clocks/ticket-clocks.js';
import { TicketBook } from './ticket-book.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketRepository } from './ticket.repository.js';
import { isOver } from './ticket.states.js';
import type { TicketView } from './ticket.view.js';

export interface CommentTicketInput {
  readonly actor: Actor;
  readonly ticketId: number;
  readonly text: string;
  /** Among the operator's people: nobody else ever reads it. */
  readonly internal?: boolean | undefined;
}

/**
 * Says something about a ticket, also when it is over. The operator's first public word is the answer that the first
 * clock waits for; a word of the customer is what a ticket that is pending for the customer waits for.
 * @throws `tickets.ticket.not_found`, `tickets.comment.internal`
 */
@Injectable()
export class CommentTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly clocks: TicketClocks,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, text, internal = false }: CommentTicketInput): Promise<TicketView> {
    const ofOperator = actor.reach === 'all';
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId);
      if (internal && !ofOperator) throw ticketErrors('tickets.comment.internal');
      const at = this.book.now();
      await this.tickets.comment(before, { internal, text, author: await this.book.nameOf(actor), at });
      const answers = ofOperator && !internal && before.firstResponseAt === null && !isOver(before.status);
      const saved = await this.tickets.save({ ...before, ...(answers ? { firstResponseAt: at } : {}) });
      this.book.note({ actor, verb: 'comment', internal }, before.status, saved);
      if (answers) await this.clocks.end(saved, ['first_response'], at);
      return !ofOperator && before.status === 'pending_customer' ? this.goOn(actor, saved) : saved;
    });
  }

  private async goOn(actor: Actor, ticket: TicketView): Promise<TicketView> {
    const after = await this.book.change({ actor, verb: 'resume' }, ticket, { status: 'in_progress' });
    await this.clocks.refresh(after, this.book.now());
    return after;
  }
}
