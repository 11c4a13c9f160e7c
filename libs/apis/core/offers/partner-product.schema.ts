import { bodyId, currencyCode, instant, line, percent, prose, unitAmount } from '@isp/apis/shared';
import { PARTNER_PRODUCT_SORTING } from '@isp/domain/offers';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const price = z.strictObject({
  type: z.enum(['monthly', 'once_off']),
  currency: currencyCode.optional(),
  tax_percent: percent,
  amount: unitAmount,
  effective_at: instant.optional(),
});
export type PriceBody = z.infer<typeof price>;

const values = {
  description: prose(2000).nullable().optional(),
  logo: line(500)
    .regex(/^(https?:\/\/|\/)[^\s"'<>]*$/, 'must be a web address or a path')
    .nullable()
    .optional(),
  contract_months: z.int().min(0).max(120).optional(),
  prices: z.array(price).max(20).optional(),
};

export const createProductBody = z.strictObject({ plan_id: bodyId, name: line(120), ...values });
export type CreateProductBody = z.infer<typeof createProductBody>;

export const changeProductBody = z.strictObject({ name: line(120).optional(), ...values });
export type ChangeProductBody = z.infer<typeof changeProductBody>;

export const productsQuery = sortedQuery({ status: z.enum(['active', 'retired']).optional() }, PARTNER_PRODUCT_SORTING);
export type ProductsQuery = z.infer<typeof productsQuery>;

export const pricesQuery = listQuery({});
export type PricesQuery = z.infer<typeof pricesQuery>;

const priceShape = z.object({
  guid: z.string(),
  type: z.enum(['monthly', 'once_off']),
  currency: z.string(),
  tax_percent: z.number(),
  amount: z.number(),
  amount_with_tax: z.number(),
  effective_at: z.string(),
});

export const productShape = z.object({
  id: z.int(),
  guid: z.string(),
  partner_id: z.int(),
  plan_id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  logo: z.string().nullable(),
  speed_download_mbps: z.int().nullable(),
  speed_upload_mbps: z.int().nullable(),
  contract_months: z.int(),
  status: z.enum(['active', 'retired']),
  prices: z.array(priceShape),
  effective_at: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const productsShape = listShape('products', productShape);
export const pricesShape = listShape('prices', priceShape.extend({ set_by: z.string(), set_at: z.string() }));

const priceExample = {
  guid: 'e6a396d4-8c0e-48e2-8008-48ac13f04cfa',
  type: 'monthly',
  currency: 'ZAR',
  tax_percent: 15,
  amount: 477.3913,
  amount_with_tax: 549,
  effective_at: '2025-01-29T10:30:00Z',
};
export const setPriceExample = { ...priceExample, set_by: 'user:9', set_at: '2025-01-29T10:30:00Z' };

export const productExample = {
  id: 3,
  guid: 'c567389a-2d36-4c29-ad46-0ec3d7a7d0ea',
  partner_id: 4,
  plan_id: 2,
  name: 'Fibre 50/10',
  description: 'Month to month',
  logo: null,
  speed_download_mbps: 50,
  speed_upload_mbps: 10,
  contract_months: 1,
  status: 'active',
  prices: [priceExample],
  effective_at: '2025-01-29T10:30:00Z',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};

export const createProductExample = {
  plan_id: 2,
  name: 'Fibre 50/10',
  description: 'Month to month',
  prices: [{ type: 'monthly', tax_percent: 15, amount: 477.3913 }],
};
