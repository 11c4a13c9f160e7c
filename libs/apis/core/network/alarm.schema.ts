import { ALARM_METRICS, ALARM_STATUSES, DEVICE_KINDS, ALARM_SORTING } from '@isp/domain/network';
import { bodyId, intId, prose } from '@isp/apis/shared';
import { snakeCase } from '@isp/kernel';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const status = z.enum(ALARM_STATUSES);
const severity = z.enum(['warning', 'critical']);

export const alarmsQuery = sortedQuery(
  {
    status: status.optional(),
    severity: severity.optional(),
    device_id: intId.optional(),
  },
  ALARM_SORTING,
);
export type AlarmsQuery = z.infer<typeof alarmsQuery>;
export const acknowledgeBody = z.strictObject({ note: prose(2000).optional() }).default({});
export type AcknowledgeBody = z.infer<typeof acknowledgeBody>;

const direction = z.enum(['above', 'below']).describe('Whether it is bad to be above or below the levels');
const level = z.number().min(-1e9).max(1e9);
const METRICS = ALARM_METRICS.map(snakeCase) as [string, ...string[]];
export const createThresholdBody = z
  .strictObject({
    metric: z.enum(METRICS),
    model_id: bodyId.nullable().default(null),
    kind: z.enum(DEVICE_KINDS).nullable().default(null),
    direction,
    warning: level.nullable().default(null),
    critical: level.nullable().default(null),
    hysteresis: z.number().min(0).max(1e9).default(0).describe('How far back over a level before it counts as good'),
    hold_seconds: z.int().min(0).max(86_400).default(0).describe('How long a figure must be bad, or good, to count'),
  })
  .refine(({ warning, critical }) => warning !== null || critical !== null, {
    path: ['warning'],
    message: 'Name at least one level',
  })
  .refine(
    ({ direction: way, warning, critical }) =>
      warning === null || critical === null || (way === 'above' ? critical >= warning : critical <= warning),
    { path: ['critical'], message: 'Must be worse than the warning' },
  );
export type CreateThresholdBody = z.infer<typeof createThresholdBody>;

const text = z.string().nullable();
export const alarmShape = z.object({
  id: z.int(),
  device_id: z.int(),
  device: z.string(),
  source: z.string().describe('threshold:<id>, trap:<oid> or reachability'),
  metric: text,
  severity,
  status,
  message: z.string(),
  value: z.number().nullable(),
  occurrences: z.int(),
  raised_at: z.string(),
  last_seen_at: z.string(),
  acknowledged_at: text,
  acknowledged_by: text,
  note: text,
  cleared_at: text,
});
export const alarmsShape = listShape('alarms', alarmShape);
export const thresholdShape = z.object({
  id: z.int(),
  metric: z.string(),
  model_id: z.int().nullable(),
  kind: z.enum(DEVICE_KINDS).nullable(),
  direction,
  warning: z.number().nullable(),
  critical: z.number().nullable(),
  hysteresis: z.number(),
  hold_seconds: z.int(),
});
export const thresholdsShape = listShape('thresholds', thresholdShape);

export const alarmExample = {
  id: 12,
  device_id: 3,
  device: 'ONT 4711',
  source: 'threshold:1',
  metric: 'rx_power_dbm',
  severity: 'critical',
  status: 'open',
  message: 'rxPowerDbm -29.4 is below -27',
  value: -29.4,
  occurrences: 1,
  raised_at: '2025-01-29T10:30:00Z',
  last_seen_at: '2025-01-29T10:30:00Z',
  acknowledged_at: null,
  acknowledged_by: null,
  note: null,
  cleared_at: null,
};
export const thresholdRequestExample = {
  metric: 'cpu_percent',
  kind: 'router',
  direction: 'above',
  warning: 80,
  critical: 95,
  hysteresis: 5,
  hold_seconds: 300,
};
export const thresholdExample = { id: 4, model_id: null, ...thresholdRequestExample };
