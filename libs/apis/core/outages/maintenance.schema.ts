import { MAINTENANCE_STATES, MAINTENANCE_SORTING } from '@isp/domain/outages';
import { instant, intId, line } from '@isp/apis/shared';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';
import { ONE_PLACE, onePlace, place } from './outage.schema.js';

const state = z.enum(MAINTENANCE_STATES);
export const windowsQuery = sortedQuery(
  {
    state: state.optional(),
    device_id: intId.optional(),
    node_id: intId.optional(),
    service_id: intId.optional(),
    from: instant.optional(),
    to: instant.optional(),
  },
  MAINTENANCE_SORTING,
);
export type WindowsQuery = z.infer<typeof windowsQuery>;
export const planBody = z
  .strictObject({ ...place, title: line(200), starts_at: instant, ends_at: instant })
  .refine(onePlace, ONE_PLACE);
export type PlanBody = z.infer<typeof planBody>;
export const changeWindowBody = z.strictObject({
  title: line(200).optional(),
  starts_at: instant.optional(),
  ends_at: instant.optional(),
});
export type ChangeWindowBody = z.infer<typeof changeWindowBody>;

export const windowShape = z.object({
  id: z.int(),
  title: z.string(),
  state,
  device_id: z.int().nullable().describe('For the operator only, as are node_id, place and created_by'),
  node_id: z.int().nullable(),
  place: z.string().nullable(),
  starts_at: z.string(),
  ends_at: z.string(),
  cancel_reason: z.string().nullable(),
  affected_services: z.int().describe('Of those that the caller may see'),
  affected_customers: z.int(),
  created_by: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const windowsShape = listShape('maintenance_windows', windowShape);
export const planExample = {
  device_id: 3,
  title: 'New software on the access network',
  starts_at: '2025-02-03T06:00:00Z',
  ends_at: '2025-02-03T08:00:00Z',
};
export const windowExample = {
  id: 5,
  ...planExample,
  state: 'planned',
  node_id: null,
  place: 'olt-ny-01',
  cancel_reason: null,
  affected_services: 412,
  affected_customers: 398,
  created_by: 'user:12',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
} as const;
