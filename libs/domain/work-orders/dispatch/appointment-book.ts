import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { workOrderErrors } from '../work-orders/work-order.errors.js';
import type { WorkOrderView } from '../work-orders/work-order.view.js';

const BOOKED = statement(
  'appointments-booked-of-order',
  `SELECT starts_at AS "startsAt" FROM appointments WHERE work_order_id = $1 AND status = 'booked'`,
);
// One that has begun was kept, whatever becomes of its order.
const CLOSE = statement(
  'appointments-close',
  `UPDATE appointments SET status = CASE WHEN starts_at <= $3 THEN 'done' ELSE 'cancelled' END,
          cancel_reason = CASE WHEN starts_at > $3 THEN $2 END, closed_at = $3 WHERE work_order_id = $1 AND status = 'booked'`,
);
const CANCEL = statement(
  'appointments-cancel',
  `UPDATE appointments SET status = 'cancelled', cancel_reason = $2, closed_at = $3 WHERE work_order_id = $1 AND status = 'booked'`,
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

/** What a work order says when nobody is to go there any more. */
export const NOBODY = { assignedUserId: null, assignedUserGuid: null, assignedUser: null } as const;
export const NO_VISIT = {
  ...NOBODY,
  scheduledAt: null,
  installerId: null,
  installerGuid: null,
  installer: null,
} as const;

/** Appointments as they are written. */
@Injectable()
export class AppointmentBook {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In place of the one that the order has. @throws `work_orders.appointment.taken` */
  async book({ partnerId, customerId, id }: WorkOrderView, booking: Booking): Promise<number> {
    const { technicianId, startsAt, endsAt, reasons, by } = booking;
    await this.close(id, 'Another time was booked.');
    const values = [partnerId, customerId, id, technicianId, startsAt, endsAt, reasons, by];
    const made = await guarded(this.uow.tx.one<{ id: number }>(INSERT, values), {
      appointments_once: () => workOrderErrors('work_orders.appointment.taken'),
    });
    return (made as { id: number }).id;
  }

  /** Ends it: one that has begun was kept, another one is cancelled. */
  async close(workOrderId: number, reason: string): Promise<void> {
    await this.uow.tx.execute(CLOSE, [workOrderId, reason, this.clock.now()]);
  }

  /** @throws `work_orders.appointment.none` */
  async cancel(workOrderId: number, reason: string): Promise<void> {
    if (!(await this.booked(workOrderId))) throw workOrderErrors('work_orders.appointment.none');
    await this.uow.tx.execute(CANCEL, [workOrderId, reason, this.clock.now()]);
  }

  /** Who goes when is then what was agreed with the customer. @throws `work_orders.appointment.booked` */
  async refuseWhenBooked(workOrderId: number): Promise<void> {
    if (await this.booked(workOrderId)) throw workOrderErrors('work_orders.appointment.booked');
  }

  /** Whether somebody is still to go there. */
  async isAhead(workOrderId: number): Promise<boolean> {
    const booked = await this.booked(workOrderId);
    return booked !== undefined && booked.startsAt > this.clock.now();
  }

  private booked(workOrderId: number): Promise<{ readonly startsAt: Date } | undefined> {
    return this.uow.tx.one<{ startsAt: Date }>(BOOKED, [workOrderId]);
  }
}
