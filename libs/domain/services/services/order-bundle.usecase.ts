import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { type InternetTerms, type OrderTerms, ServiceOrders, type VoiceTerms } from './service-orders.js';
import type { ServiceView } from './service.view.js';

export type BundlePart =
  ({ readonly serviceType: 'internet' } & InternetTerms) | ({ readonly serviceType: 'voice' } & VoiceTerms);

export interface OrderBundleInput extends OrderTerms {
  readonly actor: Actor;
  readonly customerId: number;
  readonly planId: number;
  readonly parts: readonly BundlePart[];
}

export interface OrderedBundle {
  readonly bundle: ServiceView;
  readonly parts: readonly ServiceView[];
}

/**
 * Sells a bundle and its parts. The bundle has the price; its parts cost nothing of their own, stand at the bundle's
 * address and live as long as it does.
 * @throws `services.bundle.parts_differ` when they are not the parts that its plan is made of, and what the orders of its parts throw
 */
@Injectable()
export class OrderBundle {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: ServiceOrders,
  ) {}

  execute({ actor, customerId, planId, parts, ...terms }: OrderBundleInput): Promise<OrderedBundle> {
    return this.uow.run(actor, async () => {
      const customer = await this.orders.buyer(actor, customerId, terms);
      const bundle = await this.orders.place(actor, customer, await this.orders.bundle(actor, planId, parts), terms);
      const shared = { ...terms, notes: undefined };
      const placed: ServiceView[] = [];
      for (const part of parts) {
        const what =
          part.serviceType === 'internet'
            ? await this.orders.internet(actor, part)
            : await this.orders.voice(actor, part);
        placed.push(await this.orders.place(actor, customer, what, shared, bundle));
      }
      return { bundle, parts: placed };
    });
  }
}
