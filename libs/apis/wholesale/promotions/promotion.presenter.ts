import type { PromotionValues, PromotionView } from '@isp/domain/offers';
import { upperUuid } from '@isp/kernel';
import { toOrderFlowTime } from '../dates.js';
import type { ChangePromotionBody } from './promotion.schema.js';

export function presentPromotion(promotion: PromotionView, timeZone: string) {
  const { percent, amount, endsAt } = promotion;
  return {
    id: upperUuid(promotion.guid),
    code: promotion.code,
    name: promotion.name,
    description: promotion.description,
    start_date: toOrderFlowTime(promotion.startsAt, timeZone),
    end_date: endsAt && toOrderFlowTime(endsAt, timeZone),
    percent: percent === null ? null : Number(percent),
    value: amount === null ? null : Number(amount),
    currency_code: promotion.currency,
    months: promotion.months,
    max_uses: promotion.maxUses,
    uses: promotion.uses,
    status: promotion.status === 'active' ? ('Active' as const) : ('Retired' as const),
    product_ids: promotion.products.map(({ guid }) => upperUuid(guid)),
    created_at: toOrderFlowTime(promotion.createdAt, timeZone),
    updated_at: toOrderFlowTime(promotion.updatedAt, timeZone),
  };
}

/** The given fields in the domain's words; what was not given stays out. */
export function valuesOf(body: ChangePromotionBody): Partial<PromotionValues> {
  const values = {
    name: body.name,
    description: body.description,
    startsAt: body.start_date,
    endsAt: body.end_date,
    percent: body.percent === null ? null : body.percent?.toString(),
    amount: body.value,
    currency: body.currency_code,
    months: body.months,
    maxUses: body.max_uses,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
