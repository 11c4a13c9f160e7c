import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CreateTicket, ResolveTicket } from '@isp/domain/tickets';
import { type Clock, DomainError } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { OutageView } from './outage.view.js';

/** What refuses to resolve a ticket that has come to its end. */
const ENDED = new Set(['tickets.ticket.over', 'tickets.ticket.illegal_move', 'tickets.ticket.merged']);

const counted = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`;

/** The one ticket of an outage: of nobody in particular, its clocks run from the beginning of the outage to its end. */
@Injectable()
export class OutageTickets {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly create: CreateTicket,
    private readonly resolve: ResolveTicket,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async open(actor: Actor, outage: OutageView): Promise<number> {
    const { id, title, place, startedAt, affectedServices, affectedCustomers } = outage;
    const now = this.clock.now();
    const ticket = await this.create.execute({
      actor,
      subject: title,
      description: `Behind ${place}: ${counted(affectedServices, 'service')} of ${counted(affectedCustomers, 'customer')}.`,
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

  /** One that people have ended already stays as they left it. */
  async end(actor: Actor, { ticketId }: OutageView, resolution: string): Promise<void> {
    if (ticketId === null) return;
    try {
      await this.uow.tx.savepoint(() => this.resolve.execute({ actor, ticketId, resolution }));
    } catch (error) {
      if (!(error instanceof DomainError && ENDED.has(error.code))) throw error;
    }
  }
}
