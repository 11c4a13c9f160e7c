import { bodyId, identifier, instant, intId, line, prose } from '@isp/apis/shared';
import { WORK_ORDER_STATUSES, WORK_ORDER_TYPES, WORK_ORDER_SORTING } from '@isp/domain/work-orders';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const status = z.enum(WORK_ORDER_STATUSES);
const type = z.enum(WORK_ORDER_TYPES);
const text = prose(2_000).refine((said) => said.trim() !== '', 'must not be empty');

const what = {
  category: line(100),
  summary: line(200),
  description: text,
  external_reference: identifier(100),
};

export const createWorkOrderBody = z.strictObject({
  service_id: bodyId,
  type: type.optional(),
  ...z.strictObject(what).partial().shape,
  comment: text.optional(),
});
export type CreateWorkOrderBody = z.infer<typeof createWorkOrderBody>;

export const changeWorkOrderBody = z
  .strictObject({
    category: what.category.nullable().optional(),
    summary: what.summary.nullable().optional(),
    description: what.description.nullable().optional(),
    external_reference: what.external_reference.nullable().optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type ChangeWorkOrderBody = z.infer<typeof changeWorkOrderBody>;

export const scheduleBody = z.strictObject({ scheduled_at: instant, reason: line(500).optional() });
export type ScheduleBody = z.infer<typeof scheduleBody>;

export const assignBody = z
  .strictObject({ user_id: bodyId.optional(), installer: line(100).optional() })
  .refine(({ user_id: user, installer }) => user !== undefined || installer !== undefined, 'must name somebody');
export type AssignBody = z.infer<typeof assignBody>;

export const reasonBody = z.strictObject({ reason: line(500) });
export type ReasonBody = z.infer<typeof reasonBody>;

export const commentBody = z.strictObject({ text });
export type CommentBody = z.infer<typeof commentBody>;

export const completeBody = z.strictObject({
  comment: text.optional(),
  device: z
    .strictObject({
      serial_number: identifier(64),
      port_number: identifier(20).optional(),
      olt_id: bodyId.optional(),
      pon_port: identifier(40).optional(),
      onu_index: z.int().min(0).max(65_535).optional(),
    })
    .optional(),
});
export type CompleteBody = z.infer<typeof completeBody>;

export const workOrdersQuery = sortedQuery(
  {
    service_id: intId.optional(),
    customer_id: intId.optional(),
    status: status.optional(),
    type: type.optional(),
    assigned_user_id: intId.optional(),
    reference: identifier(100).optional(),
    scheduled_from: instant.optional(),
    scheduled_to: instant.optional(),
  },
  WORK_ORDER_SORTING,
);
export type WorkOrdersQuery = z.infer<typeof workOrdersQuery>;

export const partsQuery = listQuery({});
export type PartsQuery = z.infer<typeof partsQuery>;

const maybe = z.string().nullable();
export const workOrderShape = z.object({
  id: z.int(),
  guid: z.string(),
  reference: z.string(),
  type,
  status,
  customer_id: z.int(),
  service_id: z.int(),
  category: maybe,
  summary: maybe,
  description: maybe,
  external_reference: maybe,
  hold_reason: maybe,
  cancel_reason: maybe,
  scheduled_at: maybe,
  assigned_user: z.object({ id: z.int(), name: z.string() }).nullable(),
  installer: maybe,
  device_serial_number: maybe,
  last_comment: maybe,
  created_by: z.string(),
  started_at: maybe,
  completed_at: maybe,
  cancelled_at: maybe,
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const workOrdersShape = listShape('work_orders', workOrderShape);

export const commentShape = z.object({ id: z.string(), text: z.string(), author: z.string(), at: z.string() });
export const commentsShape = listShape('comments', commentShape);

export const stepShape = z.object({
  id: z.string(),
  action: z.string(),
  from: status.nullable(),
  to: status,
  changes: z.record(z.string(), z.unknown()),
  reason: maybe,
  actor: z.string(),
  at: z.string(),
});
export const historyShape = listShape('history', stepShape);

export const workOrderExample = {
  id: 17,
  guid: '796712e9-36be-4510-b9be-607b721ad551',
  reference: '20241016-399307266',
  type: 'installation',
  status: 'scheduled',
  customer_id: 123,
  service_id: 456,
  category: null,
  summary: null,
  description: null,
  external_reference: null,
  hold_reason: null,
  cancel_reason: null,
  scheduled_at: '2024-10-18T08:00:00Z',
  assigned_user: null,
  installer: 'North Splicers',
  device_serial_number: null,
  last_comment: 'Work Order created on service creation.',
  created_by: 'System',
  started_at: null,
  completed_at: null,
  cancelled_at: null,
  version: 2,
  created_at: '2024-10-16T11:05:30Z',
  updated_at: '2024-10-16T12:00:00Z',
};
export const commentExample = {
  id: '1',
  text: 'Work Order created on service creation.',
  author: 'System',
  at: '2024-10-16T11:05:30Z',
};
export const stepExample = {
  id: '2',
  action: 'schedule',
  from: 'new',
  to: 'scheduled',
  changes: { scheduled_at: [null, '2024-10-18T08:00:00Z'] },
  reason: null,
  actor: 'user:4',
  at: '2024-10-16T12:00:00Z',
};
