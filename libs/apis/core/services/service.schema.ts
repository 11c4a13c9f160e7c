import { bodyId, instant, intId, line, prose } from '@isp/apis/shared';
import { z } from 'zod';
import { address } from '../customers/customer.schema.js';
import { listQuery, listShape } from '../lists.js';

const speed = z.int().min(1).max(10_000_000);

export const createInternetBody = z.strictObject({
  plan_id: bodyId,
  speed_download_mbps: speed.optional(),
  speed_upload_mbps: speed.optional(),
  data_limit_gb: z.int().min(1).max(1_000_000).nullable().optional(),
  static_ip: z.boolean().optional(),
  installation_address: address.optional(),
  scheduled_activation: instant.optional(),
  notes: prose(2000).optional(),
});
export type CreateInternetBody = z.infer<typeof createInternetBody>;

export const provisionBody = z
  .strictObject({
    provisioning_data: z
      .strictObject({
        router_id: bodyId.optional(),
        vlan_id: z.int().min(1).max(4094).optional(),
        ip_assignment: line(60).optional(),
        bandwidth_profile: line(60).optional(),
      })
      .default({}),
    priority: z.enum(['low', 'normal', 'high', 'urgent']).default('normal'),
    scheduled_time: instant.optional(),
  })
  .default({ provisioning_data: {}, priority: 'normal' });
export type ProvisionBody = z.infer<typeof provisionBody>;

const serviceStatus = z.enum(['pending_activation', 'provisioning', 'active', 'suspended', 'terminated', 'failed']);

export const servicesQuery = listQuery({
  customer_id: intId.optional(),
  status: serviceStatus.optional(),
  service_type: z.enum(['internet', 'voice', 'bundle']).optional(),
  plan_id: intId.optional(),
});
export type ServicesQuery = z.infer<typeof servicesQuery>;

export const serviceShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  service_type: z.enum(['internet', 'voice', 'bundle']),
  plan_id: z.int(),
  status: serviceStatus,
  operational_status: z.string(),
  speed_download_mbps: z.int().nullable(),
  speed_upload_mbps: z.int().nullable(),
  data_limit_gb: z.int().nullable(),
  static_ip: z.boolean(),
  monthly_fee: z.number(),
  activation_fee: z.number(),
  currency: z.string(),
  installation_address: address.nullable(),
  notes: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  scheduled_activation: z.string().nullable(),
  activated_at: z.string().nullable(),
});
export const servicesShape = listShape('services', serviceShape);

export const serviceExample = {
  id: 456,
  customer_id: 123,
  service_type: 'internet',
  plan_id: 1,
  status: 'pending_activation',
  operational_status: 'pending',
  speed_download_mbps: 100,
  speed_upload_mbps: 10,
  data_limit_gb: null,
  static_ip: false,
  monthly_fee: 79.99,
  activation_fee: 99,
  currency: 'USD',
  installation_address: { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345' },
  notes: 'Customer requested morning installation',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
  scheduled_activation: '2025-02-01T09:00:00Z',
  activated_at: null,
};

export const createInternetExample = {
  plan_id: 1,
  speed_download_mbps: 100,
  speed_upload_mbps: 10,
  data_limit_gb: null,
  static_ip: false,
  installation_address: { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345' },
  notes: 'Customer requested morning installation',
};

export const provisionExample = {
  provisioning_data: { router_id: 1, vlan_id: 100, ip_assignment: '192.168.1.100/24', bandwidth_profile: '100M_10M' },
  priority: 'normal',
};
