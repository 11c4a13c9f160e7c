import { bodyId, calendarDay, instant, intId, line, prose } from '@isp/apis/shared';
import { SERVICE_SORTING } from '@isp/domain/services';
import { z } from 'zod';
import { address } from '../customers/customer.schema.js';
import { listShape, sortedQuery } from '../lists.js';

const speed = z.int().min(1).max(10_000_000);
const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164, such as +12025550123');
/** A day as it is where the service's partner is. */
export const day = calendarDay;

const order = {
  installation_address: address.optional(),
  scheduled_activation: instant.optional(),
  notes: prose(2000).optional(),
};
const internetTerms = {
  plan_id: bodyId,
  speed_download_mbps: speed.optional(),
  speed_upload_mbps: speed.optional(),
  data_limit_gb: z.int().min(1).max(1_000_000).nullable().optional(),
  static_ip: z.boolean().optional(),
};
const numberPorting = z.strictObject({ from_carrier: line(100), requested_on: day });
const features = z.strictObject({
  caller_id: z.boolean().optional(),
  voicemail: z.boolean().optional(),
  call_forwarding: z.boolean().optional(),
  call_waiting: z.boolean().optional(),
  call_blocking: z.boolean().optional(),
  three_way_calling: z.boolean().optional(),
  do_not_disturb: z.boolean().optional(),
  international_calls: z.boolean().optional(),
});
const voiceTerms = {
  plan_id: bodyId,
  phone_number: e164.optional(),
  number_porting: numberPorting.optional(),
  features: features.optional(),
};

export const createInternetBody = z.strictObject({ ...internetTerms, ...order });
export type CreateInternetBody = z.infer<typeof createInternetBody>;

export const createVoiceBody = z.strictObject({ ...voiceTerms, ...order });
export type CreateVoiceBody = z.infer<typeof createVoiceBody>;

const bundlePart = z.discriminatedUnion('service_type', [
  z.strictObject({ service_type: z.literal('internet'), ...internetTerms }),
  z.strictObject({ service_type: z.literal('voice'), ...voiceTerms }),
]);
export const createBundleBody = z.strictObject({
  plan_id: bodyId,
  services: z.array(bundlePart).min(1).max(10),
  ...order,
});
export type CreateBundleBody = z.infer<typeof createBundleBody>;

export const changeServiceBody = z
  .strictObject({
    notes: prose(2000).nullable(),
    installation_address: address,
    scheduled_activation: instant.nullable(),
  })
  .partial();
export type ChangeServiceBody = z.infer<typeof changeServiceBody>;

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
const serviceType = z.enum(['internet', 'voice', 'bundle']);

export const servicesQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    status: serviceStatus.optional(),
    service_type: serviceType.optional(),
    plan_id: intId.optional(),
    operational_status: z
      .enum([
        'pending',
        'configured',
        'starting',
        'running',
        'degraded',
        'failed',
        'limited',
        'stopping',
        'stopped',
        'unknown',
      ])
      .optional(),
    bundle_id: intId.optional(),
    phone_number: e164.optional(),
    created_from: instant.optional(),
    created_to: instant.optional(),
  },
  SERVICE_SORTING,
);
export type ServicesQuery = z.infer<typeof servicesQuery>;

export const serviceShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  service_type: serviceType,
  plan_id: z.int(),
  bundle_id: z.int().nullable(),
  status: serviceStatus,
  operational_status: z.string(),
  suspended_for: z.array(z.enum(['customer', 'payment', 'pause', 'abuse', 'manual', 'bundle', 'balance'])),
  speed_download_mbps: z.int().nullable(),
  speed_upload_mbps: z.int().nullable(),
  data_limit_gb: z.int().nullable(),
  static_ip: z.boolean(),
  static_address: z.string().nullable(),
  phone_number: z.string().nullable(),
  number_porting: numberPorting.nullable(),
  features: z.record(z.string(), z.boolean()).nullable(),
  monthly_fee: z.number(),
  activation_fee: z.number(),
  currency: z.string(),
  installation_address: address.nullable(),
  notes: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  scheduled_activation: z.string().nullable(),
  activated_at: z.string().nullable(),
  terminated_at: z.string().nullable(),
});
export const servicesShape = listShape('services', serviceShape);
export const bundleShape = serviceShape.extend({ services: z.array(serviceShape) });
