import { line, needle, prose } from '@isp/apis/shared';
import { readAmount } from '@isp/kernel';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';

/** A JSON number that is an exact amount of at most 4 decimals; becomes decimal text. */
export const unitAmount = z.number().transform((value, context) => {
  const reading = readAmount(value, { currency: 'USD', decimals: 4 });
  if (reading.ok) return reading.amount.toFixed();
  context.addIssue({ code: 'custom', message: reading.problem });
  return z.NEVER;
});

const speed = z.int().min(1).max(10_000_000);
const optional = {
  description: prose(2000).nullable().optional(),
  speed_download_mbps: speed.nullable().optional(),
  speed_upload_mbps: speed.nullable().optional(),
  data_limit_gb: z.int().min(1).max(1_000_000).nullable().optional(),
  activation_fee: unitAmount.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code')
    .optional(),
  contract_months: z.int().min(0).max(120).optional(),
  sla_uptime_percent: z.number().min(0).max(100).optional(),
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

export const plansQuery = listQuery({
  status: z.enum(['active', 'retired']).optional(),
  service_type: z.enum(['internet', 'voice', 'bundle']).optional(),
  category: needle(60).optional(),
  search: needle(120).optional(),
});
export type PlansQuery = z.infer<typeof plansQuery>;

export const planShape = z.object({
  id: z.int(),
  sku: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  category: z.string(),
  service_type: z.enum(['internet', 'voice', 'bundle']),
  speed_download_mbps: z.int().nullable(),
  speed_upload_mbps: z.int().nullable(),
  data_limit_gb: z.int().nullable(),
  monthly_fee: z.number(),
  activation_fee: z.number(),
  currency: z.string(),
  contract_months: z.int(),
  sla_uptime_percent: z.number(),
  status: z.enum(['active', 'retired']),
  created_at: z.string(),
  updated_at: z.string(),
});
export const plansShape = listShape('plans', planShape);

export const planExample = {
  id: 1,
  sku: 'HOME-100',
  name: 'Home 100',
  description: null,
  category: 'Residential',
  service_type: 'internet',
  speed_download_mbps: 100,
  speed_upload_mbps: 10,
  data_limit_gb: null,
  monthly_fee: 79.99,
  activation_fee: 99,
  currency: 'USD',
  contract_months: 12,
  sla_uptime_percent: 99,
  status: 'active',
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
