import type {
  AttachmentView,
  ClockTarget,
  ClockView,
  TicketCommentView,
  TicketDetails,
  TicketStepView,
  TicketView,
} from '@isp/domain/tickets';
import { snakeCase, toIsoSeconds } from '@isp/kernel';

const at = (instant: Date | null): string | null => (instant ? toIsoSeconds(instant) : null);

export function presentListedTicket(ticket: TicketView) {
  const { escalatedAt, teamId, team, assignedUserId, assignedUser } = ticket;
  return {
    id: ticket.id,
    guid: ticket.guid,
    number: ticket.number,
    partner_id: ticket.partnerId,
    customer_id: ticket.customerId,
    subject: ticket.subject,
    description: ticket.description,
    category: ticket.category,
    parent_category: ticket.parentCategory,
    priority: ticket.priority,
    status: ticket.status,
    source: ticket.source,
    location: ticket.location,
    team: teamId === null ? null : { id: teamId, name: team },
    assigned_user: assignedUserId === null ? null : { id: assignedUserId, name: assignedUser },
    resolution: ticket.resolution,
    merged_into_id: ticket.mergedIntoId,
    escalation: escalatedAt && {
      level: ticket.escalationLevel,
      to: ticket.escalatedTo,
      at: toIsoSeconds(escalatedAt),
    },
    response_due_at: at(ticket.responseDueAt),
    due_at: at(ticket.dueAt),
    breached: ticket.breached,
    opened_at: toIsoSeconds(ticket.openedAt),
    first_response_at: at(ticket.firstResponseAt),
    resolved_at: at(ticket.resolvedAt),
    closed_at: at(ticket.closedAt),
    reopened: ticket.reopened,
    created_by: ticket.createdBy,
    version: ticket.version,
    created_at: toIsoSeconds(ticket.createdAt),
    updated_at: toIsoSeconds(ticket.updatedAt),
  };
}

export function presentTicket({ clocks, links, ...ticket }: TicketDetails) {
  const { policyId, policyVersion, calendarId, calendarVersion } = ticket;
  const clock = (target: ClockTarget) => presentClock(clocks.find((one) => one.target === target) as ClockView);
  return {
    ...presentListedTicket(ticket),
    sla: {
      policy_id: policyId,
      policy_version: policyVersion,
      calendar_id: calendarId,
      calendar_version: calendarVersion,
      first_response: clock('first_response'),
      resolution: clock('resolution'),
    },
    links,
  };
}

function presentClock(clock: ClockView) {
  return {
    target_minutes: clock.targetSeconds / 60,
    warn_at: at(clock.warnAt),
    due_at: at(clock.dueAt),
    warned_at: at(clock.warnedAt),
    breached_at: at(clock.breachedAt),
    ended_at: at(clock.endedAt),
    ended_as: clock.endedAs,
    spent_minutes: clock.spentSeconds === null ? null : Math.floor(clock.spentSeconds / 60),
  };
}

export function presentComment({ id, internal, text, author, at: said }: TicketCommentView) {
  return { id, internal, text, author, at: toIsoSeconds(said) };
}

export function presentStep({ at: when, changes, ...step }: TicketStepView) {
  const named = Object.entries(changes).map(([name, change]) => [snakeCase(name), change] as const);
  return { ...step, changes: Object.fromEntries(named), at: toIsoSeconds(when) };
}

export function presentAttachment({
  id,
  internal,
  fileName,
  contentType,
  sizeBytes,
  sha256,
  author,
  at: when,
}: AttachmentView) {
  const file = { file_name: fileName, content_type: contentType, size_bytes: sizeBytes, sha256 };
  return { id, internal, ...file, author, at: toIsoSeconds(when) };
}
