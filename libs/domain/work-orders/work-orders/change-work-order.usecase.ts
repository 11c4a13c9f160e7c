import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { WorkOrderBook } from './work-order-book.js';
import { WorkOrderRepository } from './work-order.repository.js';
import type { WorkOrderView } from './work-order.view.js';

export interface ChangeWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  readonly ifMatch?: number | undefined;
  readonly category?: string | null | undefined;
  readonly summary?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly externalReference?: string | null | undefined;
}

/**
 * Changes what an open work order says; what is left out stays.
 * @throws `work_orders.work_order.not_found`, `work_orders.work_order.stale`, `work_orders.work_order.over`
 */
@Injectable()
export class ChangeWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
  ) {}

  execute({ actor, workOrderId, ifMatch, ...values }: ChangeWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId, ifMatch);
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
      return this.book.change({ actor, verb: 'change' }, before, given);
    });
  }
}
