import { z } from 'zod';
import { bodyGuid } from '../guid.js';
import { pageShape, pagingQuery } from '../lists.js';
import { WORK_ORDER_STATUS_WORDS } from './work-order.presenter.js';

const statusWord = z.enum(WORK_ORDER_STATUS_WORDS as [string, ...string[]]);

export const workOrdersQuery = z.strictObject({
  service: bodyGuid.optional(),
  status: statusWord.optional(),
  ...pagingQuery,
});
export type WorkOrdersQuery = z.infer<typeof workOrdersQuery>;

const text = z.string();
const maybe = z.string().nullable();

export const workOrderShape = z.object({
  guid: text,
  id: text,
  type_id: z.int(),
  account_id: text,
  reference: text,
  on_hold: z.boolean(),
  completed_date: maybe,
  close_date: maybe,
  schedule_date: maybe,
  schedule_time: maybe,
  scheduled_date_time: maybe,
  external_reference: maybe,
  device_specified: z.boolean(),
  category: maybe,
  updated_at: text,
  last_update_date: text,
  created_at: text,
  start_date: text,
  status_id: text,
  assigned_id: maybe,
  assigned_user_id: maybe,
  installer_id: maybe,
  created_by_id: maybe,
  disable_auto_wo_creation: z.boolean(),
  summary: maybe,
  description: maybe,
  status: statusWord,
  type: text,
  service_id: text,
  installer: maybe,
  last_comment: maybe,
  assigned: maybe,
  assigned_user: maybe,
  created_by: text,
  client_status: text,
});
export const workOrdersShape = pageShape(workOrderShape);

export const workOrderExample = {
  guid: '796712E9-36BE-4510-B9BE-607B721AD551',
  id: '796712E9-36BE-4510-B9BE-607B721AD551',
  type_id: 1,
  account_id: '533EE0A6-7279-415B-9ED1-191BC406AB9D',
  reference: '20241016-399307266',
  on_hold: false,
  completed_date: null,
  close_date: null,
  schedule_date: null,
  schedule_time: null,
  scheduled_date_time: null,
  external_reference: null,
  device_specified: false,
  category: null,
  updated_at: '2024-10-16 13:05:30 +0200',
  last_update_date: '2024-10-16 13:05:30 +0200',
  created_at: '2024-10-16 13:05:30 +0200',
  start_date: '2024-10-16 13:05:30 +0200',
  status_id: '34A8DC44-7B32-40FF-8F95-FA415BB8D82A',
  assigned_id: null,
  assigned_user_id: null,
  installer_id: null,
  created_by_id: '97E84EDE-39AC-4324-817F-4ADD8623EFC4',
  disable_auto_wo_creation: false,
  summary: null,
  description: null,
  status: 'New Order',
  type: 'Installation',
  service_id: '533EE0A6-7279-415B-9ED1-191BC406AB9D',
  installer: null,
  last_comment: 'Work Order created on service creation.',
  assigned: null,
  assigned_user: null,
  created_by: 'System',
  client_status: 'Order in progress',
};
