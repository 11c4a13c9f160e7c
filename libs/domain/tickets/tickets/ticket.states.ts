import { defineStates } from '@isp/kernel';

export const TICKET_STATUSES = [
  'open',
  'in_progress',
  'pending_customer',
  'pending_third_party',
  'resolved',
  'closed',
] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** Most urgent first. */
export const TICKET_PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];

export const TICKET_SOURCES = ['portal', 'api', 'phone', 'email', 'system'] as const;
export type TicketSource = (typeof TICKET_SOURCES)[number];

export const LINK_TYPES = ['service', 'outage', 'work_order', 'invoice', 'ticket'] as const;
export type LinkType = (typeof LINK_TYPES)[number];

/** The life of a ticket; the only way its status changes. One that is over is opened again before anything else. */
export const ticketStates = defineStates<TicketStatus>({
  initial: 'open',
  transitions: {
    open: ['in_progress', 'pending_customer', 'pending_third_party', 'resolved', 'closed'],
    in_progress: ['pending_customer', 'pending_third_party', 'resolved', 'closed'],
    pending_customer: ['in_progress', 'pending_third_party', 'resolved', 'closed'],
    pending_third_party: ['in_progress', 'pending_customer', 'resolved', 'closed'],
    resolved: ['open', 'closed'],
    closed: ['open'],
  },
});

const RUNNING: readonly TicketStatus[] = ['open', 'in_progress'];

/** Whether the clocks of a ticket in this status run: they wait with whoever waits for somebody else. */
export const clocksRun = (status: TicketStatus): boolean => RUNNING.includes(status);

/** Whether nobody works on a ticket any more. */
export const isOver = (status: TicketStatus): boolean => status === 'resolved' || status === 'closed';
