import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { SOLD_TO } from '../areas/area-product.view.js';
import { offerErrors } from '../offers.errors.js';
import {
  type ProductView,
  RETAIL_FROM,
  type Row,
  WHOLESALE_COLUMNS,
  WHOLESALE_FROM,
  productOf,
  retailColumns,
} from '../products/product.view.js';
import { PromotionQueries } from '../promotions/promotion.queries.js';
import type { PromotionView } from '../promotions/promotion.view.js';
import type { ProductQuote, QuotedPromotion } from './product-quote.js';

const HERE = `plan.status = 'active' AND (plan.sold_from IS NULL OR plan.sold_from <= $1)
  AND (plan.sold_until IS NULL OR plan.sold_until > $1)
  AND EXISTS (SELECT FROM areas_covering($4, $5) c JOIN areas a ON a.id = c.area_id AND a.connectivity = 'live'
                JOIN area_products ap ON ap.area_id = c.area_id AND ap.plan_id = plan.id WHERE ${SOLD_TO('$1', '$2')})`;
const QUOTE = statement(
  'products-quote',
  `(SELECT ${retailColumns('$1')}, p.id AS "productId" FROM ${RETAIL_FROM}
     WHERE p.partner_id = $2 AND p.guid = $3 AND p.status = 'active' AND ${HERE})
   UNION ALL
   (SELECT ${WHOLESALE_COLUMNS}, NULL::integer FROM ${WHOLESALE_FROM} WHERE plan.guid = $3 AND ${HERE})`,
);

export interface QuoteInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly productGuid: string;
  /** Where it is to be, in WGS 84 degrees: exact decimal text or numbers of at most 15 digits. */
  readonly latitude: string | number;
  readonly longitude: string | number;
  readonly promoCode?: string | undefined;
}

/** What an order of a product at a place would be, at the prices of this moment. */
@Injectable()
export class QuoteProduct {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly promotions: PromotionQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws `offers.product.not_sold_here`, also for another partner's product; and what
   *   `PromotionQueries.forOrder` throws
   */
  execute({ actor, partnerId, productGuid, latitude, longitude, promoCode }: QuoteInput): Promise<ProductQuote> {
    return this.uow.run(actor, async (tx) => {
      const now = this.clock.now();
      const values = [now, partnerId, productGuid, latitude, longitude];
      const row = await tx.one<Row<ProductView> & { readonly productId: number | null }>(QUOTE, values);
      if (!row) throw notSoldHere();
      const product = productOf<ProductView>(row);
      const { planId, planVersion, name, contractMonths, prices } = product;
      const { productId } = row;
      const named =
        promoCode === undefined ? null : await this.promotions.forOrder(actor, partnerId, promoCode, product);
      const promotion = named && termsOf(named);
      const quoted = prices.map(({ type, currency, taxPercent, amount }) => ({ type, currency, taxPercent, amount }));
      return {
        partnerId,
        productId,
        productGuid,
        planId,
        planVersion,
        name,
        contractMonths,
        prices: quoted,
        promotion,
      };
    });
  }
}

function termsOf({ id, code, percent, amount, currency, months }: PromotionView): QuotedPromotion {
  return { id, code, percent, amount, currency, months };
}

const notSoldHere = () => {
  const details = [{ field: 'product_id', message: 'is not sold at this place' }];
  return offerErrors('offers.product.not_sold_here', {}, { details });
};
