import { Injectable } from '@nestjs/common';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { offerErrors } from '../offers.errors.js';
import { PROMOTION_COLUMNS, type PromotionValues, type PromotionView } from './promotion.view.js';

const INSERT = statement(
  'promotions-insert',
  `INSERT INTO promotions (partner_id, code, name, description, starts_at, ends_at, percent, amount, currency, months, max_uses, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) RETURNING id`,
);
const LOCK = statement(
  'promotions-lock',
  `SELECT ${PROMOTION_COLUMNS} FROM promotions m WHERE m.partner_id = $1 AND (m.id = $2 OR m.guid = $3) FOR NO KEY UPDATE OF m`,
);
const UPDATE = statement(
  'promotions-update',
  `UPDATE promotions SET name = $3, description = $4, starts_at = $5, ends_at = $6, percent = $7, amount = $8, currency = $9,
          months = $10, max_uses = $11, status = $12, updated_at = $13, revision = revision + 1
    WHERE partner_id = $1 AND id = $2`,
);
// Those that stay are left alone.
const SET_PRODUCTS = statement(
  'promotion-products-set',
  `WITH gone AS (DELETE FROM promotion_products WHERE partner_id = $1 AND promotion_id = $2 AND product_id <> ALL ($3::integer[]))
   INSERT INTO promotion_products (partner_id, promotion_id, product_id)
   SELECT $1, $2, p.id FROM partner_products p WHERE p.partner_id = $1 AND p.id = ANY ($3::integer[]) ON CONFLICT DO NOTHING`,
);
const KNOWN_PRODUCTS = statement(
  'promotion-products-known',
  `SELECT id FROM partner_products WHERE partner_id = $1 AND status = 'active'
      AND (id = ANY ($2::integer[]) OR guid = ANY ($3::uuid[])) ORDER BY id FOR SHARE`,
);
const USE = statement('promotions-use', 'UPDATE promotions SET uses = uses + 1 WHERE partner_id = $1 AND id = $2');
const RETURN_USE = statement(
  'promotions-return-use',
  'UPDATE promotions SET uses = uses - 1 WHERE partner_id = $1 AND id = $2',
);

/** Which promotion: by its number, or by its GUID. */
export type PromotionKey = { readonly id: number } | { readonly guid: string };

@Injectable()
export class PromotionRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `offers.promotion.code_taken` */
  async insert(partnerId: number, code: string, values: PromotionValues, now: Date): Promise<number> {
    const { name, description, ...rest } = values;
    const terms = [rest.startsAt, rest.endsAt, rest.percent, rest.amount, rest.currency, rest.months, rest.maxUses];
    const row = this.uow.tx.one<{ id: number }>(INSERT, [partnerId, code, name, description, ...terms, now]);
    return ((await guarded(row, { promotions_partner_id_code_key: codeTaken })) as { id: number }).id;
  }

  /** @throws `offers.promotion.not_found`, `offers.promotion.stale`, `offers.promotion.retired` */
  async lock(partnerId: number, key: PromotionKey, ifMatch?: number): Promise<PromotionView> {
    const values = [partnerId, 'id' in key ? key.id : null, 'guid' in key ? key.guid : null];
    const promotion = await this.uow.tx.one<PromotionView>(LOCK, values);
    if (!promotion) throw offerErrors('offers.promotion.not_found');
    if (ifMatch !== undefined && promotion.revision !== ifMatch) throw offerErrors('offers.promotion.stale');
    if (promotion.status === 'retired') throw offerErrors('offers.promotion.retired');
    return promotion;
  }

  async update(promotion: PromotionView, now: Date): Promise<void> {
    const { partnerId, id, name, description, startsAt, endsAt, percent, amount, currency } = promotion;
    const { months, maxUses, status } = promotion;
    const values = [name, description, startsAt, endsAt, percent, amount, currency, months, maxUses, status];
    await this.uow.tx.execute(UPDATE, [partnerId, id, ...values, now]);
  }

  /**
   * Makes it be for these products of its partner, or for all when none is named.
   * @throws `offers.promotion.product_unknown`
   */
  async setProducts(partnerId: number, promotionId: number, products: readonly PromotionKey[]): Promise<number[]> {
    const ids = products.flatMap((key) => ('id' in key ? [key.id] : []));
    const guids = products.flatMap((key) => ('guid' in key ? [key.guid] : []));
    const known = await this.uow.tx.query<{ id: number }>(KNOWN_PRODUCTS, [partnerId, ids, guids]);
    if (known.length < new Set([...ids, ...guids]).size) throw offerErrors('offers.promotion.product_unknown');
    const found = known.map(({ id }) => id);
    await this.uow.tx.execute(SET_PRODUCTS, [partnerId, promotionId, found]);
    return found;
  }

  /** Counts one use; of two that want the last one, one gets it. @throws `offers.promotion.used_up` */
  async use(partnerId: number, promotionId: number): Promise<void> {
    await guarded(this.uow.tx.execute(USE, [partnerId, promotionId]), { promotions_not_beyond: usedUp });
  }

  /** Takes a use back whose order came to nothing. */
  async returnUse(partnerId: number, promotionId: number): Promise<void> {
    await this.uow.tx.execute(RETURN_USE, [partnerId, promotionId]);
  }
}

const codeTaken = () =>
  offerErrors('offers.promotion.code_taken', {}, { details: [{ field: 'code', message: 'is already taken' }] });
const usedUp = () =>
  offerErrors('offers.promotion.used_up', {}, { details: [{ field: 'promo_code', message: 'is used up' }] });
