import type { TicketPriority, TicketStatus } from '@isp/domain/tickets';

/** One ticket with what belongs to it. */
export interface TicketReportRow {
  readonly number: string;
  /** Display id and name of its customer; null: of nobody in particular. */
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly category: string;
  readonly priority: TicketPriority;
  readonly status: TicketStatus;
  readonly openedAt: Date;
  /** A person, else a team. */
  readonly assignedTo: string | null;
  readonly subject: string;
  readonly description: string;
  /** When it was solved, else when the solution is due; null while its clock stands still. */
  readonly expectedAt: Date | null;
  readonly breached: boolean;
  /** Names of the plans of the services that it is about. */
  readonly services: readonly string[];
  readonly location: string;
}
