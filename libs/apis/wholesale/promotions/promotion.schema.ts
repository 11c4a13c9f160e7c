import { changedPromotionBody, currencyCode, instant, newPromotionBody, unitAmount } from '@isp/apis/shared';
import { z } from 'zod';
import { pageShape, pagingQuery } from '../lists.js';
import { guidText } from '../products/product.schema.js';

/** As this API names them. */
const own = {
  start_date: instant.optional(),
  end_date: instant.nullable().optional(),
  value: unitAmount.nullable().optional(),
  currency_code: currencyCode.nullable().optional(),
  product_ids: z.array(guidText).max(200).optional(),
};

export const createPromotionBody = newPromotionBody(own);
export type CreatePromotionBody = z.infer<typeof createPromotionBody>;

export const changePromotionBody = changedPromotionBody(own);
export type ChangePromotionBody = z.infer<typeof changePromotionBody>;

export const promotionsQuery = z.strictObject({ status: z.enum(['Active', 'Retired']).optional(), ...pagingQuery });
export type PromotionsQuery = z.infer<typeof promotionsQuery>;

export const promotionShape = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  start_date: z.string(),
  end_date: z.string().nullable(),
  percent: z.number().nullable(),
  value: z.number().nullable(),
  currency_code: z.string().nullable(),
  months: z.int(),
  max_uses: z.int().nullable(),
  uses: z.int(),
  status: z.enum(['Active', 'Retired']),
  product_ids: z.array(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
});
export const promotionsShape = pageShape(promotionShape);

export const promotionExample = {
  id: '5B6F0E0C-6E0F-4E57-9B92-0F0B7A1D2C3E',
  code: 'SPRING-3',
  name: 'Three months at half price',
  description: null,
  start_date: '2025-09-01 00:00:00 +0200',
  end_date: '2025-12-01 00:00:00 +0200',
  percent: 50,
  value: null,
  currency_code: null,
  months: 3,
  max_uses: 500,
  uses: 12,
  status: 'Active',
  product_ids: ['C567389A-2D36-4C29-AD46-0EC3D7A7D0EA'],
  created_at: '2025-08-20 09:12:44 +0200',
  updated_at: '2025-08-20 09:12:44 +0200',
};
