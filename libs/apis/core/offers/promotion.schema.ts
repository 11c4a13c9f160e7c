import { bodyId, changedPromotionBody, currencyCode, instant, newPromotionBody, unitAmount } from '@isp/apis/shared';
import { PROMOTION_SORTING } from '@isp/domain/offers';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

/** As this API names them. */
const own = {
  starts_at: instant.optional(),
  ends_at: instant.nullable().optional(),
  amount: unitAmount.nullable().optional(),
  currency: currencyCode.nullable().optional(),
  product_ids: z.array(bodyId).max(200).optional(),
};

export const createPromotionBody = newPromotionBody(own);
export type CreatePromotionBody = z.infer<typeof createPromotionBody>;

export const changePromotionBody = changedPromotionBody(own);
export type ChangePromotionBody = z.infer<typeof changePromotionBody>;

export const promotionsQuery = sortedQuery({ status: z.enum(['active', 'retired']).optional() }, PROMOTION_SORTING);
export type PromotionsQuery = z.infer<typeof promotionsQuery>;

export const promotionShape = z.object({
  id: z.int(),
  guid: z.string(),
  partner_id: z.int(),
  code: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  starts_at: z.string(),
  ends_at: z.string().nullable(),
  percent: z.number().nullable(),
  amount: z.number().nullable(),
  currency: z.string().nullable(),
  months: z.int(),
  max_uses: z.int().nullable(),
  uses: z.int(),
  status: z.enum(['active', 'retired']),
  product_ids: z.array(z.int()),
  created_at: z.string(),
  updated_at: z.string(),
});
export const promotionsShape = listShape('promotions', promotionShape);

export const promotionExample = {
  id: 1,
  guid: '5b6f0e0c-6e0f-4e57-9b92-0f0b7a1d2c3e',
  partner_id: 4,
  code: 'SPRING-3',
  name: 'Three months at half price',
  description: null,
  starts_at: '2025-09-01T00:00:00Z',
  ends_at: '2025-12-01T00:00:00Z',
  percent: 50,
  amount: null,
  currency: null,
  months: 3,
  max_uses: 500,
  uses: 12,
  status: 'active',
  product_ids: [3],
  created_at: '2025-08-20T07:12:44Z',
  updated_at: '2025-08-20T07:12:44Z',
};
