import type { CreateTicketInput } from '@isp/domain/tickets';

/** What becomes of a ticket. */
export type TicketFate =
  | 'open'
  | 'assigned'
  | 'in_progress'
  | 'pending_customer'
  | 'pending_third_party'
  | 'resolved'
  | 'closed'
  | 'reopened'
  | 'merged'
  | 'escalated';

interface SandboxTicket extends Pick<CreateTicketInput, 'subject' | 'category' | 'priority' | 'description'> {
  readonly customerId: number;
  /** Minutes before now at which it was opened. */
  readonly age: number;
  readonly fate: TicketFate;
}

/** One of every state; those that are older than their time are breached by the first sweep. */
export const TICKETS: readonly SandboxTicket[] = [
  {
    customerId: 1,
    subject: 'No connection since this morning',
    description: 'The light of the ONT is red.',
    category: 'no_connection',
    priority: 'critical',
    age: 20,
    fate: 'open',
  },
  { customerId: 2, subject: 'Slow in the evening', category: 'peak_hours', priority: 'medium', age: 200, fate: 'open' },
  { customerId: 3, subject: 'WiFi drops upstairs', category: 'wifi', priority: 'low', age: 45, fate: 'assigned' },
  {
    customerId: 4,
    subject: 'Connection comes and goes',
    category: 'intermittent',
    priority: 'high',
    age: 300,
    fate: 'in_progress',
  },
  {
    customerId: 5,
    subject: 'Which cable goes where?',
    category: 'router_fault',
    priority: 'low',
    age: 90,
    fate: 'pending_customer',
  },
  {
    customerId: 6,
    subject: 'Fibre cut by road works',
    category: 'no_connection',
    priority: 'high',
    age: 120,
    fate: 'pending_third_party',
  },
  { customerId: 7, subject: 'Charged twice', category: 'wrong_amount', priority: 'medium', age: 60, fate: 'resolved' },
  { customerId: 8, subject: 'Nobody came', category: 'appointment', priority: 'high', age: 600, fate: 'closed' },
  { customerId: 9, subject: 'Down again', category: 'no_connection', priority: 'high', age: 30, fate: 'reopened' },
  { customerId: 10, subject: 'Still no connection', category: 'no_connection', age: 15, fate: 'merged' },
  {
    customerId: 11,
    subject: 'Office without internet',
    category: 'no_connection',
    priority: 'critical',
    age: 500,
    fate: 'escalated',
  },
];

/** Closed tickets of the months before, so that there are figures. */
export const PAST_TICKETS = 240;
