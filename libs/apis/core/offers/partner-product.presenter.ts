import {
  type NewPrice,
  type PartnerProductView,
  type PriceView,
  type ProductValues,
  type SetPriceView,
  priceWithTax,
} from '@isp/domain/offers';
import { toIsoSeconds } from '@isp/kernel';
import type { ChangeProductBody, PriceBody } from './partner-product.schema.js';

export function presentProduct(product: PartnerProductView) {
  return {
    id: product.id,
    guid: product.guid,
    partner_id: product.partnerId,
    plan_id: product.planId,
    name: product.name,
    description: product.description,
    logo: product.logo,
    speed_download_mbps: product.downloadMbps,
    speed_upload_mbps: product.uploadMbps,
    contract_months: product.contractMonths,
    status: product.status,
    prices: product.prices.map(presentPrice),
    effective_at: toIsoSeconds(product.effectiveAt),
    created_at: toIsoSeconds(product.createdAt),
    updated_at: toIsoSeconds(product.updatedAt),
  };
}

function presentPrice(price: PriceView) {
  return {
    guid: price.guid,
    type: price.type,
    currency: price.currency,
    tax_percent: Number(price.taxPercent),
    amount: Number(price.amount),
    amount_with_tax: priceWithTax(price).toJsonNumber(),
    effective_at: toIsoSeconds(price.effectiveAt),
  };
}

export function presentSetPrice(price: SetPriceView) {
  return { ...presentPrice(price), set_by: price.setBy, set_at: toIsoSeconds(price.setAt) };
}

/** The given fields in the domain's words; what was not given stays out. */
export function valuesOf({ name, description, logo, contract_months: contractMonths }: ChangeProductBody) {
  const values = { name, description, logo, contractMonths };
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<ProductValues>;
}

export function priceOf({ type, currency, tax_percent, amount, effective_at: effectiveAt }: PriceBody): NewPrice {
  return { type, currency, taxPercent: tax_percent.toString(), amount, effectiveAt };
}
