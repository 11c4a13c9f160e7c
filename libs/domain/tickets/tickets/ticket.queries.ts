import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { patternOf } from '@isp/domain/customers';
import {
  type SortedSlice,
  type Statement,
  type Transaction,
  UnitOfWork,
  sortedStatements,
  sorting,
  statement,
} from '@isp/platform/database';
import { TicketClocks } from '../clocks/ticket-clocks.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketLinks } from './ticket-links.js';
import type { TicketPriority, TicketStatus } from './ticket.states.js';
import {
  TICKET_COLUMNS,
  TICKET_TABLES,
  type TicketCommentView,
  type TicketDetails,
  type TicketStepView,
  type TicketView,
} from './ticket.view.js';

/** A search finds the newest of so many. */
const MOST_FOUND = 10_000;

// A category finds its sub-categories too.
const MATCH = `FROM tickets t WHERE ($1::integer IS NULL OR t.partner_id = $1) AND ($2::text IS NULL OR t.status = $2)
  AND ($3::text IS NULL OR t.priority = $3)
  AND ($4::text IS NULL OR t.category_id IN (SELECT k.id FROM ticket_categories k LEFT JOIN ticket_categories p ON p.id = k.parent_id
       WHERE k.code = $4 OR p.code = $4))
  AND ($5::integer IS NULL OR t.customer_id = $5)
  AND ($6::integer IS NULL OR EXISTS (SELECT FROM ticket_links l WHERE l.ticket_id = t.id AND l.type = 'service' AND l.target_id = $6))
  AND ($7::integer IS NULL OR t.assigned_user_id = $7) AND ($8::integer IS NULL OR t.team_id = $8)
  AND ($9::text IS NULL OR t.id IN (SELECT tickets_search($9, ${MOST_FOUND})))
  AND ($10::timestamptz IS NULL OR t.opened_at >= $10) AND ($11::timestamptz IS NULL OR t.opened_at < $11)
  AND (($12::timestamptz IS NULL AND $13::timestamptz IS NULL) OR EXISTS (SELECT FROM ticket_clocks c WHERE c.ticket_id = t.id
       AND c.target = 'resolution' AND c.ended_at IS NULL AND ($12::timestamptz IS NULL OR c.due_at >= $12) AND ($13::timestamptz IS NULL OR c.due_at < $13)))
  AND ($14::boolean IS NULL OR $14 = EXISTS (SELECT FROM ticket_clocks c WHERE c.ticket_id = t.id AND c.breached_at IS NOT NULL))
  AND ($15::integer IS NULL OR EXISTS (SELECT FROM ticket_links l WHERE l.ticket_id = t.id AND l.type = 'outage' AND l.target_id = $15))`;
