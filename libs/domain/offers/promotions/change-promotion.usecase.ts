import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { assertCoherent, inStoredForm } from './promotion.policy.js';
import { PromotionQueries } from './promotion.queries.js';
import { type PromotionKey, PromotionRepository } from './promotion.repository.js';
import type { PromotionValues, PromotionView } from './promotion.view.js';

export interface ChangePromotionInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly promotion: PromotionKey;
  readonly changes: Partial<PromotionValues>;
  /** Replaces all of those that it is for; none for every product. */
  readonly products?: readonly PromotionKey[] | undefined;
  readonly ifMatch?: number | undefined;
}

/**
 * Changes a promotion for orders to come; what was sold with it keeps its terms.
 * @throws `offers.promotion.not_found`, `offers.promotion.stale`, `offers.promotion.retired`,
 *   `offers.promotion.product_unknown` and what `assertCoherent` throws
 */
@Injectable()
export class ChangePromotion {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly promotions: PromotionRepository,
    private readonly queries: PromotionQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, promotion: key, changes, products, ifMatch }: ChangePromotionInput) {
    return this.uow.run(actor, async (): Promise<PromotionView> => {
      const promotion = await this.promotions.lock(partnerId, key, ifMatch);
      const wanted = { ...promotion, ...inStoredForm(changes) };
      assertCoherent(wanted, promotion.uses);
      const { id } = promotion;
      const had = promotion.products.map((product) => product.id);
      const has = products ? await this.promotions.setProducts(partnerId, id, products) : had;
      const diff = changesBetween({ ...promotion, products: had }, { ...inStoredForm(changes), products: has });
      if (Object.keys(diff).length > 0) {
        await this.promotions.update(wanted, this.clock.now());
        const subject = { type: 'promotion', id };
        this.audit.record({ actor, partnerId, action: 'promotion.update', subject, changes: diff });
      }
      return this.queries.get(actor, partnerId, { id });
    });
  }
}
