import { Injectable } from '@nestjs/common';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { LinkTickets } from './link-tickets.usecase.js';

type AboutTicket = 'tickets.ticket.created.v1' | 'tickets.ticket.changed.v1' | 'tickets.ticket.reopened.v1';
const TICKETS: readonly AboutTicket[] = [
  'tickets.ticket.created.v1',
  'tickets.ticket.changed.v1',
  'tickets.ticket.reopened.v1',
];

/** Customers who call during an outage, or dispute the bill after it. An outage that is found later looks itself. */
@Injectable()
@ListensTo({
  name: 'outages.link-ticket',
  events: TICKETS,
  concerning: `EXISTS (SELECT FROM outage_services s WHERE s.partner_id = b.partner_id
    AND s.customer_id = (b.payload->>'customer_id')::integer)`,
})
export class LinkTicketListener implements ListensToEvents<AboutTicket> {
  constructor(private readonly links: LinkTickets) {}

  async on({ payload }: PublishedEvent<AboutTicket>): Promise<void> {
    await this.links.execute('ticket', payload.ticket_id);
  }
}

/** Customers called before the poller knew. */
@Injectable()
@ListensTo({ name: 'outages.link-earlier-tickets', events: ['outages.outage.opened.v1'] })
export class LinkEarlierTicketsListener implements ListensToEvents<'outages.outage.opened.v1'> {
  constructor(private readonly links: LinkTickets) {}

  async on({ payload }: PublishedEvent<'outages.outage.opened.v1'>): Promise<void> {
    await this.links.execute('outage', payload.outage_id);
  }
}
