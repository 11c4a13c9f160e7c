import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { KeepTechnicians, type TechnicianChanges, type TechnicianView, assertOperator } from '@isp/domain/workforce';
import { type Clock, toIsoSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { workOrderErrors } from '../work-orders/work-order.errors.js';
import { WorkOrderRepository } from '../work-orders/work-order.repository.js';
import { BookAppointment } from './book-appointment.usecase.js';

const AHEAD = statement(
  'appointments-ahead-of-technician',
  `SELECT a.id, a.work_order_id AS "workOrderId", w.reference, a.starts_at AS "startsAt"
     FROM appointments a JOIN work_orders w ON w.id = a.work_order_id
    WHERE a.technician_id = $1 AND a.status = 'booked' AND a.starts_at > $2 ORDER BY a.work_order_id`,
);

interface Ahead {
  readonly id: number;
  readonly workOrderId: number;
  readonly reference: string;
  readonly startsAt: Date;
}

export interface ChangeTechnicianInput {
  readonly actor: Actor;
  readonly technicianId: number;
  /** The version that was read. */
  readonly ifMatch?: number | undefined;
  readonly changes: TechnicianChanges;
  /** Of whoever is made inactive: their appointments are cancelled, and the work orders wait for somebody else. */
  readonly reassign?: boolean | undefined;
}

/**
 * Changes a technician. Whoever is made inactive gets no new work, and no customer waits for them unknowingly: that is
 * refused while appointments are ahead of them, with a list of these, unless somebody says that they are to be assigned anew.
 */
@Injectable()
export class ChangeTechnician {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly keep: KeepTechnicians,
    private readonly orders: WorkOrderRepository,
    private readonly appointments: BookAppointment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws what `KeepTechnicians.change` throws, and `work_orders.technician.expected` with the appointments as details */
  execute({ actor, technicianId, ifMatch, changes, reassign = false }: ChangeTechnicianInput): Promise<TechnicianView> {
    assertOperator(actor);
    return this.uow.run(actor, async () => {
      const retires = changes.status === 'inactive';
      // Whoever books holds the work order first, then the technician: so does this.
      if (retires && reassign)
        for (const { workOrderId } of await this.ahead(technicianId)) await this.orders.lock(workOrderId);
      // From here on nobody is promised them.
      const technician = await this.keep.change(actor, technicianId, ifMatch, changes);
      const ahead = retires ? await this.ahead(technicianId) : [];
      if (ahead.length > 0 && !reassign) throw expected(ahead);
      for (const { workOrderId } of ahead)
        await this.appointments.cancel(actor, workOrderId, `${technician.name} does not come any more.`);
      return technician;
    });
  }

  private ahead(technicianId: number): Promise<Ahead[]> {
    return this.uow.tx.query<Ahead>(AHEAD, [technicianId, this.clock.now()]);
  }
}

function expected(ahead: readonly Ahead[]) {
  const details = ahead.map(({ id, reference, startsAt }) => ({
    field: `appointments.${id}`,
    message: `${reference} at ${toIsoSeconds(startsAt)}`,
  }));
  return workOrderErrors('work_orders.technician.expected', { count: ahead.length }, { details });
}
