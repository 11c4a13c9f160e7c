import { bodyId, instant } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';

export const sellInAreaBody = z.strictObject({
  plan_id: bodyId,
  partner_id: bodyId.nullable().optional(),
  sold_from: instant.optional(),
  sold_until: instant.nullable().optional(),
});
export type SellInAreaBody = z.infer<typeof sellInAreaBody>;

export const areaProductsQuery = listQuery({ sold_at: instant.optional() });
export type AreaProductsQuery = z.infer<typeof areaProductsQuery>;

export const areaProductShape = z.object({
  id: z.int(),
  area_id: z.int(),
  plan_id: z.int(),
  sku: z.string(),
  plan_name: z.string(),
  partner_id: z.int().nullable(),
  sold_from: z.string(),
  sold_until: z.string().nullable(),
});
export const areaProductsShape = listShape('products', areaProductShape);

export const areaProductExample = {
  id: 1,
  area_id: 1,
  plan_id: 2,
  sku: 'HOME-50',
  plan_name: 'Home Fiber 50',
  partner_id: null,
  sold_from: '2025-01-29T10:30:00Z',
  sold_until: null,
};
