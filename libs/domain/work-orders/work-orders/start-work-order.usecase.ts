import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { WorkOrderBook } from './work-order-book.js';
import { workOrderErrors } from './work-order.errors.js';
import { WorkOrderRepository } from './work-order.repository.js';
import type { WorkOrderView } from './work-order.view.js';

export interface StartWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
}

/** Says that the work has begun. @throws `work_orders.work_order.not_found`, `work_orders.work_order.illegal_move` */
@Injectable()
export class StartWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
  ) {}

  execute({ actor, workOrderId }: StartWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId);
      // A held one is resumed first, so that its reason is known to be gone.
      if (before.status === 'on_hold' || before.status === 'in_progress')
        throw workOrderErrors('work_orders.work_order.illegal_move', { from: before.status, to: 'started' });
      return this.book.change({ actor, verb: 'start' }, before, { status: 'in_progress' });
    });
  }
}
