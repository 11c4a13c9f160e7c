import { bodyId, calendarDay, line, openingHours, openingHoursShape, timeZone, wholeNumber } from '@isp/apis/shared';
import { SLA_DIMENSIONS, ESCALATION_SORTING } from '@isp/domain/sla';
import { TICKET_PRIORITIES, TICKET_STATUSES } from '@isp/domain/tickets';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const maybe = z.string().nullable();
const maybeId = z.int().nullable();
const priority = z.enum(TICKET_PRIORITIES);
const target = z.enum(['first_response', 'resolution']);

export const sweepShape = z.object({
  breached_tickets: z.array(
    z.object({
      ticket_id: z.int(),
      customer_id: maybeId,
      breach_time: z.string(),
      overdue_minutes: z.int(),
    }),
  ),
  warnings_issued: z.array(z.object({ ticket_id: z.int(), customer_id: maybeId, time_remaining_minutes: z.int() })),
  total_checked: z.int(),
  check_time: z.string(),
});
export const sweepExample = {
  breached_tickets: [{ ticket_id: 123, customer_id: 456, breach_time: '2025-01-29T08:00:00Z', overdue_minutes: 150 }],
  warnings_issued: [{ ticket_id: 124, customer_id: 457, time_remaining_minutes: 15 }],
  total_checked: 25,
  check_time: '2025-01-29T10:30:00Z',
};

const days = { period_days: wholeNumber(366).default(30) };
export const performanceQuery = z.strictObject(days);
export type PerformanceQuery = z.infer<typeof performanceQuery>;
export const performanceShape = z.object({
  period_start: z.string(),
  period_end: z.string(),
  period_days: z.int(),
  total_tickets: z.int(),
  tickets_within_sla: z.int(),
  tickets_breached: z.int(),
  sla_compliance_rate: z.number(),
  average_resolution_time_minutes: z.int(),
  escalation_rate: z.number(),
  by_priority: z.record(priority, z.object({ total: z.int(), within_sla: z.int(), compliance_rate: z.number() })),
});
const tally = { total: 10, within_sla: 8, compliance_rate: 80 };
export const performanceExample = {
  period_start: '2024-12-30T10:30:00Z',
  period_end: '2025-01-29T10:30:00Z',
  period_days: 30,
  total_tickets: 100,
  tickets_within_sla: 85,
  tickets_breached: 15,
  sla_compliance_rate: 85,
  average_resolution_time_minutes: 180,
  escalation_rate: 12,
  by_priority: {
    critical: tally,
    high: { total: 25, within_sla: 20, compliance_rate: 80 },
    medium: { total: 40, within_sla: 36, compliance_rate: 90 },
    low: { total: 25, within_sla: 21, compliance_rate: 84 },
  },
};

export const breakdownQuery = z.strictObject({
  ...days,
  by: z.enum(SLA_DIMENSIONS).default('category'),
  target: target.default('resolution'),
});
export type BreakdownQuery = z.infer<typeof breakdownQuery>;
const brokenDown = z.object({
  key: z.string(),
  total: z.int(),
  within_sla: z.int(),
  breached: z.int(),
  compliance_rate: z.number(),
  average_time_minutes: z.int().nullable(),
  escalated: z.int(),
});
export const breakdownShape = z.object({
  by: z.enum(SLA_DIMENSIONS),
  target,
  period_days: z.int(),
  breakdown: z.array(brokenDown),
});
export const breakdownExample = {
  by: 'category',
  target: 'resolution',
  period_days: 30,
  breakdown: [
    {
      key: 'no_connection',
      total: 40,
      within_sla: 36,
      breached: 4,
      compliance_rate: 90,
      average_time_minutes: 170,
      escalated: 3,
    },
  ],
};

export const escalationsQuery = sortedQuery({ min_level: wholeNumber(9).optional() }, ESCALATION_SORTING);
export type EscalationsQuery = z.infer<typeof escalationsQuery>;
const escalation = z.object({
  ticket_id: z.int(),
  number: z.string(),
  partner_id: z.int(),
  customer_id: maybeId,
  subject: z.string(),
  priority,
  status: z.enum(TICKET_STATUSES),
  level: z.int(),
  escalated_to: z.string(),
  escalated_at: z.string(),
  assigned_user: maybe,
  team: maybe,
  due_at: maybe,
});
export const escalationsShape = listShape('escalations', escalation);
export const escalationExample = {
  ticket_id: 123,
  number: 'TKT-2025-001',
  partner_id: 1,
  customer_id: 456,
  subject: 'No connection since this morning',
  priority: 'high',
  status: 'in_progress',
  level: 1,
  escalated_to: 'Network operations',
  escalated_at: '2025-01-29T18:30:00Z',
  assigned_user: null,
  team: 'Network operations',
  due_at: '2025-01-29T18:30:00Z',
};

