import { z } from 'zod';
import { filter, sliceFilters, tolerantQuery } from '../filters.js';
import { ticketPriorities, ticketStatuses } from './ticket.presenter.js';

export const ticketsQuery = tolerantQuery({
  priority: filter('Exactly this priority, case-sensitive; one that does not exist finds nothing.', ticketPriorities),
  status: filter('Exactly this status, case-sensitive; one that does not exist finds nothing.', ticketStatuses),
  ...sliceFilters('`ticket_id`'),
});
export type TicketsQuery = z.infer<typeof ticketsQuery>;

export const ticketsShape = z.array(
  z.object({
    ticket_id: z.string(),
    customer_id: z.string(),
    customer_name: z.string(),
    issue_type: z.string(),
    priority: z.enum(ticketPriorities),
    status: z.enum(ticketStatuses),
    created_date: z.iso.datetime(),
    assigned_to: z.string(),
    description: z.string(),
    estimated_resolution: z.iso.datetime().optional(),
    sla_breach: z.boolean(),
    affected_services: z.array(z.string()),
    location: z.string(),
  }),
);

export const ticketsExample = [
  {
    ticket_id: 'TKT-2025-001',
    customer_id: 'CUST-10001',
    customer_name: 'Harbour Logistics',
    issue_type: 'Service Outage',
    priority: 'Critical',
    status: 'In Progress',
    created_date: '2025-01-29T10:30:00Z',
    assigned_to: 'Sam Support',
    description: 'No connection since this morning: The light of the ONT is red.',
    estimated_resolution: '2025-01-29T14:30:00Z',
    sla_breach: false,
    affected_services: ['Business Fibre 500'],
    location: 'New York',
  },
];
