import {
  bodyId,
  currencyCode,
  exactNumber,
  instant,
  line,
  needle,
  percent,
  prose,
  searchText,
  unitAmount,
  wholeNumber,
} from '@isp/apis/shared';
import { PLAN_SORTING } from '@isp/domain/catalog';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const speed = z.int().min(1).max(10_000_000);
const gigabytes = z.int().min(1).max(1_000_000);
/** Mbit/s, to a kbit/s. */
const throttled = exactNumber(0.001, 100_000, 3).transform(Number);
const voice = z.strictObject({
  number_included: z.boolean().default(true),
  included_minutes: z.int().min(0).max(1_000_000).nullable().default(0),
  concurrent_calls: z.int().min(1).max(1000).default(1),
  caller_id: z.boolean().default(true),
  voicemail: z.boolean().default(false),
  call_forwarding: z.boolean().default(false),
});
const parts = z
  .array(z.strictObject({ plan_id: bodyId, quantity: z.int().min(1).max(100).default(1) }))
  .min(1)
  .max(20);
const optional = {
  description: prose(2000).nullable().optional(),
  speed_download_mbps: speed.nullable().optional(),
  speed_upload_mbps: speed.nullable().optional(),
  data_limit_gb: gigabytes.nullable().optional(),
  fair_use_limit_gb: gigabytes.nullable().optional(),
  throttled_download_mbps: throttled.nullable().optional(),
  throttled_upload_mbps: throttled.nullable().optional(),
  static_ip_available: z.boolean().optional(),
  static_ip_monthly_fee: unitAmount.optional(),
  activation_fee: unitAmount.optional(),
  early_termination_fee: unitAmount.optional(),
  tax_percent: percent.optional(),
  currency: currencyCode.optional(),
  contract_months: z.int().min(0).max(120).optional(),
  sla_uptime_percent: z.number().min(0).max(100).optional(),
  bandwidth_profile: line(60).nullable().optional(),
  voice: voice.nullable().optional(),
  sold_from: instant.nullable().optional(),
  sold_until: instant.nullable().optional(),
  parts: parts.optional(),
};

export const createPlanBody = z
  .strictObject({
    sku: z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/, 'must be 2 to 40 capitals, digits or hyphens'),
    name: line(120),
    category: line(60),
    service_type: z.enum(['internet', 'voice', 'bundle']),
    monthly_fee: unitAmount,
    ...optional,
  })
  .refine((plan) => plan.service_type !== 'internet' || (plan.speed_download_mbps && plan.speed_upload_mbps), {
    path: ['speed_download_mbps'],
    message: 'An internet plan needs both speeds',
  });
export type CreatePlanBody = z.infer<typeof createPlanBody>;

export const changePlanBody = z.strictObject({
  name: line(120).optional(),
  category: line(60).optional(),
  monthly_fee: unitAmount.optional(),
  ...optional,
  speed_download_mbps: speed.optional(),
  speed_upload_mbps: speed.optional(),
});
export type ChangePlanBody = z.infer<typeof changePlanBody>;

export const plansQuery = sortedQuery(
  {
    status: z.enum(['active', 'retired']).optional(),
    service_type: z.enum(['internet', 'voice', 'bundle']).optional(),
    category: needle(60).optional(),
    search: searchText(120),
    sold_on: z.iso.date().optional(),
  },
  PLAN_SORTING,
);
export type PlansQuery = z.infer<typeof plansQuery>;

export const planVersionsQuery = listQuery({});
export type PlanVersionsQuery = z.infer<typeof planVersionsQuery>;
export const versionNumber = wholeNumber(2_147_483_647);

const termsShape = {
  speed_download_mbps: z.int().nullable(),
  speed_upload_mbps: z.int().nullable(),
  data_limit_gb: z.int().nullable(),
  fair_use_limit_gb: z.int().nullable(),
  throttled_download_mbps: z.number().nullable(),
  throttled_upload_mbps: z.number().nullable(),
  static_ip_available: z.boolean(),
  static_ip_monthly_fee: z.number(),
  static_ip_monthly_fee_with_tax: z.number(),
  monthly_fee: z.number(),
  monthly_fee_with_tax: z.number(),
  activation_fee: z.number(),
  activation_fee_with_tax: z.number(),
  early_termination_fee: z.number(),
  currency: z.string(),
  tax_percent: z.number(),
  contract_months: z.int(),
  sla_uptime_percent: z.number(),
  bandwidth_profile: z.string().nullable(),
  voice: z
    .object({
      number_included: z.boolean(),
      included_minutes: z.int().nullable(),
      concurrent_calls: z.int(),
      caller_id: z.boolean(),
      voicemail: z.boolean(),
      call_forwarding: z.boolean(),
    })
    .nullable(),
  parts: z.array(z.object({ plan_id: z.int(), quantity: z.int() })),
};

export const planShape = z.object({
  id: z.int(),
  sku: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  category: z.string(),
  service_type: z.enum(['internet', 'voice', 'bundle']),
  version: z.int(),
  ...termsShape,
  status: z.enum(['active', 'retired']),
  sold_from: z.string().nullable(),
  sold_until: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const plansShape = listShape('plans', planShape);
export const planVersionShape = z.object({
  plan_id: z.int(),
  version: z.int(),
  ...termsShape,
  valid_from: z.string(),
  valid_until: z.string().nullable(),
});
export const planVersionsShape = listShape('versions', planVersionShape);

const termsExample = {
  speed_download_mbps: 100,
  speed_upload_mbps: 10,
  data_limit_gb: null,
  fair_use_limit_gb: 1000,
  throttled_download_mbps: 10,
  throttled_upload_mbps: 2,
  static_ip_available: true,
  static_ip_monthly_fee: 5,
  static_ip_monthly_fee_with_tax: 5.4,
  monthly_fee: 79.99,
  monthly_fee_with_tax: 86.39,
  activation_fee: 99,
  activation_fee_with_tax: 106.92,
  early_termination_fee: 120,
  currency: 'USD',
  tax_percent: 8,
  contract_months: 12,
  sla_uptime_percent: 99,
  bandwidth_profile: '100M_10M',
  voice: null,
  parts: [],
};

export const planVersionExample = {
  plan_id: 1,
  version: 1,
  ...termsExample,
  valid_from: '2025-01-29T10:30:00Z',
  valid_until: null,
};

export const planExample = {
  id: 1,
  sku: 'HOME-100',
  name: 'Home 100',
  description: null,
  category: 'Residential',
  service_type: 'internet',
  version: 1,
  ...termsExample,
  status: 'active',
  sold_from: null,
  sold_until: null,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};

export const createPlanExample = {
  sku: 'HOME-200',
  name: 'Home 200',
  category: 'Residential',
  service_type: 'internet',
  speed_download_mbps: 200,
  speed_upload_mbps: 20,
  monthly_fee: 99.99,
  activation_fee: 99,
};
