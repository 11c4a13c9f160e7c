import { Injectable } from '@nestjs/common';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { offerErrors } from '../offers.errors.js';
import type { PriceType } from './retail-price.js';
import type { ProductKey } from './product.queries.js';
import type { ProductStatus } from './product.view.js';

/** What of a product can change. */
export interface ProductValues {
  readonly name: string;
  readonly description: string | null;
  readonly logo: string | null;
  readonly contractMonths: number;
}

export interface LockedProduct extends ProductValues {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  readonly status: ProductStatus;
  readonly revision: number;
  /** Of the partner, for prices that name none. */
  readonly currency: string;
}

/** A price from an instant on; amounts are decimal text without tax. */
export interface NewPrice {
  readonly type: PriceType;
  /** The partner's own when absent. */
  readonly currency?: string | undefined;
  readonly taxPercent: string;
  readonly amount: string;
  /** At once when absent. */
  readonly effectiveAt?: Date | undefined;
}

const PLAN = statement(
  'products-plan',
  `SELECT id FROM plans WHERE (id = $1 OR guid = $2) AND service_type = 'internet' AND status = 'active'
      AND (sold_until IS NULL OR sold_until > $3) FOR SHARE`,
);
const INSERT = statement(
  'partner-products-insert',
  `INSERT INTO partner_products (partner_id, plan_id, name, description, logo, contract_months, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id, guid`,
);
const LOCK = statement(
  'partner-products-lock',
  `SELECT p.id, p.guid, p.partner_id AS "partnerId", p.name, p.description, p.logo, p.contract_months AS "contractMonths",
          p.status, p.revision, seller.currency
     FROM partner_products p JOIN partners seller ON seller.id = p.partner_id
    WHERE p.partner_id = $1 AND (p.id = $2 OR p.guid = $3) FOR NO KEY UPDATE OF p`,
);
const UPDATE = statement(
  'partner-products-update',
  `UPDATE partner_products SET name = $3, description = $4, logo = $5, contract_months = $6, revision = revision + 1, updated_at = $7
    WHERE partner_id = $1 AND id = $2`,
);
const RETIRE = statement(
  'partner-products-retire',
  `UPDATE partner_products SET status = 'retired', retired_at = $3, revision = revision + 1, updated_at = $3
    WHERE partner_id = $1 AND id = $2`,
);
const PRICE = statement(
  'product-prices-insert',
  `INSERT INTO product_prices (partner_id, product_id, price_type, currency, tax_percent, amount, effective_at, set_by, set_at)
   SELECT $1, $2, price.* , $8, $9 FROM unnest($3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::timestamptz[]) AS price`,
);

const refusals = { partner_products_name: () => nameTaken() };
const nameTaken = () => {
  const details = [{ field: 'name', message: 'is already taken' }];
  return offerErrors('offers.product.name_taken', {}, { details });
};

@Injectable()
export class ProductRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** The plan that a product is made over. @throws `offers.product.plan_unfit` */
  async plan(key: ProductKey, now: Date): Promise<number> {
    const values = ['id' in key ? key.id : null, 'guid' in key ? key.guid : null, now];
    const plan = await this.uow.tx.one<{ id: number }>(PLAN, values);
    if (!plan) throw offerErrors('offers.product.plan_unfit');
    return plan.id;
  }

  /** @throws `offers.product.name_taken` */
  async insert(partnerId: number, planId: number, values: ProductValues, now: Date): Promise<number> {
    const { name, description, logo, contractMonths } = values;
    const row = [partnerId, planId, name, description, logo, contractMonths, now];
    const made = await guarded(this.uow.tx.one<{ id: number }>(INSERT, row), refusals);
    return (made as { id: number }).id;
  }

  /** @throws `offers.product.not_found`, `offers.product.stale`, `offers.product.retired` */
  async lock(partnerId: number, key: ProductKey, ifMatch?: number): Promise<LockedProduct> {
    const values = [partnerId, 'id' in key ? key.id : null, 'guid' in key ? key.guid : null];
    const product = await this.uow.tx.one<LockedProduct>(LOCK, values);
    if (!product) throw offerErrors('offers.product.not_found');
    if (ifMatch !== undefined && product.revision !== ifMatch) throw offerErrors('offers.product.stale');
    if (product.status === 'retired') throw offerErrors('offers.product.retired');
    return product;
  }

  /** @throws `offers.product.name_taken` */
  async update({ partnerId, id }: LockedProduct, values: ProductValues, now: Date): Promise<void> {
    const { name, description, logo, contractMonths } = values;
    await guarded(this.uow.tx.execute(UPDATE, [partnerId, id, name, description, logo, contractMonths, now]), refusals);
  }

  async retire({ partnerId, id }: LockedProduct, now: Date): Promise<void> {
    await this.uow.tx.execute(RETIRE, [partnerId, id, now]);
  }

  /** Sets prices beside those that are there. */
  async price(
    { partnerId, id, currency }: Pick<LockedProduct, 'partnerId' | 'id' | 'currency'>,
    prices: readonly NewPrice[],
    by: { readonly name: string; readonly now: Date },
  ): Promise<void> {
    if (prices.length === 0) return;
    if (prices.some(({ effectiveAt }) => effectiveAt && effectiveAt < by.now)) throw inThePast();
    await this.uow.tx.execute(PRICE, [
      partnerId,
      id,
      prices.map(({ type }) => type),
      prices.map((price) => price.currency ?? currency),
      prices.map(({ taxPercent }) => taxPercent),
      prices.map(({ amount }) => amount),
      prices.map(({ effectiveAt = by.now }) => effectiveAt),
      by.name,
      by.now,
    ]);
  }
}

const inThePast = () => {
  const details = [{ field: 'effective_date', message: 'must not be in the past' }];
  return offerErrors('offers.price.in_the_past', {}, { details });
};
