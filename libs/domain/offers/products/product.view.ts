import type { NetPrice, PriceType } from './retail-price.js';

/** One price of a product, from one instant on. Amounts are decimal text without tax. */
export interface PriceView extends NetPrice {
  readonly guid: string;
  readonly type: PriceType;
  readonly effectiveAt: Date;
}

export type ProductStatus = 'active' | 'retired';

/**
 * Something that an ISP can order: a product of its own over one of the operator's plans (`retail`), or the plan itself
 * at the operator's price (`wholesale`). `prices` are those in force.
 */
export interface ProductView {
  readonly kind: 'retail' | 'wholesale';
  readonly guid: string;
  readonly providerGuid: string;
  readonly providerName: string;
  /** The wholesale product under a retail one. */
  readonly parentGuid: string | null;
  readonly planId: number;
  readonly planVersion: number;
  readonly name: string;
  readonly description: string | null;
  readonly downloadMbps: number | null;
  readonly uploadMbps: number | null;
  readonly contractMonths: number;
  readonly status: ProductStatus;
  /** Since when it is offered as it is. */
  readonly effectiveAt: Date;
  readonly logo: string | null;
  readonly prices: readonly PriceView[];
}

/** A partner's own product, with what only its owner and the operator see. */
export interface PartnerProductView extends ProductView {
  readonly id: number;
  readonly partnerId: number;
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface PriceRow extends Omit<PriceView, 'effectiveAt'> {
  /** JSON knows no instants. */
  readonly effectiveAt: string;
}

export type Row<V extends ProductView> = Omit<V, 'prices'> & { readonly prices: readonly PriceRow[] };

export function productOf<V extends ProductView>(row: Row<V>): V {
  const prices = row.prices.map((price) => ({ ...price, effectiveAt: new Date(price.effectiveAt) }));
  return { ...row, prices } as unknown as V;
}

const PRICE_FIELDS = `'guid', x.guid, 'type', x.price_type, 'currency', x.currency, 'taxPercent', x.tax_percent::text,
  'amount', x.amount::text, 'effectiveAt', to_char(x.effective_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Lateral join `price` with the prices in force at `$at` of `partner_products p`, and since when the youngest is. */
const retailPrices = (at: string): string => `CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object(${PRICE_FIELDS}) ORDER BY x.price_type), '[]') AS list, max(x.effective_at) AS since
    FROM (SELECT DISTINCT ON (price_type) * FROM product_prices
           WHERE partner_id = p.partner_id AND product_id = p.id AND effective_at <= ${at}
           ORDER BY price_type, effective_at DESC, id DESC) x) price`;

const SHARED = `plan.id AS "planId", plan.version AS "planVersion", plan.download_mbps AS "downloadMbps", plan.upload_mbps AS "uploadMbps"`;

/** Columns of a retail `ProductView`, of what `retailFrom` names. */
export const RETAIL_COLUMNS = `'retail' AS kind, p.guid, seller.guid AS "providerGuid", seller.name AS "providerName",
  plan.guid AS "parentGuid", ${SHARED}, p.name, p.description, p.contract_months AS "contractMonths", p.status,
  coalesce(price.since, p.created_at) AS "effectiveAt", p.logo, price.list AS prices`;

export const retailFrom = (at: string): string => `partner_products p JOIN plans plan ON plan.id = p.plan_id
  JOIN partners seller ON seller.id = p.partner_id ${retailPrices(at)}`;

/** Columns of a wholesale `ProductView`, of what `WHOLESALE_FROM` names. A price keeps its id as long as its version. */
export const WHOLESALE_COLUMNS = `'wholesale' AS kind, plan.guid, operator.guid AS "providerGuid", operator.name AS "providerName",
  NULL::uuid AS "parentGuid", ${SHARED}, plan.name, plan.description, plan.contract_months AS "contractMonths", plan.status,
  greatest(offer.valid_from, plan.sold_from) AS "effectiveAt", NULL::text AS logo,
  (SELECT coalesce(json_agg(json_build_object(${PRICE_FIELDS}) ORDER BY x.price_type), '[]')
     FROM (SELECT md5(plan.guid || ' ' || plan.version || ' ' || v.type)::uuid AS guid, v.type AS price_type, plan.currency,
                  plan.tax_percent, v.amount, offer.valid_from AS effective_at
             FROM (VALUES ('monthly', plan.monthly_amount), ('once_off', plan.activation_amount)) AS v (type, amount)
            WHERE v.type = 'monthly' OR v.amount > 0) x) AS prices`;

export const WHOLESALE_FROM = `plans plan JOIN plan_versions offer ON offer.plan_id = plan.id AND offer.version = plan.version
  CROSS JOIN operator_identity() operator`;

/** What a partner's own product has beside a `ProductView`. */
export const PARTNER_PRODUCT_COLUMNS = `${RETAIL_COLUMNS}, p.id, p.partner_id AS "partnerId", p.revision,
  p.created_at AS "createdAt", p.updated_at AS "updatedAt"`;
