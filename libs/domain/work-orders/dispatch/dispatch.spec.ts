import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemActorFor } from '@isp/contracts';
import { Absences, KeepTechnicians, Rosters, TechnicianQueries } from '@isp/domain/workforce';
import { addSeconds, startOfDay, addDays, localDate } from '@isp/kernel';
import { actor, clock, closeServices, openServices, order, sql, use } from '../../../../test/support/services-world.js';
import { WorkOrdersModule } from '../work-orders.module.js';
import { AssignWorkOrder } from '../work-orders/assign-work-order.usecase.js';
import { CancelWorkOrder } from '../work-orders/cancel-work-order.usecase.js';
import { CreateWorkOrder } from '../work-orders/create-work-order.usecase.js';
import { HoldWorkOrder, ResumeWorkOrder } from '../work-orders/hold-work-order.usecase.js';
import { ScheduleWorkOrder } from '../work-orders/schedule-work-order.usecase.js';
import { WorkOrderQueries } from '../work-orders/work-order.queries.js';
import { AppointmentQueries } from './appointment.queries.js';
import { BookAppointment, type BookAppointmentInput } from './book-appointment.usecase.js';
import { ChangeTechnician } from './change-technician.usecase.js';
import { FindOpenings } from './find-openings.usecase.js';
import { VisitTerms } from './visit-terms.js';

const ZONE = 'Africa/Johannesburg';
const PAGE = { limit: 100, offset: 0 };
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '08:00', until: '16:00' }));
const everybody = {
  userId: null,
  email: null,
  phone: null,
  home: null,
  areaIds: [],
  timeZone: ZONE,
  status: 'active' as const,
};

beforeAll(() => openServices(WorkOrdersModule), 120_000);
afterAll(() => closeServices());

let people = 0;
async function technician(skills: readonly string[] = ['fault_finding']): Promise<number> {
  people += 1;
  const { id } = await use(KeepTechnicians).add(actor, { ...everybody, name: `T ${people}`, skills });
  await use(Rosters).set(actor, id, { validFrom: '2020-01-01', hours: EVERY_DAY });
  return id;
}
const retire = async (id: number) => use(KeepTechnicians).change(actor, id, undefined, { status: 'inactive' });
const workOrder = async (type: 'repair' | 'survey' = 'repair') =>
  (await use(CreateWorkOrder).execute({ actor, serviceId: await order(), type })).id;
/** An hour of a day from now, on the clocks of the technicians. */
const at = (days: number, hours: number): Date =>
  addSeconds(startOfDay(addDays(localDate(clock.now(), ZONE), days), ZONE), hours * 3_600);
const book = (input: Omit<BookAppointmentInput, 'actor'>, process = 0) =>
  use(BookAppointment, process).execute({ actor, ...input });
const statusOf = async (id: number) => (await use(WorkOrderQueries).get(actor, id)).status;
const appointmentsOf = async (workOrderId: number) =>
  (await use(AppointmentQueries).list(actor, { workOrderId }, PAGE)).rows.map(({ status }) => status);
const codes = (results: readonly PromiseSettledResult<unknown>[]) =>
  results.map((one) => (one.status === 'fulfilled' ? 'booked' : (one.reason as { code: string }).code));

