import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import {
  type HandlesJob,
  HandlesJobs,
  ListensTo,
  type ListensToEvents,
  type PublishedEvent,
  WorkQueue,
} from '@isp/platform/work';
import { LinkTickets } from './link-tickets.usecase.js';

type AboutTicket = 'tickets.ticket.created.v1' | 'tickets.ticket.changed.v1' | 'tickets.ticket.reopened.v1';
const TICKETS: readonly AboutTicket[] = [
  'tickets.ticket.created.v1',
  'tickets.ticket.changed.v1',
  'tickets.ticket.reopened.v1',
];
const JOB = 'outages.link-tickets';

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

  async on({ partnerId, payload }: PublishedEvent<AboutTicket>): Promise<void> {
    await this.links.execute('ticket', partnerId, payload.ticket_id);
  }
}

/** Customers called before the poller knew: thousands of them, so it is work by itself. */
@Injectable()
@ListensTo({ name: 'outages.link-earlier-tickets', events: ['outages.outage.opened.v1'] })
export class LinkEarlierTicketsListener implements ListensToEvents<'outages.outage.opened.v1'> {
  constructor(private readonly work: WorkQueue) {}

  async on({ id, partnerId, payload }: PublishedEvent<'outages.outage.opened.v1'>): Promise<void> {
    const about = { partner_id: partnerId, outage_id: payload.outage_id };
    await this.work.enqueue(JOB, about, { dedupeKey: id });
  }
}

@Injectable()
@HandlesJobs({ job: JOB })
export class LinkEarlierTicketsHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly links: LinkTickets) {}

  async handle({ partner_id: partnerId, outage_id: outageId }: JobPayload<typeof JOB>): Promise<void> {
    await this.links.execute('outage', partnerId, outageId);
  }
}