const COUNT = statement('tickets-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('tickets-get', `SELECT ${TICKET_COLUMNS} FROM ${TICKET_TABLES} WHERE t.id = $1`);
const COMMENTS = statement(
  'tickets-comments',
  `SELECT id::text, internal, text, author, at FROM ticket_comments WHERE partner_id = $1 AND ticket_id = $2
    ORDER BY id DESC LIMIT $3 OFFSET $4`,
);
const COMMENT_COUNT = statement(
  'tickets-comment-count',
  'SELECT count(*)::integer AS total FROM ticket_comments WHERE partner_id = $1 AND ticket_id = $2',
);
const STEPS = statement(
  'tickets-history',
  `SELECT id::text, action, from_status AS "from", to_status AS "to", changes, reason, actor, at FROM ticket_history
    WHERE partner_id = $1 AND ticket_id = $2 ORDER BY id DESC LIMIT $3 OFFSET $4`,
);
const STEP_COUNT = statement(
  'tickets-history-count',
  'SELECT count(*)::integer AS total FROM ticket_history WHERE partner_id = $1 AND ticket_id = $2',
);

// The most urgent is the greatest.
const URGENCY = `(CASE t.priority WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END)`;
const DUE_AT = `(SELECT c.due_at FROM ticket_clocks c WHERE c.ticket_id = t.id AND c.target = 'resolution' AND c.ended_at IS NULL)`;
export const TICKET_SORTING = sorting({
  id: 't.id',
  partner: 't.partner_id',
  otherwise: ['t.id DESC'],
  fields: {
    opened_at: 't.opened_at',
    updated_at: 't.updated_at',
    priority: URGENCY,
    due_at: { by: [DUE_AT], nullable: true, within: ['due_from', 'due_to'] },
  },
});
// The page is found first; only its rows are then read whole.
const LISTS = sortedStatements(
  'tickets-list',
  TICKET_SORTING,
  (order) => `SELECT ${TICKET_COLUMNS} FROM (SELECT t.* ${MATCH} ORDER BY ${order} LIMIT $16 OFFSET $17) t
       JOIN ticket_categories k ON k.id = t.category_id LEFT JOIN support_teams m ON m.id = t.team_id ORDER BY ${order}`,
);

interface Slice {
  readonly limit: number;
  readonly offset: number;
}

export interface TicketFilter {
  readonly partnerId?: number | undefined;
  readonly status?: TicketStatus | undefined;
  readonly priority?: TicketPriority | undefined;
  /** Code; of a category with its sub-categories. */
  readonly category?: string | undefined;
  readonly customerId?: number | undefined;
  readonly serviceId?: number | undefined;
  readonly assignedUserId?: number | undefined;
  readonly teamId?: number | undefined;
  /** Literal part of number, subject or description. */
  readonly search?: string | undefined;
  readonly openedFrom?: Date | undefined;
  /** Not included. */
  readonly openedTo?: Date | undefined;
  /** Of the solution that is still to come. */
  readonly dueFrom?: Date | undefined;
  /** Not included. */
  readonly dueTo?: Date | undefined;
  readonly breached?: boolean | undefined;
  /** Those that are linked to it. */
  readonly outageId?: number | undefined;
}

/** Reads of tickets, inside the walls of the reader. */
@Injectable()
export class TicketQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly clocks: TicketClocks,
    private readonly links: TicketLinks,
  ) {}

  /** One page, newest first. */
  list(actor: Actor, filter: TicketFilter, page: SortedSlice<typeof TICKET_SORTING>) {
    const partnerId = actor.reach === 'all' ? (filter.partnerId ?? null) : actor.partnerId;
    if (partnerId !== null && filter.partnerId !== undefined && filter.partnerId !== partnerId)
      return Promise.resolve({ rows: [] as TicketView[], total: 0 });
    const { status, priority, category, customerId, serviceId, assignedUserId, teamId, search } = filter;
    const pattern = search === undefined || search.trim() === '' ? null : patternOf(search);
    const which = [status, priority, category, customerId, serviceId, assignedUserId, teamId, pattern];
    const when = [filter.openedFrom, filter.openedTo, filter.dueFrom, filter.dueTo, filter.breached, filter.outageId];
    const values = [partnerId, ...[...which, ...when].map((one) => one ?? null)];
    const list = LISTS.of(page.sort, partnerId !== null);
    return this.uow.read(actor, (tx) => pageOf<TicketView>(tx, [list, COUNT], values, page));
  }

  /** @throws `tickets.ticket.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<TicketView> {
    const found = await this.uow.read(actor, (tx) => tx.one<TicketView>(GET, [id]));
    if (!found) throw ticketErrors('tickets.ticket.not_found');
    return found;
  }

  /** With its clocks and links. @throws `tickets.ticket.not_found` */
  details(actor: Actor, id: number): Promise<TicketDetails> {
    return this.uow.read(actor, async (tx) => {
      const [ticket, clocks, links] = await Promise.all([
        tx.one<TicketView>(GET, [id]),
        this.clocks.of(id),
        this.links.of(id),
      ]);
      if (!ticket) throw ticketErrors('tickets.ticket.not_found');
      return { ...ticket, clocks, links };
    });
  }

  /** What was said about a ticket, newest first; internal comments only to the operator's people. @throws `tickets.ticket.not_found` */
  async comments(actor: Actor, id: number, page: Slice) {
    const { partnerId } = await this.get(actor, id);
    const both = [COMMENTS, COMMENT_COUNT] as const;
    return this.uow.read(actor, (tx) => pageOf<TicketCommentView>(tx, both, [partnerId, id], page));
  }

  /** Everything that happened to a ticket, newest first. @throws `tickets.ticket.not_found` */
  async history(actor: Actor, id: number, page: Slice) {
    const { partnerId } = await this.get(actor, id);
    return this.uow.read(actor, (tx) => pageOf<TicketStepView>(tx, [STEPS, STEP_COUNT], [partnerId, id], page));
  }
}

async function pageOf<R>(
  tx: Transaction,
  [list, counted]: readonly [Statement, Statement],
  values: readonly unknown[],
  { limit, offset }: Slice,
): Promise<{ readonly rows: R[]; readonly total: number }> {
  const [rows, count] = await Promise.all([
    tx.query<R>(list, [...values, limit, offset]),
    tx.one<{ total: number }>(counted, values),
  ]);
  return { rows, total: count?.total ?? 0 };
}
