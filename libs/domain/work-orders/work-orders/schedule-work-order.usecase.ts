import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AppointmentBook } from '../dispatch/appointment-book.js';
import { WorkOrderBook } from './work-order-book.js';
import { workOrderErrors } from './work-order.errors.js';
import { WorkOrderRepository } from './work-order.repository.js';
import type { WorkOrderView } from './work-order.view.js';

export interface ScheduleWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  readonly scheduledAt: Date;
  readonly reason?: string | undefined;
}

/**
 * Gives a work order its time, or another one. What is assigned, begun or held already stays so.
 * @throws `work_orders.work_order.not_found`, `work_orders.work_order.over`, `work_orders.schedule.in_the_past`,
 *   `work_orders.appointment.booked`
 */
@Injectable()
export class ScheduleWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
    private readonly appointments: AppointmentBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, workOrderId, scheduledAt, reason }: ScheduleWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId);
      await this.appointments.refuseWhenBooked(workOrderId);
      if (scheduledAt <= this.clock.now()) throw workOrderErrors('work_orders.schedule.in_the_past');
      const status = before.status === 'new' ? 'scheduled' : before.status;
      const heldFrom = before.heldFrom === 'new' ? 'scheduled' : before.heldFrom;
      return this.book.change({ actor, verb: 'schedule', reason }, before, { scheduledAt, status, heldFrom });
    });
  }
}
