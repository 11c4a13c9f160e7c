import { currencyCode, instant, line, needle, percent, prose, unitAmount } from '@isp/apis/shared';
import { normaliseUuid } from '@isp/kernel';
import { z } from 'zod';
import { pageShape, pagingQuery } from '../lists.js';

/** A GUID inside a body, in either case. */
export const guidText = z.string().transform((text, context) => {
  const guid = normaliseUuid(text);
  if (guid !== undefined) return guid;
  context.addIssue({ code: 'custom', message: 'must be a GUID' });
  return z.NEVER;
});

/** A coordinate in a path: plain decimal text of a place on earth. */
const coordinate = (max: number) =>
  z
    .string()
    .refine(
      (text) => /^-?\d{1,3}(\.\d{1,20})?$/.test(text) && Math.abs(Number(text)) <= max,
      `must be a number between -${max} and ${max}`,
    )
    .meta({ type: 'number', pattern: undefined, minimum: -max, maximum: max });
export const latitude = coordinate(90);
export const longitude = coordinate(180);

const price = z.strictObject({
  price_type: z.enum(['Monthly', 'Once-off']),
  currency_code: currencyCode.optional(),
  tax: percent,
  value: unitAmount,
  effective_date: instant.optional(),
});
export type PriceBody = z.infer<typeof price>;
const prices = z.array(price).max(20);
// Where the ISP shows its logo: an address of its own, or a path on its own site.
const logo = line(500).regex(/^(https?:\/\/|\/)[^\s"'<>]*$/, 'must be a web address or a path');
const minContract = z.int().min(0).max(120);

export const createProductBody = z.strictObject({
  parent_id: guidText,
  name: line(120),
  description: prose(2000).nullable().optional(),
  min_contract: minContract.optional(),
  logo: logo.nullable().optional(),
  pricing: prices.optional(),
});
export type CreateProductBody = z.infer<typeof createProductBody>;

export const changeProductBody = createProductBody.omit({ parent_id: true }).partial();
export type ChangeProductBody = z.infer<typeof changeProductBody>;

export const productQuery = z.strictObject({ promo_code: needle(60).optional() });
export type ProductQuery = z.infer<typeof productQuery>;

export const productsQuery = z.strictObject(pagingQuery);
export type ProductsQuery = z.infer<typeof productsQuery>;

export const priceShape = z.object({
  id: z.string(),
  price_type: z.enum(['Monthly', 'Once-off']),
  currency_code: z.string(),
  tax: z.number(),
  value: z.number(),
  value_incl: z.number(),
});

export const productShape = z.object({
  id: z.string(),
  provider_id: z.string(),
  parent_id: z.string().optional(),
  name: z.string(),
  description: z.string().optional(),
  speed_up: z.int(),
  speed_down: z.int(),
  min_contract: z.int(),
  effective_date: z.string(),
  status: z.enum(['Active', 'Retired']),
  type_name: z.enum(['ISP', 'Wholesale']),
  provider: z.string(),
  pricing: z.array(priceShape),
  logo: z.string().optional(),
});

export const promotedProductShape = productShape.extend({
  promotion: z.object({ code: z.string(), months: z.int(), pricing: z.array(priceShape) }).optional(),
});

export const availabilityShape = z.object({
  items: z.array(productShape),
  reason: z.enum(['no_coverage', 'building', 'planned', 'not_sold']).optional(),
  connectivity: z.enum(['live', 'building', 'planned']).nullable().optional(),
  available_from: z.string().nullable().optional(),
  message: z.string().optional(),
});

export const productsShape = pageShape(productShape);

const setPriceShape = priceShape.extend({ effective_date: z.string(), set_by: z.string(), set_at: z.string() });
export const pricesShape = pageShape(setPriceShape);
