import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { PromotionRepository } from '../promotions/promotion.repository.js';
import type { ProductQuote, SaleView } from './product-quote.js';

const INSERT = statement(
  'product-sales-insert',
  `INSERT INTO product_sales (partner_id, customer_id, service_id, plan_id, plan_version, product_id, product_guid, name,
     contract_months, prices, promotion_id, promotion, sold_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);
const END = statement(
  'product-sales-end',
  `UPDATE product_sales SET ended_at = $2 WHERE service_id = $1 AND ended_at IS NULL
   RETURNING partner_id AS "partnerId", promotion_id AS "promotionId"`,
);
const CURRENT = statement(
  'product-sales-current',
  `SELECT service_id AS "serviceId", product_id AS "productId", product_guid AS "productGuid", plan_id AS "planId",
          plan_version AS "planVersion", name, contract_months AS "contractMonths", prices,
          promotion || jsonb_build_object('id', promotion_id) AS promotion, sold_at AS "soldAt"
     FROM product_sales WHERE service_id = ANY ($1::integer[]) AND ended_at IS NULL ORDER BY service_id`,
);

/** What services were sold as. Each use of a promotion is counted with the sale, in one transaction: once or not at all. */
@Injectable()
export class ProductSales {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly promotions: PromotionRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Notes in the caller's transaction what a service was sold as. @throws `offers.promotion.used_up` */
  record(
    actor: Actor,
    quote: ProductQuote,
    sold: { readonly serviceId: number; readonly customerId: number },
  ): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const { partnerId, planId, planVersion, productId, productGuid, name, contractMonths, prices, promotion } = quote;
      if (promotion) await this.promotions.use(partnerId, promotion.id);
      const { id: promotionId = null, ...terms } = promotion ?? {};
      const product = [planId, planVersion, productId, productGuid, name, contractMonths, JSON.stringify(prices)];
      const promoted = [promotionId, promotion && JSON.stringify(terms)];
      const values = [partnerId, sold.customerId, sold.serviceId, ...product, ...promoted, this.clock.now()];
      await tx.execute(INSERT, values);
    });
  }

  /** The sale of a service is over; `undone` gives the use of its promotion back, because the order came to nothing. */
  end(actor: Actor, serviceId: number, { undone }: { readonly undone: boolean }): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const ended = await tx.one<{ partnerId: number; promotionId: number | null }>(END, [serviceId, this.clock.now()]);
      if (undone && ended?.promotionId) await this.promotions.returnUse(ended.partnerId, ended.promotionId);
    });
  }

  /** What each of some services is sold as; those that were not sold as a product are left out. */
  of(actor: Actor, serviceIds: readonly number[]): Promise<SaleView[]> {
    return this.uow.run(actor, (tx) => tx.query<SaleView>(CURRENT, [serviceIds]));
  }
}
