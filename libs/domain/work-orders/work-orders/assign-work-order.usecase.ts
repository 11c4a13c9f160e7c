import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UserQueries } from '@isp/domain/access';
import { UnitOfWork } from '@isp/platform/database';
import { AppointmentBook } from '../dispatch/appointment-book.js';
import { WorkOrderBook } from './work-order-book.js';
import { workOrderErrors } from './work-order.errors.js';
import { WorkOrderRepository } from './work-order.repository.js';
import type { WorkOrderView } from './work-order.view.js';

export interface AssignWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  /** One of the operator's users. */
  readonly userId?: number | undefined;
  /** The crew or contractor that goes there; one that was not named before is new. */
  readonly installer?: string | undefined;
}

/**
 * Gives a work order to somebody: a user, an installer, or both. What is left out stays as it was.
 * @throws `work_orders.work_order.not_found`, `work_orders.work_order.over`, `work_orders.assignee.unknown`,
 *   `work_orders.appointment.booked`
 */
@Injectable()
export class AssignWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly users: UserQueries,
    private readonly book: WorkOrderBook,
    private readonly appointments: AppointmentBook,
  ) {}

  execute({ actor, workOrderId, userId, installer }: AssignWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId);
      await this.appointments.refuseWhenBooked(workOrderId);
      const person = userId === undefined ? {} : await this.person(actor, userId);
      const crew = installer === undefined ? {} : { installerId: await this.orders.installer(installer) };
      return this.book.change({ actor, verb: 'assign' }, before, { ...person, ...crew, ...assignedStates(before) });
    });
  }

  private async person(actor: Actor, userId: number) {
    const user = await this.users.findStaff(actor, userId);
    if (!user) throw workOrderErrors('work_orders.assignee.unknown');
    return { assignedUserId: user.id, assignedUserGuid: user.guid, assignedUser: user.fullName };
  }
}

/** Where an order stands once it is somebody's: one that has begun or is held stays so. */
export function assignedStates({ status, heldFrom }: WorkOrderView): Pick<WorkOrderView, 'status' | 'heldFrom'> {
  const waits = (state: WorkOrderView['status'] | null) => state === 'new' || state === 'scheduled';
  return { status: waits(status) ? 'assigned' : status, heldFrom: waits(heldFrom) ? 'assigned' : heldFrom };
}
