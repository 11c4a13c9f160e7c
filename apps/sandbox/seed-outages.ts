import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeviceQueries } from '@isp/domain/network';
import { MaintenanceQueries, PlanMaintenance } from '@isp/domain/outages';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { SEEDER } from './seeder.js';

const ONE = { limit: 1, offset: 0 };
// As it was promised long ago: nobody can add terms for months that have begun.
const TERMS = statement(
  'sandbox-level-terms',
  `INSERT INTO service_level_terms (plan_id, from_on, latency_ms, packet_loss_percent, credit_percent, credit_minutes, credit_unit,
          credit_cap_percent, credit_when, created_by)
   SELECT NULL, '2024-01-01', 50, 1, 10, 60, 'started', 100, 'month_end', 'System' WHERE NOT EXISTS (SELECT FROM service_level_terms)`,
);
const DAY_SECONDS = 86_400;

/** What is promised of every plan, and a night of announced work on the OLT. */
export async function seedOutages(app: NestFastifyApplication): Promise<void> {
  const now = app.get<Clock>(CLOCK, { strict: false }).now();
  await app.get(UnitOfWork).run(SEEDER, (tx) => tx.execute(TERMS));
  const [olt] = (await app.get(DeviceQueries, { strict: false }).list(SEEDER, { kind: 'olt' }, ONE)).rows;
  const windows = await app.get(MaintenanceQueries, { strict: false }).list(SEEDER, {}, ONE);
  if (!olt || windows.total > 0) return;
  const startsAt = addSeconds(now, 7 * DAY_SECONDS);
  const plan = app.get(PlanMaintenance, { strict: false });
  const night = {
    actor: SEEDER,
    place: { deviceId: olt.id, nodeId: null },
    title: 'New software on the access network',
    startsAt,
    endsAt: addSeconds(startsAt, 7_200),
  };
  const { id } = await plan.execute({ ...night, title: 'New power supplies' });
  await plan.cancel(SEEDER, id, 'The parts are late.');
  await plan.execute(night);
}
