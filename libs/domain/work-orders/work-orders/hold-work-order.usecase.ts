import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { AppointmentBook, NO_VISIT } from '../dispatch/appointment-book.js';
import { WorkOrderBook } from './work-order-book.js';
import { workOrderErrors } from './work-order.errors.js';
import { WorkOrderRepository } from './work-order.repository.js';
import type { OpenStatus } from './work-order.states.js';
import type { WorkOrderView } from './work-order.view.js';

export interface HoldWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  readonly reason: string;
}

/**
 * Stops a work order for a reason, which is said as a comment too: whoever waits for the work reads why. It goes on later
 * where it stood.
 * @throws `work_orders.work_order.not_found`, `work_orders.work_order.illegal_move`
 */
@Injectable()
export class HoldWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
    private readonly appointments: AppointmentBook,
  ) {}

  execute({ actor, workOrderId, reason }: HoldWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId);
      if (before.status === 'on_hold')
        throw workOrderErrors('work_orders.work_order.illegal_move', { from: before.status, to: 'held' });
      // Whoever was to go there is free: the order goes on where nobody has it.
      const ahead = await this.appointments.isAhead(workOrderId);
      const heldFrom = ahead && before.status === 'assigned' ? 'new' : (before.status as OpenStatus);
      const hold = { status: 'on_hold', heldFrom, holdReason: reason, ...(ahead ? NO_VISIT : {}) } as const;
      return this.book.change({ actor, verb: 'hold', reason, comment: reason }, before, hold);
    });
  }
}

export interface ResumeWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
}

/** Lets a held work order go on. @throws `work_orders.work_order.not_found`, `work_orders.work_order.illegal_move` */
@Injectable()
export class ResumeWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
  ) {}

  execute({ actor, workOrderId }: ResumeWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId);
      if (before.heldFrom === null)
        throw workOrderErrors('work_orders.work_order.illegal_move', { from: before.status, to: 'resumed' });
      const goesOn = { status: before.heldFrom, heldFrom: null, holdReason: null };
      return this.book.change({ actor, verb: 'resume' }, before, goesOn);
    });
  }
}
