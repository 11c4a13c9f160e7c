import { z } from 'zod';

export const trackingQuery = z.strictObject({
  repeat: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('Once more what the last answer covered, with what came since: for an answer that was lost on its way'),
});
export type TrackingQuery = z.infer<typeof trackingQuery>;

export const servicesSnapshotShape = z.array(
  z.object({
    service_id: z.string(),
    customer_name: z.string(),
    full_address: z.string().nullable(),
    status: z.string(),
    product: z.string(),
    last_updated_date: z.string(),
  }),
);

export const servicesSnapshotExample = [
  {
    service_id: '3FA85F64-5717-4562-B3FC-2C963F66AFA6',
    customer_name: 'Thandi Nkosi',
    full_address: '9 Pompano Place, Newlands, Durban, ZA, 4037, Kwazulu Natal',
    status: 'Active',
    product: 'Fibre 100',
    last_updated_date: '2024-12-17T09:06:42.779Z',
  },
];

export const workOrdersSnapshotShape = z.array(
  z.object({
    work_order_id: z.string(),
    service_id: z.string(),
    reference: z.string(),
    customer_name: z.string(),
    full_address: z.string().nullable(),
    type: z.string(),
    status: z.string(),
    client_status: z.string(),
    on_hold: z.boolean(),
    scheduled_date_time: z.string().nullable(),
    last_comment: z.string().nullable(),
    last_updated_date: z.string(),
  }),
);

export const workOrdersSnapshotExample = [
  {
    work_order_id: '796712E9-36BE-4510-B9BE-607B721AD551',
    service_id: '3FA85F64-5717-4562-B3FC-2C963F66AFA6',
    reference: '20241216-399307266',
    customer_name: 'Thandi Nkosi',
    full_address: '9 Pompano Place, Newlands, Durban, ZA, 4037, Kwazulu Natal',
    type: 'Installation',
    status: 'Scheduled',
    client_status: 'Installation scheduled',
    on_hold: false,
    scheduled_date_time: '2024-12-18T08:00:00.000Z',
    last_comment: 'Work Order created on service creation.',
    last_updated_date: '2024-12-17T09:06:42.779Z',
  },
];
