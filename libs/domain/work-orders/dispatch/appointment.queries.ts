import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { Crew, type TechnicianView, assertOperator } from '@isp/domain/workforce';
import { type Span, addDays, startOfDay } from '@isp/kernel';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { workOrderErrors } from '../work-orders/work-order.errors.js';
import {
  APPOINTMENT_COLUMNS,
  APPOINTMENT_JOINS,
  type AppointmentStatus,
  type AppointmentView,
} from './appointment.view.js';

const MATCH = `FROM appointments a WHERE ($1::integer IS NULL OR a.partner_id = $1) AND ($2::integer IS NULL OR a.technician_id = $2)
  AND ($3::integer IS NULL OR a.work_order_id = $3) AND ($4::text IS NULL OR a.status = $4)
  AND ($5::timestamptz IS NULL OR a.ends_at > $5) AND ($6::timestamptz IS NULL OR a.starts_at < $6)`;
export const APPOINTMENT_SORTING = sorting({
  id: 'a.id',
  partner: 'a.partner_id',
  otherwise: ['a.starts_at', 'a.id'],
  fields: {
    starts_at: 'a.starts_at',
    created_at: 'a.id',
  },
});
const LISTS = sortedStatements(
  'appointments-list',
  APPOINTMENT_SORTING,
  (
    order,
  ) => `SELECT ${APPOINTMENT_COLUMNS} FROM (SELECT a.* ${MATCH} ORDER BY ${order} LIMIT $7 OFFSET $8) a ${APPOINTMENT_JOINS}
    ORDER BY ${order}`,
);
const COUNT = statement('appointments-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement(
  'appointments-get',
  `SELECT ${APPOINTMENT_COLUMNS} FROM appointments a ${APPOINTMENT_JOINS} WHERE a.id = $1`,
);
const DAY = statement(
  'appointments-of-day',
  `SELECT ${APPOINTMENT_COLUMNS} FROM appointments a ${APPOINTMENT_JOINS}
    WHERE a.technician_id = $1 AND a.ends_at > $2 AND a.starts_at < $3 AND a.status <> 'cancelled' ORDER BY a.starts_at, a.id`,
);

export interface AppointmentFilter {
  readonly technicianId?: number | undefined;
  readonly workOrderId?: number | undefined;
  readonly status?: AppointmentStatus | undefined;
  readonly from?: Date | undefined;
  /** Not included. */
  readonly until?: Date | undefined;
}

/** What somebody does on a day. */
export interface TechnicianDay {
  readonly technician: TechnicianView;
  readonly shifts: readonly Span[];
  /** In order, without those that were cancelled. */
  readonly appointments: readonly AppointmentView[];
}

/** Reads of appointments, inside the walls of the reader. */
@Injectable()
export class AppointmentQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly crew: Crew,
  ) {}

  /** One page, the earliest first. */
  list(actor: Actor, filter: AppointmentFilter, page: SortedSlice<typeof APPOINTMENT_SORTING>) {
    const { technicianId, workOrderId, status, from, until } = filter;
    const own = actor.reach === 'all' ? null : actor.partnerId;
    const values = [own, ...[technicianId, workOrderId, status, from, until].map((value) => value ?? null)];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<AppointmentView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `work_orders.appointment.not_found` */
  async get(actor: Actor, id: number): Promise<AppointmentView> {
    const found = await this.uow.read(actor, (tx) => tx.one<AppointmentView>(GET, [id]));
    if (!found) throw workOrderErrors('work_orders.appointment.not_found');
    return found;
  }

  /**
   * The day of a technician, on their own clocks: when they work and where they go.
   * @param date `YYYY-MM-DD`
   * @throws `workforce.operator_only`, `workforce.technician.not_found`
   */
  day(actor: Actor, { id, timeZone }: TechnicianView, date: string): Promise<TechnicianDay> {
    assertOperator(actor);
    const [from, until] = [startOfDay(date, timeZone), startOfDay(addDays(date, 1), timeZone)];
    return this.uow.run(actor, async (tx) => {
      const [one] = await this.crew.between(from, until, id);
      if (!one) throw workOrderErrors('work_orders.appointment.not_found');
      const { shifts, ...technician } = one;
      return { technician, shifts, appointments: await tx.query<AppointmentView>(DAY, [id, from, until]) };
    });
  }
}
