import { Injectable } from '@nestjs/common';
import { type Actor, systemActor } from '@isp/contracts';
import { UserQueries } from '@isp/domain/access';
import { assertOperator } from '@isp/domain/workforce';
import { UnitOfWork } from '@isp/platform/database';
import { assignedStates } from '../work-orders/assign-work-order.usecase.js';
import { WorkOrderBook } from '../work-orders/work-order-book.js';
import { workOrderErrors } from '../work-orders/work-order.errors.js';
import { WorkOrderRepository } from '../work-orders/work-order.repository.js';
import type { WorkOrderView } from '../work-orders/work-order.view.js';
import { AppointmentBook, NOBODY, NO_VISIT } from './appointment-book.js';
import { AppointmentQueries } from './appointment.queries.js';
import type { AppointmentView } from './appointment.view.js';
import { type Chosen, Chooser } from './chooser.js';

export interface BookAppointmentInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  /** Whoever is best, when absent. */
  readonly technicianId?: number | undefined;
  /** The best time, when absent. */
  readonly startsAt?: Date | undefined;
  /** Although the technician lacks a skill, does not work then or has no time for the way; never at two places at once. */
  readonly anyway?: boolean | undefined;
}

/**
 * Gives a work order its time and its technician, in place of those that it has. Whoever plans with a technician holds
 * them until it is written, so that nobody is promised to two customers, with the way between them.
 */
@Injectable()
export class BookAppointment {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
    private readonly appointments: AppointmentBook,
    private readonly shown: AppointmentQueries,
    private readonly chooser: Chooser,
    private readonly users: UserQueries,
  ) {}

  /**
   * @throws `workforce.operator_only`, `work_orders.work_order.not_found`, `….over`, `….on_hold`, `workforce.technician.not_found`,
   *   `work_orders.schedule.in_the_past`, `work_orders.appointment.unsuitable`, `….taken`, `….none_free`
   */
  execute({
    actor,
    workOrderId,
    technicianId,
    startsAt,
    anyway = false,
  }: BookAppointmentInput): Promise<AppointmentView> {
    assertOperator(actor);
    return this.uow.run(actor, async () => {
      const order = await this.orders.lock(workOrderId);
      if (order.status === 'on_hold') throw workOrderErrors('work_orders.work_order.on_hold');
      const chosen = await this.chooser.choose(actor, workOrderId, { technicianId, startsAt, anyway });
      if (!chosen) throw workOrderErrors('work_orders.appointment.none_free');
      return this.write(actor, order, chosen);
    });
  }

  /** Gives a new work order its appointment where its terms want that. Whoever nobody has time for waits for a person. */
  automatically(workOrderId: number): Promise<AppointmentView | undefined> {
    const actor = systemActor('dispatch');
    return this.uow.run(actor, async () => {
      const order = await this.orders.lock(workOrderId);
      if (order.status !== 'new' || !(await this.chooser.isAutomatic(workOrderId))) return undefined;
      const chosen = await this.chooser.choose(actor, workOrderId, {});
      if (chosen) return this.write(actor, order, chosen);
      await this.book.comment(actor, order, 'No technician who can do this is free within the time that is offered.');
      return undefined;
    });
  }

  /** @throws `work_orders.work_order.not_found`, `work_orders.appointment.none` */
  cancel(actor: Actor, workOrderId: number, reason: string): Promise<WorkOrderView> {
    assertOperator(actor);
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId);
      await this.appointments.cancel(workOrderId, reason);
      const again = (status: typeof before.status) => (status === 'assigned' ? 'new' : status);
      const heldFrom = before.heldFrom === 'assigned' ? ('new' as const) : before.heldFrom;
      return this.book.change({ actor, verb: 'unassign', reason }, before, {
        ...NO_VISIT,
        status: again(before.status),
        heldFrom,
      });
    });
  }

  private async write(actor: Actor, order: WorkOrderView, chosen: Chosen): Promise<AppointmentView> {
    const { technician } = chosen;
    const user = technician.userId === null ? undefined : await this.users.findStaff(actor, technician.userId);
    const person = user && { assignedUserId: user.id, assignedUserGuid: user.guid, assignedUser: user.fullName };
    const patch = {
      scheduledAt: chosen.startsAt,
      installerId: await this.orders.installer(technician.name),
      ...(person ?? NOBODY),
      ...assignedStates(order),
    };
    await this.book.change({ actor, verb: 'assign' }, order, patch);
    const id = await this.appointments.book(order, { ...chosen, technicianId: technician.id, by: actor.name });
    return this.shown.get(actor, id);
  }
}
