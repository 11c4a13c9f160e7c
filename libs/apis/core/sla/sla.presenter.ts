import type { DeskFigures, EscalationView, SlaPerformance, SlaTally, SlaTallyOf, SweepResult } from '@isp/domain/sla';
import type { SlaCalendarView, SlaPolicyView } from '@isp/domain/tickets';
import { toIsoSeconds } from '@isp/kernel';

/** Per cent to one decimal; nothing missed of nothing is all of it. */
const rate = (part: number, whole: number, ofNothing = 100): number =>
  whole === 0 ? ofNothing : Math.round((part * 1_000) / whole) / 10;
const minutesOf = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds / 60));

export function presentSweep({ breached, warned, checked, at }: SweepResult) {
  return {
    breached_tickets: breached.map(({ ticketId, customerId, breachTime, overdueMinutes }) => ({
      ticket_id: ticketId,
      customer_id: customerId,
      breach_time: toIsoSeconds(breachTime),
      overdue_minutes: overdueMinutes,
    })),
    warnings_issued: warned.map(({ ticketId, customerId, timeRemainingMinutes }) => ({
      ticket_id: ticketId,
      customer_id: customerId,
      time_remaining_minutes: timeRemainingMinutes,
    })),
    total_checked: checked,
    check_time: toIsoSeconds(at),
  };
}

export function presentPerformance({ from, until, days, byPriority, ...all }: SlaPerformance) {
  const of = ({ total, within }: SlaTally) => ({ total, within_sla: within, compliance_rate: rate(within, total) });
  const { critical, high, medium, low } = byPriority;
  return {
    period_start: toIsoSeconds(from),
    period_end: toIsoSeconds(until),
    period_days: days,
    total_tickets: all.total,
    tickets_within_sla: all.within,
    tickets_breached: all.breached,
    sla_compliance_rate: rate(all.within, all.total),
    average_resolution_time_minutes: minutesOf(all.averageSeconds) ?? 0,
    escalation_rate: rate(all.escalated, all.total, 0),
    by_priority: { critical: of(critical), high: of(high), medium: of(medium), low: of(low) },
  };
}

export function presentBrokenDown({ key, total, within, breached, escalated, averageSeconds }: SlaTallyOf) {
  const counts = { total, within_sla: within, breached, compliance_rate: rate(within, total) };
  return { key, ...counts, average_time_minutes: minutesOf(averageSeconds), escalated };
}

export function presentEscalation(row: EscalationView) {
  return {
    ticket_id: row.ticketId,
    number: row.number,
    partner_id: row.partnerId,
    customer_id: row.customerId,
    subject: row.subject,
    priority: row.priority,
    status: row.status,
    level: row.level,
    escalated_to: row.escalatedTo,
    escalated_at: toIsoSeconds(row.escalatedAt),
    assigned_user: row.assignedUser,
    team: row.team,
    due_at: row.dueAt && toIsoSeconds(row.dueAt),
  };
}

export function presentDesk({ open, dueWithinHour, nextDueAt, ...counts }: DeskFigures) {
  const { unassigned, pending, escalated, breached } = counts;
  const rest = { unassigned, pending, escalated, breached };
  return {
    open_tickets: open,
    ...rest,
    due_within_hour: dueWithinHour,
    next_due_at: nextDueAt && toIsoSeconds(nextDueAt),
  };
}

export function presentPolicy(policy: SlaPolicyView) {
  return {
    id: policy.id,
    name: policy.name,
    support_tier: policy.supportTier,
    plan_id: policy.planId,
    status: policy.status,
    version: policy.version,
    calendar_id: policy.calendarId,
    targets: policy.targets,
    warn_percent: policy.warnPercent,
    escalations: policy.escalations,
    created_by: policy.createdBy,
    created_at: toIsoSeconds(policy.createdAt),
  };
}

export function presentCalendar({ id, name, version, timeZone, hours, holidays }: SlaCalendarView) {
  return { id, name, version, time_zone: timeZone, hours, holidays };
}