describe('an appointment', () => {
  it('is given to whoever can do it, and its order is theirs', async () => {
    const [able, unable] = [await technician(), await technician(['survey'])];
    const workOrderId = await workOrder();
    const { openings, unfit } = await use(FindOpenings).execute(actor, workOrderId, { first: 'soonest', limit: 5 });
    expect(openings).toHaveLength(5);
    expect(new Set(openings.map(({ technicianId }) => technicianId))).toEqual(new Set([able]));
    expect(unfit).toEqual([
      { technicianId: unable, technician: expect.any(String), why: ['does not have fault_finding'] },
    ]);
    expect(openings[0]?.cost).toBe(openings[0]?.reasons.reduce((sum, { cost }) => sum + cost, 0));

    const made = await book({ workOrderId });
    expect(made).toMatchObject({ technicianId: able, workOrderId, status: 'booked', place: null });
    expect(made.endsAt.getTime() - made.startsAt.getTime()).toBe(90 * 60_000);
    expect(made.reasons).toHaveLength(4);
    expect(await use(WorkOrderQueries).get(actor, workOrderId)).toMatchObject({
      status: 'assigned',
      scheduledAt: made.startsAt,
      installer: made.technician,
      assignedUser: null,
    });
    for (const id of [able, unable]) await retire(id);
  });

  it('can be moved, and is over when its order is held, cancelled or its appointment is', async () => {
    const id = await technician();
    const workOrderId = await workOrder();
    const first = await book({ workOrderId, technicianId: id, startsAt: at(3, 9) });
    const second = await book({ workOrderId, technicianId: id, startsAt: at(3, 9.5) });
    expect(await appointmentsOf(workOrderId)).toEqual(['cancelled', 'booked']);
    expect((await use(AppointmentQueries).get(actor, first.id)).cancelReason).toBe('Another time was booked.');
    const other = { actor, workOrderId };
    await expect(use(ScheduleWorkOrder).execute({ ...other, scheduledAt: at(4, 9) })).rejects.toMatchObject({
      code: 'work_orders.appointment.booked',
    });
    await expect(use(AssignWorkOrder).execute({ ...other, installer: 'Splicers' })).rejects.toMatchObject({
      code: 'work_orders.appointment.booked',
    });
    const back = await use(BookAppointment).cancel(actor, workOrderId, 'The customer is away');
    expect(back).toMatchObject({ status: 'new', scheduledAt: null, installer: null, installerId: null });
    expect((await use(AppointmentQueries).get(actor, second.id)).cancelReason).toBe('The customer is away');
    await expect(use(BookAppointment).cancel(actor, workOrderId, 'x')).rejects.toMatchObject({
      code: 'work_orders.appointment.none',
    });
    await book({ workOrderId, technicianId: id, startsAt: at(3, 9) });
    const held = await use(HoldWorkOrder).execute({ ...other, reason: 'No ladder' });
    expect(held).toMatchObject({ heldFrom: 'new', scheduledAt: null, installer: null });
    expect((await appointmentsOf(workOrderId)).filter((status) => status === 'booked')).toEqual([]);
    await expect(book({ workOrderId, technicianId: id, startsAt: at(3, 9) })).rejects.toMatchObject({
      code: 'work_orders.work_order.on_hold',
      kind: 'conflict',
    });
    expect(await statusOf(workOrderId)).toBe('on_hold');
    await use(ResumeWorkOrder).execute(other);
    await book({ workOrderId, technicianId: id, startsAt: at(3, 9) });
    expect((await appointmentsOf(workOrderId)).filter((status) => status === 'booked')).toHaveLength(1);
    await use(CancelWorkOrder).execute({ ...other, reason: 'Works again' });
    expect((await appointmentsOf(workOrderId)).filter((status) => status === 'booked')).toEqual([]);
    await expect(book({ workOrderId, technicianId: id, startsAt: at(3, 9) })).rejects.toMatchObject({
      code: 'work_orders.work_order.over',
    });
    await retire(id);
  });

  it('keeps its technician from being made inactive, unless it is to be assigned anew', async () => {
    const id = await technician();
    const [first, second] = [await workOrder(), await workOrder()];
    const booked = await book({ workOrderId: first, technicianId: id, startsAt: at(5, 9) });
    await book({ workOrderId: second, technicianId: id, startsAt: at(5, 12) });
    const leaves = (reassign?: boolean) =>
      use(ChangeTechnician).execute({ actor, technicianId: id, changes: { status: 'inactive' }, reassign });
    const message = `${booked.reference} at ${booked.startsAt.toISOString().replace('.000', '')}`;
    await expect(leaves()).rejects.toMatchObject({
      code: 'work_orders.technician.expected',
      kind: 'conflict',
      details: [{ field: `appointments.${booked.id}`, message }, { field: expect.any(String) }],
    });
    expect(await use(TechnicianQueries).get(actor, id)).toMatchObject({ status: 'active', version: 1 });
    expect(await statusOf(first)).toBe('assigned');
    expect(await leaves(true)).toMatchObject({ status: 'inactive' });
    for (const workOrderId of [first, second]) {
      expect(await use(WorkOrderQueries).get(actor, workOrderId)).toMatchObject({ status: 'new', installer: null });
      expect(await appointmentsOf(workOrderId)).toEqual(['cancelled']);
    }
    expect((await use(AppointmentQueries).get(actor, booked.id)).cancelReason).toMatch(/ does not come any more\.$/);
    expect(await leaves()).toMatchObject({ status: 'inactive' });
  });

  it('that is being booked, and its technician who is made inactive, never both come true', async () => {
    for (let round = 0; round < 4; round += 1) {
      const id = await technician();
      const workOrderId = await workOrder();
      const changes = { status: 'inactive' } as const;
      await Promise.allSettled([
        book({ workOrderId, technicianId: id, startsAt: at(6, 9) }),
        use(ChangeTechnician, 1).execute({ actor, technicianId: id, changes }),
      ]);
      const { status } = await use(TechnicianQueries).get(actor, id);
      const expectedBy = (await appointmentsOf(workOrderId)).includes('booked');
      expect([status, expectedBy]).toEqual(status === 'active' ? ['active', true] : ['inactive', false]);
      await use(CancelWorkOrder).execute({ actor, workOrderId, reason: 'over' });
      await retire(id);
    }
  });

  it('is refused with its reason, and made anyway when somebody wants it', async () => {
    const id = await technician(['survey']);
    const workOrderId = await workOrder();
    const night = { workOrderId, technicianId: id, startsAt: at(2, 3) };
    await expect(book(night)).rejects.toMatchObject({ code: 'work_orders.appointment.unsuitable' });
    await expect(book(night)).rejects.toThrow('This technician does not have fault_finding.');
    await expect(book({ workOrderId })).rejects.toMatchObject({ code: 'work_orders.appointment.none_free' });
    const made = await book({ ...night, anyway: true });
    expect(made.reasons).toEqual(['although this technician does not have fault_finding']);
    const other = await workOrder('survey');
    await expect(book({ ...night, workOrderId: other })).rejects.toThrow('This technician does not work then.');
    const away = { kind: 'sick' as const, note: null, startsAt: at(5, 0), endsAt: at(6, 0) };
    await use(Absences).add(actor, id, away);
    await expect(
      use(Absences).add(actor, id, { ...away, startsAt: at(5, 12), endsAt: at(7, 0) }),
    ).rejects.toMatchObject({
      code: 'workforce.absence.overlaps',
    });
    const sick = { workOrderId: other, technicianId: id, startsAt: at(5, 10) };
    await expect(book(sick)).rejects.toThrow('This technician does not work then.');
    await expect(book({ ...sick, startsAt: addSeconds(clock.now(), -60) })).rejects.toMatchObject({
      code: 'work_orders.schedule.in_the_past',
    });
    await retire(id);
    for (const anyway of [false, true])
      await expect(book({ ...sick, startsAt: at(4, 10), anyway })).rejects.toThrow('This technician is not active.');
    await expect(book({ workOrderId: other, technicianId: 2_000_000_000 })).rejects.toMatchObject({
      code: 'workforce.technician.not_found',
    });
  });

  it('is nobody’s business but the operator’s to make, and its partner’s to see', async () => {
    const id = await technician();
    const workOrderId = await workOrder();
    const partner = systemActorFor('reseller', 1);
    const asPartner = () => use(BookAppointment).execute({ actor: partner, workOrderId });
    expect(asPartner).toThrow('The people in the field are those of the operator.');
    const made = await book({ workOrderId });
    expect((await use(AppointmentQueries).list(partner, { workOrderId }, PAGE)).rows).toHaveLength(1);
    const stranger = systemActorFor('other', 2);
    expect((await use(AppointmentQueries).list(stranger, { workOrderId }, PAGE)).rows).toEqual([]);
    await expect(use(AppointmentQueries).get(stranger, made.id)).rejects.toMatchObject({
      code: 'work_orders.appointment.not_found',
    });
    await retire(id);
  });
});

