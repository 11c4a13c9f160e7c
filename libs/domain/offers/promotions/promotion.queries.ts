import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PartnerQueries } from '@isp/domain/partners';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, together, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { offerErrors } from '../offers.errors.js';
import type { ProductView } from '../products/product.view.js';
import { assertUsable, refused } from './promotion.policy.js';
import type { PromotionKey } from './promotion.repository.js';
import { PROMOTION_COLUMNS, type PromotionStatus, type PromotionView } from './promotion.view.js';

const MATCH = `FROM promotions m WHERE m.partner_id = $1 AND ($2::text IS NULL OR m.status = $2)`;
export const PROMOTION_SORTING = sorting({
  id: 'm.id',
  otherwise: ['m.id DESC'],
  fields: {
    created_at: 'm.created_at',
    starts_at: { by: ['m.starts_at'], nullable: true },
    name: 'lower(m.name)',
  },
});
const LISTS = sortedStatements(
  'promotions-list',
  PROMOTION_SORTING,
  (order) => `SELECT ${PROMOTION_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4`,
);
const COUNT = statement('promotions-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement(
  'promotions-get',
  `SELECT ${PROMOTION_COLUMNS} FROM promotions m WHERE m.partner_id = $1 AND (m.id = $2 OR m.guid = $3)`,
);
const BY_CODE = statement(
  'promotions-by-code',
  `SELECT ${PROMOTION_COLUMNS} FROM promotions m WHERE m.partner_id = $1 AND m.code = $2`,
);

/** Reads of promotions, inside the walls of the reader. */
@Injectable()
export class PromotionQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Newest first. @throws `partners.partner.not_found`, also for one behind another wall */
  list(
    actor: Actor,
    partnerId: number,
    status: PromotionStatus | undefined,
    page: SortedSlice<typeof PROMOTION_SORTING>,
  ) {
    return this.uow.run(actor, async (tx) => {
      await this.partners.get(actor, partnerId);
      const values = [partnerId, status ?? null];
      const [rows, count] = await together([
        tx.query<PromotionView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `offers.promotion.not_found`, also for another partner's */
  async get(actor: Actor, partnerId: number, key: PromotionKey): Promise<PromotionView> {
    const values = [partnerId, 'id' in key ? key.id : null, 'guid' in key ? key.guid : null];
    const promotion = await this.uow.run(actor, (tx) => tx.one<PromotionView>(GET, values));
    if (!promotion) throw offerErrors('offers.promotion.not_found');
    return promotion;
  }

  /** By its code, in either case. */
  byCode(actor: Actor, partnerId: number, code: string): Promise<PromotionView | undefined> {
    const values = [partnerId, code.trim().toUpperCase()];
    return this.uow.run(actor, (tx) => tx.one<PromotionView>(BY_CODE, values));
  }

  /**
   * The promotion that an order of a product names.
   * @throws `offers.promotion.unknown` and what `assertUsable` throws
   */
  async forOrder(
    actor: Actor,
    partnerId: number,
    code: string,
    product: Pick<ProductView, 'kind' | 'guid'>,
  ): Promise<PromotionView> {
    const promotion = await this.byCode(actor, partnerId, code);
    if (!promotion) throw refused('offers.promotion.unknown', 'is unknown');
    assertUsable(promotion, product, this.clock.now());
    return promotion;
  }
}
