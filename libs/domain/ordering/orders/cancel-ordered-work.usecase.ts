import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ServiceQueries } from '@isp/domain/services';
import { CancelWorkOrder, WorkOrderQueries, type WorkOrderView } from '@isp/domain/work-orders';
import { UnitOfWork } from '@isp/platform/database';
import { OrderBook } from './order-book.js';
import { OrderRepository } from './order.repository.js';

export interface CancelOrderedWorkInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  readonly reason: string;
}

/**
 * Takes a work order back, of an ordered line or not. Where that ends the service, its order ends and its premise is free
 * in the same transaction: nobody sees a service that is over on a premise that is still taken.
 * @throws `work_orders.work_order.not_found`, `work_orders.work_order.illegal_move`
 */
@Injectable()
export class CancelOrderedWork {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly found: WorkOrderQueries,
    private readonly orders: OrderRepository,
    private readonly workOrders: CancelWorkOrder,
    private readonly services: ServiceQueries,
    private readonly book: OrderBook,
  ) {}

  execute({ actor, workOrderId, reason }: CancelOrderedWorkInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const { serviceId } = await this.found.get(actor, workOrderId);
      // The order before what belongs to it, as whoever cancels the order does.
      const order = await this.orders.lock(serviceId);
      const before = await this.services.get(actor, serviceId);
      const cancelled = await this.workOrders.execute({ actor, workOrderId, reason });
      const after = await this.services.get(actor, serviceId);
      // Of one that was over before, whoever follows it knows the reason.
      if (order && after.status === 'terminated' && before.status !== 'terminated')
        await this.book.end(actor, order, after, reason);
      return cancelled;
    });
  }
}
