import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { PartnerQueries } from '@isp/domain/partners';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { offerErrors } from '../offers.errors.js';
import { type ProductKey, ProductQueries } from './product.queries.js';
import { type NewPrice, ProductRepository, type ProductValues } from './product.repository.js';
import type { PartnerProductView } from './product.view.js';

export interface CreateProductInput extends Partial<ProductValues> {
  readonly actor: Actor;
  readonly partnerId: number;
  /** The wholesale product that it is made over. */
  readonly plan: ProductKey;
  readonly name: string;
  readonly prices?: readonly NewPrice[];
}

/**
 * Puts a partner's own product over one of the operator's plans on sale; where it can be ordered is where the plan can.
 * @throws `partners.partner.not_found`, `offers.product.seller_unfit`, `offers.product.plan_unfit`,
 *   `offers.product.name_taken`, `offers.price.in_the_past`
 */
@Injectable()
export class CreateProduct {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
    private readonly products: ProductRepository,
    private readonly queries: ProductQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, plan, prices = [], ...values }: CreateProductInput): Promise<PartnerProductView> {
    return this.uow.run(actor, async () => {
      const seller = await this.partners.get(actor, partnerId);
      if (seller.kind === 'operator') throw offerErrors('offers.product.seller_unfit');
      const now = this.clock.now();
      const planId = await this.products.plan(plan, now);
      const { name, description = null, logo = null, contractMonths = 1 } = values;
      const id = await this.products.insert(partnerId, planId, { name, description, logo, contractMonths }, now);
      await this.products.price({ partnerId, id, currency: seller.currency }, prices, { name: actor.name, now });
      const subject = { type: 'product', id };
      const changes = { plan_id: planId, ...values, prices };
      this.audit.record({ actor, partnerId, action: 'product.create', subject, changes });
      return this.queries.get(actor, partnerId, { id });
    });
  }
}
