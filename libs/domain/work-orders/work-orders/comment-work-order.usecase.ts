import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { WorkOrderBook } from './work-order-book.js';
import { WorkOrderRepository } from './work-order.repository.js';
import type { WorkOrderView } from './work-order.view.js';

export interface CommentWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  readonly text: string;
}

/** Says something about a work order, also when it is over. @throws `work_orders.work_order.not_found` */
@Injectable()
export class CommentWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
  ) {}

  execute({ actor, workOrderId, text }: CommentWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => this.book.comment(actor, await this.orders.lock(workOrderId), text));
  }
}
