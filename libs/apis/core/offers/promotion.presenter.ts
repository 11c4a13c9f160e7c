import type { PromotionValues, PromotionView } from '@isp/domain/offers';
import { toIsoSeconds } from '@isp/kernel';
import type { ChangePromotionBody } from './promotion.schema.js';

export function presentPromotion(promotion: PromotionView) {
  const { percent, amount, endsAt } = promotion;
  return {
    id: promotion.id,
    guid: promotion.guid,
    partner_id: promotion.partnerId,
    code: promotion.code,
    name: promotion.name,
    description: promotion.description,
    starts_at: toIsoSeconds(promotion.startsAt),
    ends_at: endsAt && toIsoSeconds(endsAt),
    percent: percent === null ? null : Number(percent),
    amount: amount === null ? null : Number(amount),
    currency: promotion.currency,
    months: promotion.months,
    max_uses: promotion.maxUses,
    uses: promotion.uses,
    status: promotion.status,
    product_ids: promotion.products.map(({ id }) => id),
    created_at: toIsoSeconds(promotion.createdAt),
    updated_at: toIsoSeconds(promotion.updatedAt),
  };
}

/** The given fields in the domain's words; what was not given stays out. */
export function valuesOf(body: ChangePromotionBody): Partial<PromotionValues> {
  const values = {
    name: body.name,
    description: body.description,
    startsAt: body.starts_at,
    endsAt: body.ends_at,
    percent: body.percent === null ? null : body.percent?.toString(),
    amount: body.amount,
    currency: body.currency,
    months: body.months,
    maxUses: body.max_uses,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
