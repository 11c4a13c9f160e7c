import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ServiceQueries, TerminateService } from '@isp/domain/services';
import { CancelWorkOrder } from '@isp/domain/work-orders';
import { UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { CallBack } from './call-back.js';
import { OrderBook } from './order-book.js';
import { orderErrors } from './order.errors.js';
import { OrderRepository } from './order.repository.js';
import type { OrderView } from './order.view.js';

export interface CancelOrderInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly reason: string;
}

/**
 * Ends an ordered line, whether it works already or not: nobody goes out for it any more, its service is terminated and
 * its premise is free, in one transaction. While the service is being provisioned, the job is called back first; the
 * order ends when it has undone what it did.
 * @throws `services.service.not_found`, `ordering.order.none`, `ordering.order.over`
 */
@Injectable()
export class CancelOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: OrderRepository,
    private readonly book: OrderBook,
    private readonly services: ServiceQueries,
    private readonly callBack: CallBack,
    private readonly workOrders: CancelWorkOrder,
    private readonly terminate: TerminateService,
  ) {}

  execute({ actor, serviceId, reason }: CancelOrderInput): Promise<OrderView> {
    return this.uow.run(actor, async () => {
      const { status } = await this.services.get(actor, serviceId);
      const order = await this.orders.lock(serviceId);
      if (!order) throw orderErrors('ordering.order.none');
      if (status === 'terminated' || order.endedAt !== null)
        throw orderErrors('ordering.order.over', { status: 'terminated' });
      const asked = order.cancelReason === null ? await this.orders.save({ ...order, cancelReason: reason }) : order;
      if (status === 'provisioning') await this.callBack.execute(actor, serviceId);
      const ended = await this.carryOut(actor, asked);
      failPoint('ordering.after-cancellation');
      return ended;
    });
  }

  /** Ends a locked order that is to be cancelled, unless a job still has its service. */
  async carryOut(actor: Actor, order: OrderView): Promise<OrderView> {
    const { serviceId } = order;
    const { status } = await this.services.get(actor, serviceId);
    if (status === 'provisioning') return order;
    const reason = order.cancelReason ?? 'cancelled';
    await this.workOrders.ofService(actor, serviceId, reason);
    const { service } = await this.terminate.execute({ actor, serviceId, reason });
    return this.book.end(actor, order, service, reason);
  }
}
