import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { PartnerQueries } from '@isp/domain/partners';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { offerErrors } from '../offers.errors.js';
import { assertCoherent, inStoredForm } from './promotion.policy.js';
import { PromotionQueries } from './promotion.queries.js';
import { type PromotionKey, PromotionRepository } from './promotion.repository.js';
import type { PromotionValues, PromotionView } from './promotion.view.js';

export interface CreatePromotionInput extends Partial<PromotionValues> {
  readonly actor: Actor;
  readonly partnerId: number;
  /** 2 to 40 capitals, digits and hyphens; never used again by the partner. */
  readonly code: string;
  readonly name: string;
  readonly months: number;
  /** The partner's products that it is for; all when absent. */
  readonly products?: readonly PromotionKey[];
}

const ABSENT = { description: null, endsAt: null, percent: null, amount: null, currency: null, maxUses: null };

/**
 * Makes a promotion of a partner. An amount is in the partner's currency unless it names another.
 * @throws `partners.partner.not_found`, `offers.product.seller_unfit`, `offers.promotion.code_taken`,
 *   `offers.promotion.product_unknown` and what `assertCoherent` throws
 */
@Injectable()
export class CreatePromotion {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
    private readonly promotions: PromotionRepository,
    private readonly queries: PromotionQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, code, products = [], ...given }: CreatePromotionInput): Promise<PromotionView> {
    return this.uow.run(actor, async () => {
      const seller = await this.partners.get(actor, partnerId);
      if (seller.kind === 'operator') throw offerErrors('offers.product.seller_unfit');
      const now = this.clock.now();
      const currency = given.amount ? seller.currency : null;
      const values = inStoredForm({ ...ABSENT, startsAt: now, currency, ...given });
      assertCoherent(values, 0);
      const id = await this.promotions.insert(partnerId, code, values, now);
      const ids = await this.promotions.setProducts(partnerId, id, products);
      const changes = { code, ...values, product_ids: ids };
      const subject = { type: 'promotion', id };
      this.audit.record({ actor, partnerId, action: 'promotion.create', subject, changes });
      return this.queries.get(actor, partnerId, { id });
    });
  }
}
