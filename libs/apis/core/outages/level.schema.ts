import { HEALTH, SERVICE_LEVEL_SORTING } from '@isp/domain/outages';
import { bodyId, calendarDay, exactNumber, intId, percent } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';
import { windowShape, windowExample } from './maintenance.schema.js';
import { outageExample, outageShape } from './outage.schema.js';

const month = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM');
export const levelsQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    service_id: intId.optional(),
    period: month.optional(),
    met: z.enum(['true', 'false']).optional(),
  },
  SERVICE_LEVEL_SORTING,
);
export type LevelsQuery = z.infer<typeof levelsQuery>;
export const termsQuery = listQuery({ plan_id: intId.optional() });
export type TermsQuery = z.infer<typeof termsQuery>;
export const termsBody = z.strictObject({
  plan_id: bodyId.nullable().default(null).describe('null: plans without terms of their own'),
  from: calendarDay,
  latency_ms: exactNumber(0.001, 100_000, 3).transform(Number).nullable().default(null),
  packet_loss_percent: percent.nullable().default(null),
  credit_percent: percent.describe('Of the monthly fee, for each unit of time below the level; 0: no credit'),
  credit_minutes: z.int().min(1).max(44_640).default(60),
  credit_unit: z.enum(['started', 'full']).default('started').describe('Whether a unit counts when it has begun'),
  credit_cap_percent: percent.default(100),
  credit_when: z.enum(['month_end', 'at_once']).default('month_end'),
});
export type TermsBody = z.infer<typeof termsBody>;

const number = z.number().nullable();
const text = z.string().nullable();
export const levelShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  service_id: z.int(),
  service_plan: z.string(),
  period: z.string(),
  measured_at: text,
  final: z.boolean().describe('Nothing but a correction changes it any more'),
  committed_uptime_percent: number,
  actual_uptime_percent: number.describe('Of the time that was measured; null when none was'),
  agreed_minutes: number.describe('In which it was to work: without suspensions and announced maintenance'),
  measured_minutes: number,
  unmeasured_minutes: number.describe('So far; in no figure'),
  maintenance_minutes: number,
  downtime_minutes: number,
  incident_count: z.int().nullable(),
  mean_time_to_repair_minutes: number,
  latency_ms: number,
  committed_latency_ms: number,
  packet_loss_percent: number,
  committed_packet_loss_percent: number,
  met: z.boolean().nullable(),
  currency: text,
  credit_amount: z.number().describe('Without tax'),
  credited_amount: z.number(),
  credit_error: text.describe('Why the credit could not be written'),
});
export const levelsShape = listShape('service_levels', levelShape);
const span = z.object({ from: z.string(), until: z.string() });
export const levelProofShape = z.object({
  service_level: levelShape,
  facts: z.object({
    from: z.string(),
    until: z.string(),
    measured_until: z.string(),
    agreed: z.array(span),
    maintenance: z.array(span),
    outages: z.array(span.extend({ outage_id: z.int() })),
    sessions: z.array(span),
    observed: z.array(span),
    probes: z.object({ asked: z.int(), answered: z.int(), elapsed_ms: z.number() }),
    monthly_fee: z.number(),
  }),
  arithmetic: z.string(),
  derived_downtime_minutes: z.number(),
  derived_uptime_percent: number,
  derived_credit_amount: z.number(),
  matches: z.boolean().describe('The facts, computed again, come to the figures'),
  unchanged: z.boolean().describe('Outages, maintenance and promise are still what they were when it was measured'),
  credited: z.boolean().describe('The documents come to what is credited'),
  proven: z.boolean(),
  documents: z.array(
    z.object({
      invoice_id: z.int(),
      number: z.string(),
      amount: z.number().describe('Without tax; negative where a credit was taken back'),
      credited_amount: z.number().describe('In all by then'),
      at: z.string(),
    }),
  ),
});
export const termsShape = z.object({
  id: z.int(),
  plan_id: z.int().nullable(),
  from: z.string(),
  latency_ms: number,
  packet_loss_percent: number,
  credit_percent: z.number(),
  credit_minutes: z.int(),
  credit_unit: z.enum(['started', 'full']),
  credit_cap_percent: z.number(),
  credit_when: z.enum(['month_end', 'at_once']),
  created_by: z.string(),
});
export const termsListShape = listShape('terms', termsShape);
export const healthShape = z.object({
  service_id: z.int(),
  health: z.enum(HEALTH),
  service_status: z.string(),
  outages: z.array(outageShape),
  maintenance_windows: z.array(windowShape).describe('That goes on, or begins within two weeks'),
  session: z
    .object({ started_at: z.string(), last_heard_at: z.string(), stopped_at: text, terminate_cause: text })
    .nullable(),
  equipment: z
    .object({
      reachability: z.enum(['unknown', 'up', 'down']),
      read_at: text,
      rx_power_dbm: number,
      tx_power_dbm: number,
      samples: z.array(z.object({ at: z.string(), online: z.boolean().nullable(), rx_power_dbm: number })),
    })
    .nullable(),
  checked_at: z.string(),
});

