import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, together } from '@isp/platform/database';
import { type OrderTerms, ServiceOrders, type VoiceTerms } from './service-orders.js';
import type { ServiceView } from './service.view.js';

export interface OrderVoiceServiceInput extends VoiceTerms, OrderTerms {
  readonly actor: Actor;
  readonly customerId: number;
}

/**
 * Sells a voice service to a customer, at the plan's price of this moment.
 * @throws `customers.customer.not_found`, `customers.customer.not_active`, `catalog.plan.not_sold`,
 *   `catalog.plan.wrong_type`, `services.number.taken`, `services.porting.number_missing`,
 *   `services.schedule.in_the_past`
 */
@Injectable()
export class OrderVoiceService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: ServiceOrders,
  ) {}

  execute({ actor, customerId, ...terms }: OrderVoiceServiceInput): Promise<ServiceView> {
    return this.uow.run(actor, async () => {
      const [customer, what] = await together([
        this.orders.buyer(actor, customerId, terms),
        this.orders.voice(actor, terms),
      ]);
      return this.orders.place(actor, customer, what, terms);
    });
  }
}
