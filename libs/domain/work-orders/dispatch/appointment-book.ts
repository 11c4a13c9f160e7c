import { Injectable } from '@nestjs/common';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { workOrderErrors } from '../work-orders/work-order.errors.js';
import type { WorkOrderStatus } from '../work-orders/work-order.states.js';
import type { WorkOrderView } from '../work-orders/work-order.view.js';

const BOOKED = statement(
  'appointments-booked-of-order',
  `SELECT id FROM appointments WHERE work_order_id = $1 AND status = 'booked'`,
);
const CLOSE = statement(
  'appointments-close',
  `UPDATE appointments SET status = $2, cancel_reason = $3, closed_at = now() WHERE work_order_id = $1 AND status = 'booked'`,
);
const INSERT = statement(
  'appointments-insert',
  `INSERT INTO appointments (partner_id, customer_id, work_order_id, technician_id, starts_at, ends_at, reasons, booked_by)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
);

export interface Booking {
  readonly technicianId: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reasons: readonly string[];
  readonly by: string;
}

/** How an appointment ends with its work order: a held or cancelled order needs nobody there. */
const ENDS: Readonly<Partial<Record<WorkOrderStatus, 'done' | 'cancelled'>>> = {
  completed: 'done',
  cancelled: 'cancelled',
  on_hold: 'cancelled',
};

/** Appointments as they are written. */
@Injectable()
export class AppointmentBook {
  constructor(private readonly uow: UnitOfWork) {}

  /** In place of the one that the order has. @throws `work_orders.appointment.taken` */
  async book({ partnerId, customerId, id }: WorkOrderView, booking: Booking): Promise<number> {
    const { technicianId, startsAt, endsAt, reasons, by } = booking;
    await this.uow.tx.execute(CLOSE, [id, 'cancelled', 'Another time was booked.']);
    const values = [partnerId, customerId, id, technicianId, startsAt, endsAt, reasons, by];
    const made = await guarded(this.uow.tx.one<{ id: number }>(INSERT, values), {
      appointments_once: () => workOrderErrors('work_orders.appointment.taken'),
    });
    return (made as { id: number }).id;
  }

  /** @throws `work_orders.appointment.none` */
  async cancel(workOrderId: number, reason: string): Promise<void> {
    if (!(await this.isBooked(workOrderId))) throw workOrderErrors('work_orders.appointment.none');
    await this.uow.tx.execute(CLOSE, [workOrderId, 'cancelled', reason]);
  }

  /** Ends with its order. */
  follow({ id, status, cancelReason, holdReason }: WorkOrderView): void {
    const ends = ENDS[status];
    if (ends) this.uow.tx.defer(CLOSE, [id, ends, ends === 'done' ? null : (cancelReason ?? holdReason)]);
  }

  /** Who goes when is then what was agreed with the customer. @throws `work_orders.appointment.booked` */
  async refuseWhenBooked(workOrderId: number): Promise<void> {
    if (await this.isBooked(workOrderId)) throw workOrderErrors('work_orders.appointment.booked');
  }

  async isBooked(workOrderId: number): Promise<boolean> {
    return (await this.uow.tx.one(BOOKED, [workOrderId])) !== undefined;
  }
}
