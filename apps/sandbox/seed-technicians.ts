import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BookAppointment, WorkOrderQueries } from '@isp/domain/work-orders';
import { KeepTechnicians, Rosters, TechnicianQueries } from '@isp/domain/workforce';
import { ALL, SEEDER } from './seeder.js';

const ZONE = 'Africa/Johannesburg';
const weekdays = (days: readonly number[], from: string, until: string) =>
  days.map((weekday) => ({ weekday, from, until }));
const OFFICE = weekdays([1, 2, 3, 4, 5], '08:00', '16:30');
const LATE = weekdays([2, 3, 4, 5, 6], '11:00', '19:00');
const home = (latitude: number, longitude: number) => ({ latitude, longitude });
const CREW = [
  { name: 'Thandi Nkosi', skills: ['fibre_installation', 'fault_finding'], home: home(-26.181, 28.049), hours: OFFICE },
  { name: 'Sipho Dlamini', skills: ['fibre_installation'], home: home(-26.129, 27.974), hours: OFFICE },
  { name: 'Anna Botha', skills: ['fault_finding', 'survey'], home: home(-26.204, 28.047), hours: LATE },
];

/** Three people in the field with their shifts, and an appointment for one order of each ISP that waits for its installation. */
export async function seedTechnicians(app: NestFastifyApplication): Promise<void> {
  const known = await app.get(TechnicianQueries, { strict: false }).list(SEEDER, {}, ALL);
  if (known.total > 0) return;
  for (const { hours, ...person } of CREW) {
    const email = `${person.name.split(' ')[0]?.toLowerCase() ?? ''}@sandbox.example`;
    const terms = {
      ...person,
      email,
      phone: null,
      timeZone: ZONE,
      userId: null,
      areaIds: [],
      status: 'active',
    } as const;
    const { id } = await app.get(KeepTechnicians, { strict: false }).add(SEEDER, terms);
    await app.get(Rosters, { strict: false }).set(SEEDER, id, { validFrom: '2024-01-01', hours });
  }
  const waiting = await app.get(WorkOrderQueries, { strict: false }).list(SEEDER, { status: 'new' }, ALL);
  for (const { id: workOrderId } of new Map(waiting.rows.map((order) => [order.partnerId, order])).values())
    await app.get(BookAppointment, { strict: false }).execute({ actor: SEEDER, workOrderId });
}
