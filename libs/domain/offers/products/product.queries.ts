import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PartnerQueries } from '@isp/domain/partners';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, together, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { SOLD_TO } from '../areas/area-product.view.js';
import { offerErrors } from '../offers.errors.js';
import {
  type PartnerProductView,
  type PriceView,
  type ProductStatus,
  type ProductView,
  RETAIL_FROM,
  type Row,
  WHOLESALE_COLUMNS,
  WHOLESALE_FROM,
  partnerProductColumns,
  productOf,
  retailColumns,
} from './product.view.js';

interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** A price that was set: in force, over, replaced or still to come. */
export interface SetPriceView extends PriceView {
  readonly setBy: string;
  readonly setAt: Date;
}

const OWN = `p.partner_id = $2 AND ($3::text IS NULL OR p.status = $3)`;
export const PARTNER_PRODUCT_SORTING = sorting({
  id: 'p.id',
  otherwise: ['p.id'],
  fields: {
    created_at: 'p.created_at',
    name: 'lower(p.name)',
  },
});
const LISTS = sortedStatements(
  'partner-products-list',
  PARTNER_PRODUCT_SORTING,
  (order) =>
    `SELECT ${partnerProductColumns('$1')} FROM ${RETAIL_FROM} WHERE ${OWN} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT = statement(
  'partner-products-count',
  `SELECT count(*)::integer AS total FROM partner_products p WHERE p.partner_id = $1 AND ($2::text IS NULL OR p.status = $2)`,
);
const GET = statement(
  'partner-products-get',
  `SELECT ${partnerProductColumns('$1')} FROM ${RETAIL_FROM} WHERE p.partner_id = $2 AND (p.id = $3 OR p.guid = $4)`,
);
const PRICES = statement(
  'product-prices-list',
  `SELECT guid, price_type AS type, currency, tax_percent::text AS "taxPercent", amount::text AS amount, effective_at AS "effectiveAt",
          set_by AS "setBy", set_at AS "setAt"
     FROM product_prices WHERE partner_id = $1 AND product_id = $2 ORDER BY effective_at DESC, id DESC LIMIT $3 OFFSET $4`,
);
const PRICES_COUNT = statement(
  'product-prices-count',
  'SELECT count(*)::integer AS total FROM product_prices WHERE partner_id = $1 AND product_id = $2',
);

// What one partner can order somewhere at $1: its own first.
const ON_SALE = `plan.status = 'active' AND (plan.sold_from IS NULL OR plan.sold_from <= $1)
  AND (plan.sold_until IS NULL OR plan.sold_until > $1) AND plan.service_type = 'internet'`;
const SOLD_SOMEWHERE = `EXISTS (SELECT FROM area_products ap JOIN areas a ON a.id = ap.area_id AND a.deleted_at IS NULL
  WHERE ap.plan_id = plan.id AND ${SOLD_TO('$1', '$2')})`;
const OWN_RETAIL = `p.partner_id = $2 AND p.status = 'active'`;
const ORDERABLE = statement(
  'products-orderable',
  `SELECT * FROM (
     (SELECT ${retailColumns('$1')}, 1 AS rank, p.id AS at FROM ${RETAIL_FROM} WHERE ${OWN_RETAIL})
     UNION ALL
     (SELECT ${WHOLESALE_COLUMNS}, 2, plan.id FROM ${WHOLESALE_FROM} WHERE ${ON_SALE} AND ${SOLD_SOMEWHERE})) one
   ORDER BY rank, at LIMIT $3 OFFSET $4`,
);
const ORDERABLE_COUNT = statement(
  'products-orderable-count',
  `SELECT (SELECT count(*) FROM partner_products p WHERE ${OWN_RETAIL})::integer
        + (SELECT count(*) FROM plans plan WHERE ${ON_SALE} AND ${SOLD_SOMEWHERE})::integer AS total`,
);
const ORDERABLE_GET = statement(
  'products-orderable-get',
  `(SELECT ${retailColumns('$1')} FROM ${RETAIL_FROM} WHERE p.partner_id = $2 AND p.guid = $3)
   UNION ALL
   (SELECT ${WHOLESALE_COLUMNS} FROM ${WHOLESALE_FROM} WHERE plan.guid = $3 AND ${ON_SALE} AND ${SOLD_SOMEWHERE})`,
);

/** Which of a partner's products: by its number, or by its GUID. */
export type ProductKey = { readonly id: number } | { readonly guid: string };

/** Reads of products, inside the walls of the reader. */
@Injectable()
export class ProductQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** A partner's own products. @throws `partners.partner.not_found`, also for one behind another wall */
  list(
    actor: Actor,
    partnerId: number,
    status: ProductStatus | undefined,
    page: SortedSlice<typeof PARTNER_PRODUCT_SORTING>,
  ) {
    return this.uow.run(actor, async (tx) => {
      await this.partners.get(actor, partnerId);
      const [rows, count] = await together([
        tx.query<Row<PartnerProductView>>(LISTS.of(page.sort), [
          this.clock.now(),
          partnerId,
          status ?? null,
          page.limit,
          page.offset,
        ]),
        tx.one<{ total: number }>(COUNT, [partnerId, status ?? null]),
      ]);
      return { rows: rows.map(productOf<PartnerProductView>), total: count?.total ?? 0 };
    });
  }

  /** @throws `offers.product.not_found`, also for another partner's */
  async get(actor: Actor, partnerId: number, key: ProductKey): Promise<PartnerProductView> {
    const values = [this.clock.now(), partnerId, 'id' in key ? key.id : null, 'guid' in key ? key.guid : null];
    const row = await this.uow.run(actor, (tx) => tx.one<Row<PartnerProductView>>(GET, values));
    if (!row) throw offerErrors('offers.product.not_found');
    return productOf(row);
  }

  /** What a product costs, cost and will cost; the latest instant first. @throws `offers.product.not_found` */
  prices(actor: Actor, partnerId: number, key: ProductKey, page: Slice) {
    return this.uow.run(actor, async (tx) => {
      const { id } = await this.get(actor, partnerId, key);
      const [rows, count] = await together([
        tx.query<SetPriceView>(PRICES, [partnerId, id, page.limit, page.offset]),
        tx.one<{ total: number }>(PRICES_COUNT, [partnerId, id]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** What a partner can order somewhere: its own products, then the operator's that it may sell. */
  orderable(actor: Actor, page: Slice): Promise<{ readonly rows: ProductView[]; readonly total: number }> {
    const values = [this.clock.now(), actor.partnerId];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await together([
        tx.query<Row<ProductView>>(ORDERABLE, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(ORDERABLE_COUNT, values),
      ]);
      return { rows: rows.map(productOf<ProductView>), total: count?.total ?? 0 };
    });
  }

  /** One of them, or one of the partner's own that is retired. @throws `offers.product.not_found` */
  async orderableOne(actor: Actor, guid: string): Promise<ProductView> {
    const values = [this.clock.now(), actor.partnerId, guid];
    const row = await this.uow.read(actor, (tx) => tx.one<Row<ProductView>>(ORDERABLE_GET, values));
    if (!row) throw offerErrors('offers.product.not_found');
    return productOf(row);
  }
}
