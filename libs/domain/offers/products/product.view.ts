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
  readonly id: number;
  /** JSON knows no instants. */
  readonly effectiveAt: string;
}

export type Row<V extends ProductView> = Omit<V, 'prices'> & {
  /** Of a retail product all that have begun, in no order; none where the operator's product has no such price. */
  readonly prices: readonly (PriceRow | null)[];
};

/** A product with the prices in force: of each type the one that began last, and of two of one instant the later one. */
export function productOf<V extends ProductView>(row: Row<V>): V {
  const inForce = new Map<PriceType, PriceView & { readonly id: number }>();
  for (const price of row.prices) {
    if (price === null) continue;
    const begun = { ...price, effectiveAt: new Date(price.effectiveAt) };
    const other = inForce.get(price.type);
    const later = other ? begun.effectiveAt.getTime() - other.effectiveAt.getTime() || begun.id - other.id : 1;
    if (later > 0) inForce.set(price.type, begun);
  }
  const prices = [...inForce.values()].map(({ id: _, ...price }) => price);
  prices.sort((left, right) => left.type.localeCompare(right.type));
  const since = prices.map(({ effectiveAt }) => effectiveAt.getTime());
  const effectiveAt = row.kind === 'retail' && since.length > 0 ? new Date(Math.max(...since)) : row.effectiveAt;
  return { ...row, effectiveAt, prices } as unknown as V;
}

interface PriceColumns {
  readonly id: string;
  readonly guid: string;
  readonly type: string;
  readonly currency: string;
  readonly taxPercent: string;
  readonly amount: string;
  readonly effectiveAt: string;
}
const priceObject = ({ id, guid, type, currency, taxPercent, amount, effectiveAt }: PriceColumns): string =>
  `json_build_object('id', ${id}, 'guid', ${guid}, 'type', ${type}, 'currency', ${currency}, 'taxPercent', ${taxPercent}::text,
    'amount', ${amount}::text, 'effectiveAt', ${effectiveAt})`;

/** The prices of `partner_products p` that have begun at `$at`. */
const retailPrices = (at: string): string => `coalesce((
  SELECT json_agg(${priceObject({
    id: 'x.id',
    guid: 'x.guid',
    type: 'x.price_type',
    currency: 'x.currency',
    taxPercent: 'x.tax_percent',
    amount: 'x.amount',
    effectiveAt: 'x.effective_at',
  })}) FROM product_prices x WHERE x.partner_id = p.partner_id AND x.product_id = p.id AND x.effective_at <= ${at}), '[]')`;

/** A price of a plan keeps its id as long as the plan its version. */
const planPrice = (type: PriceType, amount: string): string =>
  priceObject({
    id: '0',
    guid: `md5(plan.guid || ' ' || plan.version || ' ${type}')::uuid`,
    type: `'${type}'`,
    currency: 'plan.currency',
    taxPercent: 'plan.tax_percent',
    amount,
    effectiveAt: 'offer.valid_from',
  });

const SHARED = `plan.id AS "planId", plan.version AS "planVersion", plan.download_mbps AS "downloadMbps", plan.upload_mbps AS "uploadMbps"`;

/** Columns of a retail `ProductView`, of `partner_products p`, `plans plan` and its `seller`, with the prices at `$at`. */
export const retailColumns = (at: string): string => `'retail' AS kind, p.guid, seller.guid AS "providerGuid",
  seller.name AS "providerName", plan.guid AS "parentGuid", ${SHARED}, p.name, p.description,
  p.contract_months AS "contractMonths", p.status, p.created_at AS "effectiveAt", p.logo, ${retailPrices(at)} AS prices`;

export const RETAIL_FROM = `partner_products p JOIN plans plan ON plan.id = p.plan_id JOIN partners seller ON seller.id = p.partner_id`;

/** Columns of a wholesale `ProductView`, of `plans plan`, the version of its `offer` and the `operator`. */
export const WHOLESALE_COLUMNS = `'wholesale' AS kind, plan.guid, operator.guid AS "providerGuid", operator.name AS "providerName",
  NULL::uuid AS "parentGuid", ${SHARED}, plan.name, plan.description, plan.contract_months AS "contractMonths", plan.status,
  greatest(offer.valid_from, plan.sold_from) AS "effectiveAt", NULL::text AS logo,
  json_build_array(${planPrice('monthly', 'plan.monthly_amount')},
    CASE WHEN plan.activation_amount > 0 THEN ${planPrice('once_off', 'plan.activation_amount')} END) AS prices`;

export const WHOLESALE_FROM = `plans plan JOIN plan_versions offer ON offer.plan_id = plan.id AND offer.version = plan.version
  CROSS JOIN operator_identity() operator`;

/** Columns of a `PartnerProductView`: a retail product and what only its owner and the operator see of it. */
export const partnerProductColumns = (at: string): string => `${retailColumns(at)}, p.id, p.partner_id AS "partnerId",
  p.revision, p.created_at AS "createdAt", p.updated_at AS "updatedAt"`;
