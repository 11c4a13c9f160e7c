import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CreateTicket } from '@isp/domain/tickets';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import type { OutageView } from './outage.view.js';

/** The one ticket of an outage: of nobody in particular, its clocks run from the beginning of the outage. */
@Injectable()
export class OutageTickets {
  constructor(
    private readonly create: CreateTicket,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async open(
    actor: Actor,
    { id, title, place, startedAt, affectedServices, affectedCustomers }: OutageView,
  ): Promise<number> {
    const now = this.clock.now();
    const ticket = await this.create.execute({
      actor,
      subject: title,
      description: `${affectedServices} services of ${affectedCustomers} customers are behind ${place}.`,
      category: 'area_outage',
      priority: 'critical',
      source: 'system',
      location: place,
      // The database's clock, which says when a device fell, may be ahead of ours.
      openedAt: startedAt < now ? startedAt : now,
      links: [{ type: 'outage', id }],
    });
    return ticket.id;
  }
}
