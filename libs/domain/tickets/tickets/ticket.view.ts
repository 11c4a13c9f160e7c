import type { LinkType, TicketPriority, TicketSource, TicketStatus } from './ticket.states.js';

export type ClockTarget = 'first_response' | 'resolution';

/** One of the two clocks of a ticket. */
export interface ClockView {
  readonly target: ClockTarget;
  readonly targetSeconds: number;
  /** Null while it stands still. */
  readonly warnAt: Date | null;
  readonly dueAt: Date | null;
  readonly warnedAt: Date | null;
  readonly breachedAt: Date | null;
  readonly escalations: number;
  readonly endedAt: Date | null;
  /** In time, too late, or of no account because the ticket was merged into another. */
  readonly endedAs: 'met' | 'late' | 'void' | null;
  readonly spentSeconds: number | null;
}

export interface LinkView {
  readonly type: LinkType;
  readonly id: number;
}

/** A ticket as others see it. */
export interface TicketView {
  readonly id: number;
  readonly guid: string;
  /** `TKT-<year>-<n>`. */
  readonly number: string;
  readonly partnerId: number;
  /** Null: of nobody in particular. */
  readonly customerId: number | null;
  readonly subject: string;
  readonly description: string;
  readonly categoryId: number;
  readonly category: string;
  readonly categoryName: string;
  /** Of the category that this one is below; null when it is below none. */
  readonly parentCategory: string | null;
  readonly priority: TicketPriority;
  readonly status: TicketStatus;
  readonly source: TicketSource;
  readonly location: string;
  readonly teamId: number | null;
  readonly team: string | null;
  readonly assignedUserId: number | null;
  readonly assignedUser: string | null;
  readonly resolution: string | null;
  readonly mergedIntoId: number | null;
  readonly escalationLevel: number;
  readonly escalatedTo: string | null;
  readonly escalatedAt: Date | null;
  readonly policyId: number;
  readonly policyVersion: number;
  readonly calendarId: number;
  readonly calendarVersion: number;
  readonly openedAt: Date;
  readonly firstResponseAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly closedAt: Date | null;
  readonly reopened: number;
  readonly stoppedFrom: readonly Date[];
  readonly stoppedUntil: readonly Date[];
  /** Of the clocks that have not ended; null while they stand still. */
  readonly responseDueAt: Date | null;
  readonly dueAt: Date | null;
  /** Whether the time of one of its clocks was ever over. */
  readonly breached: boolean;
  readonly createdBy: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** With its clocks and what it is linked to. */
export type TicketDetails = TicketView & { readonly clocks: readonly ClockView[]; readonly links: readonly LinkView[] };

export interface TicketCommentView {
  readonly id: string;
  readonly internal: boolean;
  readonly text: string;
  readonly author: string;
  readonly at: Date;
}

/** One thing that happened to a ticket. */
export interface TicketStepView {
  readonly id: string;
  readonly action: string;
  readonly from: TicketStatus | null;
  readonly to: TicketStatus;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
  readonly actor: string;
  readonly at: Date;
}

/** The columns of a view, of `tickets t` in `TICKET_TABLES`. */
export const TICKET_COLUMNS = `t.id, t.guid, t.number, t.partner_id AS "partnerId", t.customer_id AS "customerId", t.subject, t.description,
  t.category_id AS "categoryId", k.code AS category, k.name AS "categoryName",
  (SELECT above.code FROM ticket_categories above WHERE above.id = k.parent_id) AS "parentCategory", t.priority, t.status, t.source, t.location,
  t.team_id AS "teamId", m.name AS team, t.assigned_user_id AS "assignedUserId", t.assigned_user AS "assignedUser", t.resolution,
  t.merged_into_id AS "mergedIntoId", t.escalation_level AS "escalationLevel", t.escalated_to AS "escalatedTo", t.escalated_at AS "escalatedAt",
  t.policy_id AS "policyId", t.policy_version AS "policyVersion", t.calendar_id AS "calendarId", t.calendar_version AS "calendarVersion",
  t.opened_at AS "openedAt", t.first_response_at AS "firstResponseAt", t.resolved_at AS "resolvedAt", t.closed_at AS "closedAt", t.reopened,
  t.stopped_from AS "stoppedFrom", t.stopped_until AS "stoppedUntil", (SELECT c.due_at FROM ticket_clocks c WHERE c.ticket_id = t.id AND c.target = 'first_response' AND c.ended_at IS NULL) AS "responseDueAt",
  (SELECT c.due_at FROM ticket_clocks c WHERE c.ticket_id = t.id AND c.target = 'resolution' AND c.ended_at IS NULL) AS "dueAt",
  EXISTS (SELECT FROM ticket_clocks c WHERE c.ticket_id = t.id AND c.breached_at IS NOT NULL) AS breached,
  t.created_by AS "createdBy", t.version, t.created_at AS "createdAt",
  t.updated_at AS "updatedAt"`;

export const TICKET_TABLES =
  'tickets t JOIN ticket_categories k ON k.id = t.category_id LEFT JOIN support_teams m ON m.id = t.team_id';

export const CLOCK_COLUMNS = `c.target, c.target_seconds AS "targetSeconds", c.warn_at AS "warnAt", c.due_at AS "dueAt", c.warned_at AS "warnedAt",
  c.breached_at AS "breachedAt", c.escalations, c.ended_at AS "endedAt", c.ended_as AS "endedAs", c.spent_seconds AS "spentSeconds"`;
