import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { ClockTarget, TicketPriority, TicketStatus } from '@isp/domain/tickets';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';

/** A ticket that went up, and is not over. */
export interface EscalationView {
  readonly ticketId: number;
  readonly number: string;
  readonly partnerId: number;
  readonly customerId: number | null;
  readonly subject: string;
  readonly priority: TicketPriority;
  readonly status: TicketStatus;
  readonly level: number;
  readonly escalatedTo: string;
  readonly escalatedAt: Date;
  readonly assignedUser: string | null;
  readonly team: string | null;
  /** When the solution was or is due; null while its clock stands still. */
  readonly dueAt: Date | null;
}

/** How the desk stands at this moment. */
export interface DeskFigures {
  readonly open: Readonly<Record<TicketPriority, number>>;
  readonly unassigned: number;
  readonly pending: number;
  readonly escalated: number;
  /** Clocks of open tickets whose time is over. */
  readonly breached: Readonly<Record<ClockTarget, number>>;
  /** Clocks that come due within the next hour. */
  readonly dueWithinHour: number;
  /** The next instant at which a time is over; null when none is running. */
  readonly nextDueAt: Date | null;
}

const OPEN = `status NOT IN ('resolved', 'closed')`;
const MATCH = `FROM ticket_escalations e WHERE ($1::integer IS NULL OR e.partner_id = $1) AND e.level >= coalesce($2::integer, 1)`;
export const ESCALATION_SORTING = sorting({
  id: 'e.ticket_id',
  otherwise: ['e.level DESC', 'e.since', 'e.ticket_id'],
  fields: {
    level: { by: ['e.level', 'e.since DESC', 'e.ticket_id DESC'] },
    escalated_at: 'e.since',
  },
});
const QUEUES = sortedStatements(
  'sla-escalations',
  ESCALATION_SORTING,
  (
    order,
  ) => `SELECT t.id AS "ticketId", t.number, t.partner_id AS "partnerId", t.customer_id AS "customerId", t.subject, t.priority, t.status,
          e.level, t.escalated_to AS "escalatedTo", e.since AS "escalatedAt", t.assigned_user AS "assignedUser",
          m.name AS team, c.due_at AS "dueAt"
     FROM (SELECT e.* ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4) e JOIN tickets t ON t.id = e.ticket_id
     LEFT JOIN support_teams m ON m.id = t.team_id LEFT JOIN ticket_clocks c ON c.ticket_id = t.id AND c.target = 'resolution'
    ORDER BY ${order}`,
);
const COUNT = statement('sla-escalations-count', `SELECT count(*)::integer AS total ${MATCH}`);
const DESK = statement(
  'sla-desk',
  `SELECT t.priority, count(*)::integer AS open, count(*) FILTER (WHERE t.assigned_user_id IS NULL)::integer AS unassigned,
          count(*) FILTER (WHERE t.status LIKE 'pending%')::integer AS pending, count(*) FILTER (WHERE t.escalation_level > 0)::integer AS escalated
     FROM tickets t WHERE t.${OPEN} AND ($1::integer IS NULL OR t.partner_id = $1) GROUP BY 1`,
);
const CLOCKS = statement(
  'sla-desk-clocks',
  `SELECT c.target, count(*) FILTER (WHERE c.breached_at IS NOT NULL)::integer AS breached,
          count(*) FILTER (WHERE c.breached_at IS NULL AND c.due_at < $2::timestamptz + interval '1 hour')::integer AS soon,
          min(c.due_at) FILTER (WHERE c.breached_at IS NULL) AS next
     FROM ticket_clocks c WHERE c.ended_at IS NULL AND ($1::integer IS NULL OR c.partner_id = $1) GROUP BY 1`,
);

/** What waits at the desk, inside the walls of the reader. */
@Injectable()
export class SlaDesk {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The highest level first, then who waits longest. */
  escalations(actor: Actor, minLevel: number | undefined, page: SortedSlice<typeof ESCALATION_SORTING>) {
    const values = [partnerOf(actor), minLevel ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<EscalationView>(QUEUES.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  async figures(actor: Actor): Promise<DeskFigures> {
    const [tickets, clocks] = await this.uow.read(actor, (tx) =>
      Promise.all([
        tx.query<TicketsRow>(DESK, [partnerOf(actor)]),
        tx.query<ClocksRow>(CLOCKS, [partnerOf(actor), this.clock.now()]),
      ]),
    );
    const open = (priority: TicketPriority): number => tickets.find((row) => row.priority === priority)?.open ?? 0;
    const sum = (figure: 'unassigned' | 'pending' | 'escalated'): number =>
      tickets.reduce((total, row) => total + row[figure], 0);
    const breached = (target: ClockTarget): number => clocks.find((row) => row.target === target)?.breached ?? 0;
    const next = clocks.flatMap((row) => (row.next ? [row.next.getTime()] : []));
    return {
      open: { critical: open('critical'), high: open('high'), medium: open('medium'), low: open('low') },
      unassigned: sum('unassigned'),
      pending: sum('pending'),
      escalated: sum('escalated'),
      breached: { first_response: breached('first_response'), resolution: breached('resolution') },
      dueWithinHour: clocks.reduce((total, row) => total + row.soon, 0),
      nextDueAt: next.length > 0 ? new Date(Math.min(...next)) : null,
    };
  }
}

interface TicketsRow {
  readonly priority: TicketPriority;
  readonly open: number;
  readonly unassigned: number;
  readonly pending: number;
  readonly escalated: number;
}

interface ClocksRow {
  readonly target: ClockTarget;
  readonly breached: number;
  readonly soon: number;
  readonly next: Date | null;
}

const partnerOf = (actor: Actor): number | null => (actor.reach === 'all' ? null : actor.partnerId);
