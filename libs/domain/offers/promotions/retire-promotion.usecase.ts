import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { PromotionQueries } from './promotion.queries.js';
import { type PromotionKey, PromotionRepository } from './promotion.repository.js';
import type { PromotionView } from './promotion.view.js';

export interface RetirePromotionInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly promotion: PromotionKey;
}

/**
 * Ends a promotion for good; what was sold with it keeps its terms.
 * @throws `offers.promotion.not_found`, `offers.promotion.retired`
 */
@Injectable()
export class RetirePromotion {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly promotions: PromotionRepository,
    private readonly queries: PromotionQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, promotion: key }: RetirePromotionInput): Promise<PromotionView> {
    return this.uow.run(actor, async () => {
      const promotion = await this.promotions.lock(partnerId, key);
      await this.promotions.update({ ...promotion, status: 'retired' }, this.clock.now());
      const subject = { type: 'promotion', id: promotion.id };
      const changes = { status: ['active', 'retired'] };
      this.audit.record({ actor, partnerId, action: 'promotion.retire', subject, changes });
      return this.queries.get(actor, partnerId, { id: promotion.id });
    });
  }
}
