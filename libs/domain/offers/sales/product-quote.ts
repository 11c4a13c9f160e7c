import type { NetPrice, PriceType } from '../products/retail-price.js';

export interface QuotedPrice extends NetPrice {
  readonly type: PriceType;
}

export interface QuotedPromotion {
  readonly id: number;
  readonly code: string;
  readonly percent: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly months: number;
}

/**
 * What an order of a product is: the plan to order, at the version of this moment, and what its customer is to pay the
 * partner. Prices are decimal text without tax, before the promotion is taken off.
 */
export interface ProductQuote {
  readonly partnerId: number;
  /** Null for the operator's own product. */
  readonly productId: number | null;
  readonly productGuid: string;
  readonly planId: number;
  readonly planVersion: number;
  readonly name: string;
  readonly contractMonths: number;
  readonly prices: readonly QuotedPrice[];
  readonly promotion: QuotedPromotion | null;
}

/** What a service was sold as; it keeps these prices whatever its product costs later. */
export interface SaleView extends Omit<ProductQuote, 'partnerId'> {
  readonly serviceId: number;
  readonly soldAt: Date;
}