describe('an appointment that has begun', () => {
  it('was kept, when another time is booked and when the work is done', async () => {
    const id = await technician();
    const workOrderId = await workOrder();
    const { id: first } = await book({ workOrderId, technicianId: id, startsAt: at(3, 9) });
    clock.shift += (at(3, 9.5).getTime() - clock.now().getTime()) / 1_000;
    await book({ workOrderId, technicianId: id, startsAt: at(1, 9) });
    expect(await use(AppointmentQueries).get(actor, first)).toMatchObject({ status: 'done', cancelReason: null });
    await use(CancelWorkOrder).execute({ actor, workOrderId, reason: 'Works again' });
    expect(await appointmentsOf(workOrderId)).toEqual(['done', 'cancelled']);
    await retire(id);
  });
});

describe('people who change at once', () => {
  it('keep what either said', async () => {
    const id = await technician();
    const changes = [{ skills: ['survey'] }, { phone: '+27 82 555 0134' }];
    await Promise.all(changes.map((change, n) => use(KeepTechnicians, n).change(actor, id, undefined, change)));
    const { rows } = await use(TechnicianQueries).list(actor, { skill: 'survey', q: '0134' }, PAGE);
    expect(rows.map((row) => row.id)).toEqual([id]);
    await retire(id);
  });
});

