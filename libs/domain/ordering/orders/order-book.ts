import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { NamedActors } from '@isp/domain/access';
import { ProductSales } from '@isp/domain/offers';
import { PremiseOccupancy, type PremiseView } from '@isp/domain/premises';
import type { ServiceView } from '@isp/domain/services';
import { CreateWorkOrder } from '@isp/domain/work-orders';
import { DomainError } from '@isp/kernel';
import { OrderFacts } from './order.facts.js';
import { OrderRepository } from './order.repository.js';
import type { OrderView } from './order.view.js';

const OPENING_COMMENT = 'Work Order created on service creation.';
const CALLED_BACK = 'Provisioning was called back.';

interface Placed {
  readonly premise: PremiseView;
  readonly productGuid: string;
  readonly ispReference: string | undefined;
}

/** The beginning and the end of orders, as they are written; in the caller's transaction. */
@Injectable()
export class OrderBook {
  constructor(
    private readonly orders: OrderRepository,
    private readonly facts: OrderFacts,
    private readonly people: NamedActors,
    private readonly workOrders: CreateWorkOrder,
    private readonly occupancy: PremiseOccupancy,
    private readonly sales: ProductSales,
  ) {}

  /** The order of a service that was just made, and who is to go out for it. */
  async place(actor: Actor, service: ServiceView, { premise, productGuid, ispReference }: Placed): Promise<OrderView> {
    const { id: serviceId, partnerId, customerId } = service;
    const order = await this.orders.insert({
      partnerId,
      customerId,
      serviceId,
      premiseId: premise.id,
      premiseGuid: premise.guid,
      productGuid,
      ispReference: ispReference ?? null,
      by: await this.people.of(actor),
    });
    await this.workOrders.execute({ actor, serviceId, comment: OPENING_COMMENT, automatic: true });
    this.facts.note(actor, 'place', order, { premise_id: premise.id, product: productGuid });
    this.facts.placed(order);
    return order;
  }

  /** Nobody brings the line to life any more, and it is not to end: somebody goes there again. */
  async reopen(actor: Actor, { serviceId }: OrderView): Promise<void> {
    const again = { actor, serviceId, comment: CALLED_BACK, automatic: true };
    await this.workOrders.execute(again).catch((error: unknown) => {
      if (!(error instanceof DomainError) || error.code !== 'work_orders.work_order.under_way') throw error;
    });
  }

  /** Of a locked order whose service is terminated: what it held is free for others. Once more changes nothing. */
  async end(actor: Actor, order: OrderView, { activatedAt }: ServiceView, reason: string): Promise<OrderView> {
    if (order.endedAt !== null) return order;
    const ended = await this.orders.save({ ...order, endReason: reason });
    await this.occupancy.release(actor, order.serviceId);
    await this.sales.end(actor, order.serviceId, { undone: activatedAt === null });
    this.facts.note(actor, 'end', ended, { reason });
    this.facts.ended(ended);
    return ended;
  }
}
