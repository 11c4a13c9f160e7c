import { amountAboveZero, bodyId, currencyCode, exactNumber, line, needle } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';
import { day, percentText } from './billing-account.schema.js';
import { previewExample, previewShape } from './invoice.schema.js';

export const chargeBody = z.strictObject({
  description: line(200),
  service_id: bodyId.optional(),
  quantity: exactNumber(0.0001, 1_000_000).default('1'),
  unit_amount: exactNumber(-99_999_999, 99_999_999).refine((amount) => amount !== '0', 'must not be 0'),
  on: day.optional(),
});
export type ChargeBody = z.infer<typeof chargeBody>;
const chargeFields = {
  id: z.int(),
  account_id: z.int(),
  service_id: z.int().nullable(),
  description: z.string(),
  quantity: z.number(),
  unit_amount: z.number(),
  on: z.string(),
  invoice_id: z.int().nullable(),
  created_by: z.string(),
  created_at: z.string(),
  cancelled_at: z.string().nullable(),
};
export const chargeShape = z.object(chargeFields);
export const chargesShape = listShape('charges', chargeShape);
export const chargeExample = {
  id: 5,
  account_id: 12,
  service_id: 456,
  description: 'Technician, second visit',
  quantity: 1.5,
  unit_amount: 60,
  on: '2025-01-29',
  invoice_id: null,
  created_by: 'Grace Hopper',
  created_at: '2025-01-29T10:30:00Z',
  cancelled_at: null,
};

const code = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.string().regex(/^[A-Z0-9-]{3,40}$/, 'must be 3 to 40 letters, digits and hyphens'));
export const promotionBody = z.strictObject({
  code,
  name: line(120),
  percent: percentText.nullable().default(null),
  monthly_amount: amountAboveZero.nullable().default(null),
  currency: currencyCode.nullable().default(null),
  months: z.int().min(1).max(120),
  plan_id: bodyId.nullable().default(null),
  from: day,
  until: day.nullable().default(null),
  most_redemptions: z.int().min(1).max(1_000_000_000).nullable().default(null),
});
export type PromotionBody = z.infer<typeof promotionBody>;
export const promotionsQuery = listQuery({ code: needle(40).optional() });
export type PromotionsQuery = z.infer<typeof promotionsQuery>;
export const redeemBody = z.strictObject({ code, service_id: bodyId.optional() });
export type RedeemBody = z.infer<typeof redeemBody>;
export const promotionShape = z.object({
  id: z.int(),
  code: z.string(),
  name: z.string(),
  percent: z.number().nullable(),
  monthly_amount: z.number().nullable(),
  currency: z.string().nullable(),
  months: z.int(),
  plan_id: z.int().nullable(),
  from: z.string(),
  until: z.string().nullable(),
  most_redemptions: z.int().nullable(),
  redemptions: z.int(),
});
export const promotionsShape = listShape('promotions', promotionShape);
export const promotionExample = {
  id: 2,
  code: 'SPRING25',
  name: 'Half price in spring',
  percent: 50,
  monthly_amount: null,
  currency: null,
  months: 3,
  plan_id: null,
  from: '2025-03-01',
  until: '2025-06-01',
  most_redemptions: 500,
  redemptions: 17,
};

export const whatIfBody = z.strictObject({
  on: day.optional(),
  change: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('change_plan'), service_id: bodyId, plan_id: bodyId }),
    z.strictObject({ kind: z.literal('cancel'), service_id: bodyId }),
    z.strictObject({ kind: z.literal('add'), plan_id: bodyId }),
  ]),
});
export type WhatIfBody = z.infer<typeof whatIfBody>;
export const whatIfShape = z.object({ without: previewShape, with: previewShape, difference: z.number() });
export const whatIfExample = { without: previewExample, with: previewExample, difference: 0 };