const byPriority = z.object({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int() });
export const dashboardShape = z.object({
  open_tickets: byPriority,
  unassigned: z.int(),
  pending: z.int(),
  escalated: z.int(),
  breached: z.object({ first_response: z.int(), resolution: z.int() }),
  due_within_hour: z.int(),
  next_due_at: maybe,
});
export const dashboardExample = {
  open_tickets: { critical: 1, high: 4, medium: 12, low: 7 },
  unassigned: 5,
  pending: 3,
  escalated: 2,
  breached: { first_response: 1, resolution: 2 },
  due_within_hour: 4,
  next_due_at: '2025-01-29T10:45:00Z',
};

const minutes = z.int().min(1).max(525_600);
const targetBody = z.strictObject({
  first_response_minutes: minutes,
  resolution_minutes: minutes,
  around_the_clock: z.boolean().default(false),
});
const terms = {
  calendar_id: bodyId,
  targets: z.strictObject({ critical: targetBody, high: targetBody, medium: targetBody, low: targetBody }),
  warn_percent: z.int().min(1).max(99).default(80),
  escalations: z
    .array(
      z.strictObject({
        target,
        after_minutes: z.int().min(0).max(525_600),
        level: z.int().min(1).max(9),
        to: line(100),
      }),
    )
    .max(20)
    .default([]),
};
export const policyBody = z.strictObject({
  name: line(100),
  support_tier: line(50).nullable().default(null),
  plan_id: bodyId.nullable().default(null),
  ...terms,
});
export type PolicyBody = z.infer<typeof policyBody>;
export const changePolicyBody = z.strictObject({ name: line(100), ...terms });
export type ChangePolicyBody = z.infer<typeof changePolicyBody>;
export const policiesQuery = listQuery({ status: z.enum(['active', 'retired']).optional() });
export type PoliciesQuery = z.infer<typeof policiesQuery>;
const targetShape = z.object({
  first_response_minutes: z.int(),
  resolution_minutes: z.int(),
  around_the_clock: z.boolean(),
});
export const policyShape = z.object({
  id: z.int(),
  name: z.string(),
  support_tier: maybe,
  plan_id: maybeId,
  status: z.enum(['active', 'retired']),
  version: z.int(),
  calendar_id: z.int(),
  targets: z.object({ critical: targetShape, high: targetShape, medium: targetShape, low: targetShape }),
  warn_percent: z.int(),
  escalations: z.array(z.object({ target, after_minutes: z.int(), level: z.int(), to: z.string() })),
  created_by: z.string(),
  created_at: z.string(),
});
export const policiesShape = listShape('policies', policyShape);
export const versionsShape = z.object({ versions: z.array(policyShape) });
const exampleTerms = {
  calendar_id: 1,
  targets: {
    critical: { first_response_minutes: 15, resolution_minutes: 120, around_the_clock: true },
    high: { first_response_minutes: 30, resolution_minutes: 240, around_the_clock: true },
    medium: { first_response_minutes: 120, resolution_minutes: 540, around_the_clock: false },
    low: { first_response_minutes: 240, resolution_minutes: 1_080, around_the_clock: false },
  },
  warn_percent: 75,
  escalations: [{ target: 'resolution', after_minutes: 0, level: 1, to: 'Network operations' }],
};
export const changePolicyExample = { name: 'Premium', ...exampleTerms };
export const newPolicyExample = { name: 'Premium', support_tier: 'Premium', ...exampleTerms };
export const policyExample = {
  id: 2,
  ...newPolicyExample,
  plan_id: null,
  status: 'active',
  version: 1,
  created_by: 'user:1',
  created_at: '2025-01-29T10:30:00Z',
};

export const calendarBody = z.strictObject({
  name: line(100),
  time_zone: timeZone,
  hours: openingHours.min(1),
  holidays: z.array(calendarDay).max(1_000).default([]),
});
export type CalendarBody = z.infer<typeof calendarBody>;
export const calendarShape = z.object({
  id: z.int(),
  name: z.string(),
  version: z.int(),
  time_zone: z.string(),
  hours: openingHoursShape,
  holidays: z.array(z.string()),
});
export const calendarsQuery = listQuery({});
export type CalendarsQuery = z.infer<typeof calendarsQuery>;
export const calendarsShape = listShape('calendars', calendarShape);
export const newCalendarExample = {
  name: 'Johannesburg office',
  time_zone: 'Africa/Johannesburg',
  hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '08:00', until: '17:00' })),
  holidays: ['2025-12-25', '2025-12-26'],
};
export const calendarExample = { id: 2, version: 1, ...newCalendarExample };
