import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, together } from '@isp/platform/database';
import { type InternetTerms, type OrderTerms, ServiceOrders } from './service-orders.js';
import type { ServiceView } from './service.view.js';

export interface OrderInternetServiceInput extends InternetTerms, OrderTerms {
  readonly actor: Actor;
  readonly customerId: number;
}

/**
 * Sells an internet service to a customer, at the plan's price of this moment.
 * @throws `customers.customer.not_found`, `customers.customer.not_active`, `catalog.plan.not_sold`,
 *   `catalog.plan.wrong_type`, `services.speed.above_plan`, `services.schedule.in_the_past`
 */
@Injectable()
export class OrderInternetService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: ServiceOrders,
  ) {}

  execute({ actor, customerId, ...terms }: OrderInternetServiceInput): Promise<ServiceView> {
    return this.uow.run(actor, async () => {
      const [customer, what] = await together([
        this.orders.buyer(actor, customerId, terms),
        this.orders.internet(actor, terms),
      ]);
      return this.orders.place(actor, customer, what, terms);
    });
  }
}
