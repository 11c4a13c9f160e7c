import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ServiceQueries, type ServiceView } from '@isp/domain/services';
import { DomainError } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { ticketErrors } from './ticket.errors.js';
import { TicketRepository } from './ticket.repository.js';
import { LINK_TYPES, type LinkType } from './ticket.states.js';
import type { LinkView, TicketView } from './ticket.view.js';

const OF_TICKET = statement(
  'ticket-links-of',
  'SELECT type, target_id AS id FROM ticket_links WHERE ticket_id = $1 ORDER BY type, target_id',
);
// Of the ticket's customer; anybody's for a ticket of nobody.
const OWN = '($3::integer IS NULL OR (partner_id = $2 AND customer_id = $3))';
// Whether the reader sees what is linked, and the ticket's customer has it. A customer's ticket can name one of nobody, as
// it can go on in it. Outages are known to those who link them.
const LINKABLE: Partial<Record<LinkType, ReturnType<typeof statement>>> = {
  ticket: statement('ticket-links-ticket', `SELECT FROM tickets WHERE id = $1 AND (customer_id IS NULL OR ${OWN})`),
  work_order: statement('ticket-links-work-order', `SELECT FROM work_orders WHERE id = $1 AND ${OWN}`),
  invoice: statement('ticket-links-invoice', `SELECT FROM invoices WHERE id = $1 AND ${OWN}`),
};

/** What tickets are about, beside their customers. */
@Injectable()
export class TicketLinks {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly serviceQueries: ServiceQueries,
  ) {}

  of(ticketId: number): Promise<LinkView[]> {
    return this.uow.tx.query<LinkView>(OF_TICKET, [ticketId]);
  }

  /** Services of a customer; anybody's for a ticket of nobody. @throws `tickets.service.unknown` */
  async services(actor: Actor, customerId: number | null, ids: readonly number[]): Promise<ServiceView[]> {
    const found: ServiceView[] = [];
    for (const id of new Set(ids)) {
      const service = await this.serviceQueries.get(actor, id).catch((error: unknown) => {
        if (error instanceof DomainError && error.kind === 'not_found') return undefined;
        throw error;
      });
      if (!service || (customerId !== null && service.customerId !== customerId))
        throw ticketErrors('tickets.service.unknown', { id });
      found.push(service);
    }
    return found;
  }

  /** Adds those that are not there. @throws `tickets.service.unknown`, `tickets.link.unknown`, `tickets.link.itself` */
  async add(actor: Actor, ticket: TicketView, links: readonly LinkView[]): Promise<void> {
    for (const type of LINK_TYPES) {
      const ids = links.filter((link) => link.type === type).map(({ id }) => id);
      if (ids.length === 0) continue;
      if (type === 'service') await this.services(actor, ticket.customerId, ids);
      await this.refuseOthers(ticket, type, ids);
      await this.tickets.link(ticket, type, ids);
    }
  }

  /** What another customer has is answered like what does not exist, so that nobody learns of it. */
  private async refuseOthers(ticket: TicketView, type: LinkType, ids: readonly number[]): Promise<void> {
    const linkable = LINKABLE[type];
    if (linkable === undefined) return;
    for (const id of ids) {
      if (type === 'ticket' && id === ticket.id) throw ticketErrors('tickets.link.itself');
      if ((await this.uow.tx.execute(linkable, [id, ticket.partnerId, ticket.customerId])) === 0)
        throw ticketErrors('tickets.link.unknown', { type, id });
    }
  }
}
