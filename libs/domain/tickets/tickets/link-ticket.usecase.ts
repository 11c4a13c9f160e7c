import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { TicketBook } from './ticket-book.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketLinks } from './ticket-links.js';
import { TicketRepository } from './ticket.repository.js';
import type { LinkView, TicketView } from './ticket.view.js';

export interface LinkTicketInput {
  readonly actor: Actor;
  readonly ticketId: number;
  readonly link: LinkView;
}

/**
 * Says what else a ticket is about; again changes nothing.
 * @throws `tickets.ticket.not_found`, `tickets.service.unknown`, `tickets.link.unknown`,
 *   `tickets.link.itself`
 */
@Injectable()
export class LinkTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly links: TicketLinks,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, link }: LinkTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId);
      const known = await this.links.of(ticketId);
      if (known.some(({ type, id }) => type === link.type && id === link.id)) return before;
      await this.links.add(actor, before, [link]);
      const after = await this.tickets.save(before);
      this.book.note({ actor, verb: 'link', noted: { linked: `${link.type} ${link.id}` } }, before.status, after);
      return after;
    });
  }
}

/** Takes a link back. @throws `tickets.ticket.not_found`, `tickets.link.not_found` */
@Injectable()
export class UnlinkTicket {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly book: TicketBook,
  ) {}

  execute({ actor, ticketId, link }: LinkTicketInput): Promise<TicketView> {
    return this.uow.run(actor, async () => {
      const before = await this.tickets.lock(ticketId);
      if (!(await this.tickets.unlink(ticketId, link.type, link.id))) throw ticketErrors('tickets.link.not_found');
      const after = await this.tickets.save(before);
      this.book.note({ actor, verb: 'link', noted: { unlinked: `${link.type} ${link.id}` } }, before.status, after);
      return after;
    });
  }
}
