import { NOTICE_SUBJECTS, OUTAGE_STATUSES, NOTICE_SORTING, OUTAGE_SORTING } from '@isp/domain/outages';
import { bodyId, instant, intId, line, prose } from '@isp/apis/shared';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const status = z.enum(OUTAGE_STATUSES);
/** What is down, or worked on: exactly one of the two. */
export const place = {
  device_id: bodyId.optional(),
  node_id: bodyId.optional(),
};
export const onePlace = (body: { device_id?: number | undefined; node_id?: number | undefined }): boolean =>
  (body.device_id === undefined) !== (body.node_id === undefined);
export const ONE_PLACE = { path: ['device_id'], message: 'Name a device or a node, one of the two' };

export const outagesQuery = sortedQuery(
  {
    status: status.optional(),
    device_id: intId.optional(),
    node_id: intId.optional(),
    service_id: intId.optional(),
    from: instant.optional(),
    to: instant.optional(),
  },
  OUTAGE_SORTING,
);
export type OutagesQuery = z.infer<typeof outagesQuery>;
export const openOutageBody = z
  .strictObject({ ...place, title: line(200).optional(), started_at: instant.optional() })
  .refine(onePlace, ONE_PLACE);
export type OpenOutageBody = z.infer<typeof openOutageBody>;
export const correctOutageBody = z
  .strictObject({ started_at: instant.optional(), ended_at: instant.optional(), reason: prose(2000) })
  .refine(({ started_at: start, ended_at: end }) => start !== undefined || end !== undefined, {
    path: ['started_at'],
    message: 'Name at least one time',
  });
export type CorrectOutageBody = z.infer<typeof correctOutageBody>;
export const reasonBody = z.strictObject({ reason: prose(2000) });
export type ReasonBody = z.infer<typeof reasonBody>;
export const noticesQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    subject: z.enum(NOTICE_SUBJECTS).optional(),
    subject_id: intId.optional(),
  },
  NOTICE_SORTING,
);
export type NoticesQuery = z.infer<typeof noticesQuery>;

const id = z.int().nullable();
const text = z.string().nullable();
export const outageShape = z.object({
  id: z.int(),
  title: z.string(),
  status,
  origin: z.enum(['monitoring', 'person']),
  device_id: id.describe('For the operator only, as are node_id, place, ticket_id and opened_by'),
  node_id: id,
  place: text,
  started_at: z.string(),
  detected_at: z.string(),
  ended_at: text,
  closes_at: text.describe('While it recovers: when it counts as over, if nothing falls again'),
  flaps: z.int(),
  merged_into_id: id,
  ticket_id: id,
  affected_services: z.int().describe('Of those that the caller may see'),
  affected_customers: z.int(),
  opened_by: text,
  created_at: z.string(),
  updated_at: z.string(),
});
export const outagesShape = listShape('outages', outageShape);
export const affectedShape = z.object({ service_id: z.int(), customer_id: z.int(), partner_id: z.int() });
export const affectedListShape = listShape('services', affectedShape);
export const correctionShape = z.object({
  id: z.int(),
  at: z.string(),
  corrected_by: z.string(),
  reason: z.string(),
  was: z.object({ status, started_at: z.string(), ended_at: text }),
  now: z.object({ status, started_at: z.string(), ended_at: text }),
});
export const correctionsShape = listShape('corrections', correctionShape);
export const noticeShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  subject: z.enum(NOTICE_SUBJECTS),
  subject_id: z.int(),
  kind: z.enum(['opened', 'resolved', 'corrected', 'planned', 'changed', 'cancelled']),
  title: z.string(),
  service_ids: z.array(z.int()),
  starts_at: z.string(),
  ends_at: text,
  at: z.string(),
});
export const noticesShape = listShape('notices', noticeShape);

export const outageExample = {
  id: 17,
  title: 'No service behind olt-ny-01',
  status: 'open',
  origin: 'monitoring',
  device_id: 3,
  node_id: null,
  place: 'olt-ny-01',
  started_at: '2025-01-29T10:28:12Z',
  detected_at: '2025-01-29T10:30:00Z',
  ended_at: null,
  closes_at: null,
  flaps: 0,
  merged_into_id: null,
  ticket_id: 4711,
  affected_services: 412,
  affected_customers: 398,
  opened_by: 'system:outages',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
} as const;
export const correctionExample = {
  id: 3,
  at: '2025-01-30T09:00:00Z',
  corrected_by: 'user:12',
  reason: 'The field team was on site until then',
  was: { status: 'resolved', started_at: '2025-01-29T10:28:12Z', ended_at: '2025-01-29T11:00:00Z' },
  now: { status: 'resolved', started_at: '2025-01-29T10:28:12Z', ended_at: '2025-01-29T12:15:00Z' },
} as const;
export const noticeExample = {
  id: 90210,
  customer_id: 123,
  subject: 'outage',
  subject_id: 17,
  kind: 'opened',
  title: 'No service behind olt-ny-01',
  service_ids: [456],
  starts_at: '2025-01-29T10:28:12Z',
  ends_at: null,
  at: '2025-01-29T10:30:00Z',
} as const;
