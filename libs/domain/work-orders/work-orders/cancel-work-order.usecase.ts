import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ServiceQueries, TerminateService } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { WorkOrderBook } from './work-order-book.js';
import { WorkOrderRepository } from './work-order.repository.js';
import type { WorkOrderView } from './work-order.view.js';

const WAITS = new Set(['pending_activation', 'failed']);

export interface CancelWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  readonly reason: string;
}

/**
 * Takes a work order back. A service that waited for its installation is terminated with it, in the same transaction: it
 * could never come to life, and would keep its place from others.
 * @throws `work_orders.work_order.not_found`, `work_orders.work_order.illegal_move`
 */
@Injectable()
export class CancelWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
    private readonly services: ServiceQueries,
    private readonly terminate: TerminateService,
  ) {}

  execute({ actor, workOrderId, reason }: CancelWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId);
      const cancelled = await this.cancel(actor, before, reason);
      const { serviceId, type } = cancelled;
      if (type !== 'installation') return cancelled;
      const { status } = await this.services.get(actor, serviceId);
      if (WAITS.has(status)) await this.terminate.execute({ actor, serviceId, reason });
      return cancelled;
    });
  }

  /** Those of a service that is over, which nobody needs to go to any more; its removal stays. */
  ofService(actor: Actor, serviceId: number, reason: string): Promise<void> {
    return this.uow.run(actor, async () => {
      for (const order of await this.orders.openOf(serviceId))
        if (order.type !== 'removal') await this.cancel(actor, order, reason);
    });
  }

  private cancel(actor: Actor, before: WorkOrderView, reason: string): Promise<WorkOrderView> {
    const over = { status: 'cancelled', heldFrom: null, holdReason: null, cancelReason: reason } as const;
    return this.book.change({ actor, verb: 'cancel', reason }, before, over);
  }
}