export const levelExample = {
  id: 88,
  customer_id: 123,
  service_id: 456,
  service_plan: 'Business Fiber 500',
  period: '2025-01',
  measured_at: '2025-02-01T06:00:00Z',
  final: true,
  committed_uptime_percent: 99.9,
  actual_uptime_percent: 99.594046,
  agreed_minutes: 44340,
  measured_minutes: 44340,
  unmeasured_minutes: 0,
  maintenance_minutes: 240,
  downtime_minutes: 180,
  incident_count: 1,
  mean_time_to_repair_minutes: 180,
  latency_ms: 10,
  committed_latency_ms: 30,
  packet_loss_percent: 0,
  committed_packet_loss_percent: 0.5,
  met: false,
  currency: 'USD',
  credit_amount: 24,
  credited_amount: 24,
  credit_error: null,
};
const whole = { from: '2025-01-01T05:00:00Z', until: '2025-02-01T05:00:00Z' };
const night = { from: '2025-01-15T05:00:00Z', until: '2025-01-15T09:00:00Z' };
export const levelProofExample = {
  service_level: levelExample,
  facts: {
    ...whole,
    measured_until: '2025-02-01T05:00:00Z',
    agreed: [whole],
    maintenance: [night],
    outages: [{ outage_id: 17, from: '2025-01-10T08:00:00Z', until: '2025-01-10T11:00:00Z' }],
    sessions: [],
    observed: [whole],
    probes: { asked: 8880, answered: 8880, elapsed_ms: 88800 },
    monthly_fee: 79.99,
  },
  arithmetic: '135.66 minutes below 99.9 %: 3 started × 60 minutes × 10 % = 30 % of 79.99 = 24.00',
  derived_downtime_minutes: 180,
  derived_uptime_percent: 99.594046,
  derived_credit_amount: 24,
  matches: true,
  unchanged: true,
  credited: true,
  proven: true,
  documents: [
    { invoice_id: 812, number: 'CN-2025-000031', amount: 24, credited_amount: 24, at: '2025-02-01T06:00:02Z' },
  ],
};
export const termsRequestExample = {
  plan_id: 3,
  from: '2025-02-01',
  latency_ms: 30,
  packet_loss_percent: 0.5,
  credit_percent: 10,
  credit_minutes: 60,
  credit_unit: 'started',
  credit_cap_percent: 100,
  credit_when: 'month_end',
} as const;
export const termsExample = { id: 2, ...termsRequestExample, created_by: 'user:12' };
export const healthExample = {
  service_id: 456,
  health: 'outage',
  service_status: 'active',
  outages: [outageExample],
  maintenance_windows: [windowExample],
  session: {
    started_at: '2025-01-28T22:10:00Z',
    last_heard_at: '2025-01-29T10:25:00Z',
    stopped_at: '2025-01-29T10:29:02Z',
    terminate_cause: 'Lost-Carrier',
  },
  equipment: {
    reachability: 'up',
    read_at: '2025-01-29T10:24:00Z',
    rx_power_dbm: -19.4,
    tx_power_dbm: 2.1,
    samples: [{ at: '2025-01-29T10:24:00Z', online: true, rx_power_dbm: -19.4 }],
  },
  checked_at: '2025-01-29T10:31:00Z',
} as const;
