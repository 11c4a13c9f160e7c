import { bodyId, intId, line, needle } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';
import { time } from './ipam.schema.js';

const vlanId = z.int().min(1).max(4094);

export const createVlansBody = z
  .strictObject({
    device_id: bodyId,
    port: line(80).optional().describe('The device as a whole when absent'),
    first: vlanId,
    last: vlanId,
  })
  .refine((body) => body.first <= body.last, { path: ['last'], message: 'must not be less than first' });
export type CreateVlansBody = z.infer<typeof createVlansBody>;

export const vlansQuery = listQuery({
  device_id: intId.optional(),
  port: needle(80).optional(),
  state: z.enum(['free', 'assigned']).optional(),
});
export type VlansQuery = z.infer<typeof vlansQuery>;

export const vlansShape = listShape(
  'vlans',
  z.object({
    id: z.int(),
    device_id: z.int(),
    port: z.string().nullable(),
    vlan_id: z.int(),
    automatic: z.boolean().describe('Services get it without asking for it'),
    service_id: z.int().nullable(),
    assigned_at: time.nullable(),
  }),
);
export const vlanExample = {
  id: 40,
  device_id: 1,
  port: 'ge-0/0/1',
  vlan_id: 100,
  automatic: true,
  service_id: 456,
  assigned_at: '2025-01-29T10:30:00Z',
};
export const createVlansExample = { device_id: 1, port: 'ge-0/0/1', first: 100, last: 199 };
export const vlanRangeShape = z.object({
  device_id: z.int(),
  port: z.string().nullable(),
  first: z.int(),
  last: z.int(),
  count: z.int(),
});
export const vlanRangeExample = { ...createVlansExample, count: 100 };
