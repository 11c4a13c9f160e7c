import { bodyId, line, prose } from '@isp/apis/shared';
import { z } from 'zod';
import { address } from '../customers/customer.schema.js';
import { listQuery, listShape } from '../lists.js';
import { day, serviceShape } from './service.schema.js';
import { activeExample } from './service.examples.js';

const reason = prose(500).optional();

export const suspendBody = z
  .strictObject({
    reason,
    cause: z.enum(['manual', 'payment', 'abuse']).default('manual'),
    walled_garden: z.boolean().default(true),
  })
  .default({ cause: 'manual', walled_garden: true });
export type SuspendBody = z.infer<typeof suspendBody>;

export const reactivateBody = z
  .strictObject({ reason, cause: z.enum(['manual', 'payment', 'abuse', 'pause']).optional() })
  .default({});
export type ReactivateBody = z.infer<typeof reactivateBody>;

export const resumeBody = z.strictObject({ reason }).default({});
export type ResumeBody = z.infer<typeof resumeBody>;

export const pauseBody = z.strictObject({ from: day.optional(), until: day, reason });
export type PauseBody = z.infer<typeof pauseBody>;

export const terminateBody = z.strictObject({ date: day.optional(), reason }).default({});
export type TerminateBody = z.infer<typeof terminateBody>;

const when = z.enum(['now', 'period_end']).default('now');
export const previewPlanBody = z.strictObject({ plan_id: bodyId, when });
export type PreviewPlanBody = z.infer<typeof previewPlanBody>;

export const changePlanBody = z.strictObject({ plan_id: bodyId, when, reason });
export type ChangePlanBody = z.infer<typeof changePlanBody>;

export const relocateBody = z.strictObject({ installation_address: address, date: day.optional(), reason });
export type RelocateBody = z.infer<typeof relocateBody>;

export const staticIpBody = z.strictObject({ enabled: z.boolean(), address: line(45).optional() });
export type StaticIpBody = z.infer<typeof staticIpBody>;

const changeStatus = z.enum(['scheduled', 'applied', 'cancelled', 'failed']);
export const changesQuery = listQuery({ status: changeStatus.optional() });
export type ChangesQuery = z.infer<typeof changesQuery>;

const axis = z.enum(['status', 'operational_status']);
export const historyQuery = listQuery({ axis: axis.optional() });
export type HistoryQuery = z.infer<typeof historyQuery>;

export const changeShape = z.object({
  id: z.int(),
  service_id: z.int(),
  kind: z.enum(['plan', 'relocate', 'terminate', 'pause', 'resume']),
  status: changeStatus,
  effective_at: z.string(),
  terms: z.record(z.string(), z.unknown()),
  reason: z.string().nullable(),
  error: z.string().nullable(),
  requested_by: z.string(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
export const changesShape = listShape('changes', changeShape);
export const changedShape = z.object({ change: changeShape, service: serviceShape });

const planShape = z.object({
  id: z.int(),
  name: z.string(),
  monthly_fee: z.number(),
  speed_download_mbps: z.int().nullable(),
  speed_upload_mbps: z.int().nullable(),
  data_limit_gb: z.int().nullable(),
});
export const previewShape = z.object({
  service_id: z.int(),
  from_plan: planShape,
  to_plan: planShape,
  currency: z.string(),
  monthly_difference: z.number(),
  effective_at: z.string(),
  proration: z.object({
    days_in_period: z.int(),
    days_left: z.int(),
    credit: z.number(),
    charge: z.number(),
    net: z.number(),
  }),
});

export const historyShape = listShape(
  'history',
  z.object({
    id: z.int(),
    axis,
    from: z.string().nullable(),
    to: z.string(),
    at: z.string(),
    actor: z.string(),
    reason: z.string().nullable(),
    request_id: z.string().nullable(),
  }),
);

export const changeExample = {
  id: 31,
  service_id: 456,
  kind: 'plan',
  status: 'scheduled',
  effective_at: '2025-03-01T00:00:00Z',
  terms: {
    plan_id: 2,
    from_plan_id: 1,
    monthly_fee: 99.99,
    speed_download_mbps: 300,
    speed_upload_mbps: 50,
    data_limit_gb: null,
  },
  reason: null as string | null,
  error: null,
  requested_by: 'user:12',
  created_at: '2025-02-10T10:30:00Z',
  finished_at: null as string | null,
};
const done = { status: 'applied', effective_at: '2025-02-10T10:30:00Z', finished_at: '2025-02-10T10:30:00Z' };
export const changedExample = { change: changeExample, service: activeExample };
export const changedAs = (kind: string, terms: Readonly<Record<string, unknown>>, service: object) => ({
  change: { ...changeExample, ...done, kind, terms },
  service,
});

const plan = { id: 1, name: 'Home Fiber 100', monthly_fee: 79.99, speed_download_mbps: 100, speed_upload_mbps: 20 };
export const previewExample = {
  service_id: 456,
  from_plan: { ...plan, data_limit_gb: null },
  to_plan: {
    id: 2,
    name: 'Home Fiber 300',
    monthly_fee: 99.99,
    speed_download_mbps: 300,
    speed_upload_mbps: 50,
    data_limit_gb: null,
  },
  currency: 'USD',
  monthly_difference: 20,
  effective_at: '2025-02-10T10:30:00Z',
  proration: { days_in_period: 28, days_left: 19, credit: 54.28, charge: 67.85, net: 13.57 },
};
export const historyExample = {
  id: 9001,
  axis: 'status',
  from: 'active',
  to: 'suspended',
  at: '2025-02-10T10:30:00Z',
  actor: 'user:12',
  reason: 'Asked for a break',
  request_id: '3f2a7c1e-8f0b-4a66-9d58-0c3f7b1f6a11',
};