describe('two customers', () => {
  it('C13: never have the same technician at the same time, of 100 that book the last opening at once', async () => {
    const id = await technician();
    const orders = await Promise.all(Array.from({ length: 100 }, () => workOrder()));
    const wanted = { technicianId: id, startsAt: at(3, 10) };
    const results = await Promise.allSettled(
      orders.map((workOrderId, n) => book({ workOrderId, ...wanted, anyway: n % 4 === 3 }, n % 2)),
    );
    const found = codes(results);
    expect(found.filter((one) => one === 'booked')).toHaveLength(1);
    expect(new Set(found)).toEqual(
      new Set(['booked', 'work_orders.appointment.unsuitable', 'work_orders.appointment.taken']),
    );
    await retire(id);
  });

  it('have times that leave room for the way when all are given the best at once', async () => {
    const crew = [await technician(), await technician()];
    const orders = await Promise.all(Array.from({ length: 12 }, () => workOrder()));
    const results = await Promise.allSettled(orders.map((workOrderId, n) => book({ workOrderId }, n % 2)));
    expect(codes(results)).toEqual(orders.map(() => 'booked'));
    const rows = await sql<{ id: number; from: Date; until: Date }>(
      `SELECT technician_id AS id, starts_at AS "from", ends_at AS until FROM appointments
        WHERE status = 'booked' AND technician_id IN (${crew.join()}) ORDER BY technician_id, starts_at`,
    );
    expect(rows).toHaveLength(12);
    for (const [n, row] of rows.entries()) {
      const next = rows[n + 1];
      // The way between two unknown places is 20 minutes.
      if (next?.id === row.id) expect(+next.from - +row.until).toBeGreaterThanOrEqual(20 * 60_000);
    }
    for (const id of crew) await retire(id);
  });
});

describe('a new work order', () => {
  it('has its appointment at once where the terms want that, once, and waits for a person when nobody is free', async () => {
    const { version } = await use(VisitTerms).change(actor, 'survey', undefined, { automatic: true, noticeMinutes: 0 });
    await expect(use(VisitTerms).change(actor, 'survey', version + 1, { minutes: 30 })).rejects.toMatchObject({
      code: 'work_orders.visit_terms.stale',
    });
    const nobody = await workOrder('survey');
    expect(await use(BookAppointment).automatically(nobody)).toBeUndefined();
    expect(await use(WorkOrderQueries).get(actor, nobody)).toMatchObject({
      status: 'new',
      lastComment: 'No technician who can do this is free within the time that is offered.',
    });
    const id = await technician(['survey']);
    const workOrderId = await workOrder('survey');
    const twice = await Promise.all([0, 1].map((n) => use(BookAppointment, n).automatically(workOrderId)));
    expect(twice.filter(Boolean)).toHaveLength(1);
    expect(await appointmentsOf(workOrderId)).toEqual(['booked']);
    expect(await use(BookAppointment).automatically(await workOrder('repair'))).toBeUndefined();
    await retire(id);
  });
});

describe('the day of a technician', () => {
  it('is their shift and where they go, on their own clocks', async () => {
    const id = await technician();
    await book({ workOrderId: await workOrder(), technicianId: id, startsAt: at(6, 9) });
    await book({ workOrderId: await workOrder(), technicianId: id, startsAt: at(6, 13) });
    const date = addDays(localDate(clock.now(), ZONE), 6);
    const day = await use(AppointmentQueries).day(
      actor,
      { ...everybody, id, name: '', skills: [], version: 1, createdAt: at(0, 0), updatedAt: at(0, 0) },
      date,
    );
    expect(day.shifts).toEqual([{ from: at(6, 8).getTime(), until: at(6, 16).getTime() }]);
    expect(day.appointments.map(({ startsAt }) => startsAt)).toEqual([at(6, 9), at(6, 13)]);
    await retire(id);
  });
});
