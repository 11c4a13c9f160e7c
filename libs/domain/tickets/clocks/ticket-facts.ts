import { Injectable } from '@nestjs/common';
import { Outbox } from '@isp/platform/work';
import type { ClockTarget, TicketView } from '../tickets/ticket.view.js';

/** What an event says of a ticket. */
type Told = Pick<
  TicketView,
  'id' | 'number' | 'partnerId' | 'customerId' | 'category' | 'priority' | 'status' | 'version'
>;

/** What happens to tickets by the passing of time, as events; whoever notices it publishes it, in that transaction. */
@Injectable()
export class TicketFacts {
  constructor(private readonly outbox: Outbox) {}

  warned(ticket: Told, target: ClockTarget, dueAt: Date, secondsLeft: number): void {
    const left = { due_at: dueAt.toISOString(), time_remaining_minutes: Math.max(0, Math.floor(secondsLeft / 60)) };
    this.outbox.add('sla.ticket.warned.v1', { ...told(ticket), target, ...left });
  }

  breached(ticket: Told, target: ClockTarget, breachedAt: Date): void {
    this.outbox.add('sla.ticket.breached.v1', { ...told(ticket), target, breach_time: breachedAt.toISOString() });
  }

  escalated(ticket: Told, level: number, to: string): void {
    this.outbox.add('tickets.ticket.escalated.v1', { ...told(ticket), level, escalated_to: to });
  }
}

export function told({ id, number, partnerId, customerId, category, priority, status, version }: Told) {
  return {
    partner_id: partnerId,
    customer_id: customerId ?? 0,
    ticket_id: id,
    number,
    category,
    priority,
    status,
    sequence: version,
  };
}
