import type { TicketReportRow } from '@isp/domain/reporting';
import type { TicketPriority, TicketStatus } from '@isp/domain/tickets';
import { toIsoSeconds } from '@isp/kernel';

/** The document's words for our states. */
const WORDS = {
  Open: ['open'],
  'In Progress': ['in_progress', 'pending_customer', 'pending_third_party'],
  Resolved: ['resolved'],
  Closed: ['closed'],
} as const satisfies Record<string, readonly TicketStatus[]>;
const PRIORITIES = { Critical: 'critical', High: 'high', Medium: 'medium', Low: 'low' } as const;
export const ticketStatuses = ['Open', 'In Progress', 'Resolved', 'Closed'] as const;
export const ticketPriorities = ['Critical', 'High', 'Medium', 'Low'] as const;

/** The states that a word means; undefined for a word that the document does not know. */
export function statusesOf(word: string): readonly TicketStatus[] | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word as keyof typeof WORDS] : undefined;
}

/** Undefined for a word that the document does not know. */
export function priorityOf(word: string): TicketPriority | undefined {
  return Object.hasOwn(PRIORITIES, word) ? PRIORITIES[word as keyof typeof PRIORITIES] : undefined;
}

/** Never null: text that there is none of is empty, and an instant that nobody knows is left out. */
export function presentTicket(row: TicketReportRow) {
  return {
    ticket_id: row.number,
    customer_id: row.customerId ?? '',
    customer_name: row.customerName ?? '',
    issue_type: row.category,
    priority: ticketPriorities.find((word) => PRIORITIES[word] === row.priority) ?? '',
    status: ticketStatuses.find((word) => statusesOf(word)?.includes(row.status)) ?? '',
    created_date: toIsoSeconds(row.openedAt),
    assigned_to: row.assignedTo ?? '',
    description: row.description === '' ? row.subject : `${row.subject}: ${row.description}`,
    ...(row.expectedAt ? { estimated_resolution: toIsoSeconds(row.expectedAt) } : {}),
    sla_breach: row.breached,
    affected_services: row.services,
    location: row.location,
  };
}
