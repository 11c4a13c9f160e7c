import {
  type Availability,
  type NothingSold,
  type PriceView,
  type ProductView,
  type PromotionView,
  type SetPriceView,
  discountOf,
  discounted,
  priceWithTax,
} from '@isp/domain/offers';
import { upperUuid } from '@isp/kernel';
import { toOrderFlowTime } from '../dates.js';

const PRICE_TYPES = { monthly: 'Monthly', once_off: 'Once-off' } as const;

/** The product of the order flow, fields in the order of its document; what a product does not have is left out. */
export function presentProduct(product: ProductView, timeZone: string) {
  const { parentGuid, description, logo } = product;
  return {
    id: upperUuid(product.guid),
    provider_id: upperUuid(product.providerGuid),
    ...(parentGuid === null ? {} : { parent_id: upperUuid(parentGuid) }),
    name: product.name,
    ...(description === null ? {} : { description }),
    speed_up: product.uploadMbps ?? 0,
    speed_down: product.downloadMbps ?? 0,
    min_contract: product.contractMonths,
    effective_date: toOrderFlowTime(product.effectiveAt, timeZone),
    status: product.status === 'active' ? ('Active' as const) : ('Retired' as const),
    type_name: product.kind === 'retail' ? ('ISP' as const) : ('Wholesale' as const),
    provider: product.providerName,
    pricing: product.prices.map(presentPrice),
    ...(logo === null ? {} : { logo }),
  };
}

/** What the monthly prices are as long as a promotion lasts. */
export function presentPromotion({ prices }: ProductView, promotion: PromotionView) {
  const monthly = prices.filter(({ type }) => type === 'monthly');
  const pricing = monthly.map((price) => presentPrice(discounted(price, discountOf(promotion))));
  return { code: promotion.code, months: promotion.months, pricing };
}

function presentPrice(price: PriceView) {
  return {
    id: upperUuid(price.guid),
    price_type: PRICE_TYPES[price.type],
    currency_code: price.currency,
    tax: Number(price.taxPercent),
    value: Number(price.amount),
    value_incl: priceWithTax(price).toJsonNumber(),
  };
}

export function presentSetPrice(price: SetPriceView, timeZone: string) {
  return {
    ...presentPrice(price),
    effective_date: toOrderFlowTime(price.effectiveAt, timeZone),
    set_by: price.setBy,
    set_at: toOrderFlowTime(price.setAt, timeZone),
  };
}

const WHY: Readonly<Record<NothingSold, string>> = {
  no_coverage: 'No network covers this place.',
  building: 'The network is being built here.',
  planned: 'A network is planned here.',
  not_sold: 'Nothing is sold to you here at this time.',
};

/** `items` as the document has them; beside an empty list, why it is empty and from when on it will not be. */
export function presentAvailability({ products, nothing, timeZone }: Availability) {
  const items = products.map((product) => presentProduct(product, timeZone));
  if (nothing === null) return { items };
  const { reason, connectivity, availableOn } = nothing;
  return { items, reason, connectivity, available_from: availableOn, message: WHY[reason] };
}
