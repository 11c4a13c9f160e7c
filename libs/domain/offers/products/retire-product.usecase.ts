import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { type ProductKey, ProductQueries } from './product.queries.js';
import { ProductRepository } from './product.repository.js';
import type { PartnerProductView } from './product.view.js';

export interface RetireProductInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly product: ProductKey;
}

/**
 * Takes a partner's product off sale for good; what was sold as it goes on.
 * @throws `offers.product.not_found`, `offers.product.retired`
 */
@Injectable()
export class RetireProduct {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly products: ProductRepository,
    private readonly queries: ProductQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, product: key }: RetireProductInput): Promise<PartnerProductView> {
    return this.uow.run(actor, async () => {
      const product = await this.products.lock(partnerId, key);
      await this.products.retire(product, this.clock.now());
      const subject = { type: 'product', id: product.id };
      const changes = { status: ['active', 'retired'] };
      this.audit.record({ actor, partnerId, action: 'product.retire', subject, changes });
      return this.queries.get(actor, partnerId, { id: product.id });
    });
  }
}
