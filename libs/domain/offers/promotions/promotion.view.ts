import type { Discount } from '../products/retail-price.js';

export type PromotionStatus = 'active' | 'retired';

/** What of a promotion can be set. Amounts and per cent are decimal text. */
export interface PromotionValues {
  readonly name: string;
  readonly description: string | null;
  readonly startsAt: Date;
  /** Not included; null for no end. */
  readonly endsAt: Date | null;
  readonly percent: string | null;
  /** Without tax, off every monthly price. */
  readonly amount: string | null;
  readonly currency: string | null;
  /** How many monthly prices it takes something off, the first one first. */
  readonly months: number;
  /** Null for no limit. */
  readonly maxUses: number | null;
}

export interface PromotionView extends PromotionValues {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  /** What a customer names: capitals, digits and hyphens. */
  readonly code: string;
  readonly uses: number;
  readonly status: PromotionStatus;
  /** The products that it is for; none for every product of the partner. */
  readonly products: readonly { readonly id: number; readonly guid: string }[];
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const PROMOTION_COLUMNS = `m.id, m.guid, m.partner_id AS "partnerId", m.code, m.name, m.description, m.starts_at AS "startsAt",
  m.ends_at AS "endsAt", m.percent::text, m.amount::text, m.currency, m.months, m.max_uses AS "maxUses", m.uses, m.status,
  (SELECT coalesce(json_agg(json_build_object('id', p.id, 'guid', p.guid) ORDER BY p.id), '[]')
     FROM promotion_products mp JOIN partner_products p ON p.partner_id = mp.partner_id AND p.id = mp.product_id
    WHERE mp.partner_id = m.partner_id AND mp.promotion_id = m.id) AS products,
  m.revision, m.created_at AS "createdAt", m.updated_at AS "updatedAt"`;

/** What it takes off. */
export function discountOf({
  percent,
  amount,
  currency,
}: Pick<PromotionView, 'percent' | 'amount' | 'currency'>): Discount {
  if (percent !== null) return { percent, amount: null, currency: null };
  return { percent: null, amount: amount ?? '0', currency: currency ?? '' };
}
