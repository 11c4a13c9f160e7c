import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { type ProductKey, ProductQueries } from './product.queries.js';
import { type NewPrice, ProductRepository, type ProductValues } from './product.repository.js';
import type { PartnerProductView } from './product.view.js';

export interface ChangeProductInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly product: ProductKey;
  readonly changes?: Partial<ProductValues>;
  /** Prices from an instant on; what was sold before keeps its own. */
  readonly prices?: readonly NewPrice[];
  /** The revision that the caller has read. */
  readonly ifMatch?: number | undefined;
}

/**
 * Changes how a partner's product is called, and what it will cost.
 * @throws `offers.product.not_found`, `offers.product.stale`, `offers.product.retired`, `offers.product.name_taken`,
 *   `offers.price.in_the_past`
 */
@Injectable()
export class ChangeProduct {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly products: ProductRepository,
    private readonly queries: ProductQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, product: key, changes = {}, prices = [], ifMatch }: ChangeProductInput) {
    return this.uow.run(actor, async (): Promise<PartnerProductView> => {
      const now = this.clock.now();
      const product = await this.products.lock(partnerId, key, ifMatch);
      const diff = changesBetween(product, changes);
      if (Object.keys(diff).length > 0 || prices.length > 0) {
        await this.products.update(product, { ...product, ...changes }, now);
        await this.products.price(product, prices, { name: actor.name, now });
        const noted = { ...diff, ...(prices.length > 0 ? { prices } : {}) };
        const subject = { type: 'product', id: product.id };
        this.audit.record({ actor, partnerId, action: 'product.update', subject, changes: noted });
      }
      return this.queries.get(actor, partnerId, { id: product.id });
    });
  }
}
