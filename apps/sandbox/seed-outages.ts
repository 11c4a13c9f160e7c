import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeviceQueries } from '@isp/domain/network';
import { LevelTerms, MaintenanceQueries, PlanMaintenance } from '@isp/domain/outages';
import { type Clock, addDays, addSeconds, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { SEEDER } from './seeder.js';

const ONE = { limit: 1, offset: 0 };
const DAY_SECONDS = 86_400;

/** What is promised of every plan from tomorrow on, and a night of announced work on the OLT. */
export async function seedOutages(app: NestFastifyApplication): Promise<void> {
  const now = app.get<Clock>(CLOCK, { strict: false }).now();
  const terms = app.get(LevelTerms, { strict: false });
  if ((await terms.list(SEEDER, undefined, ONE)).total === 0)
    await terms.add(SEEDER, {
      planId: null,
      from: addDays(localDate(now, 'UTC'), 1),
      latencyMs: 50,
      packetLossPercent: 1,
      creditPercent: '10',
      creditMinutes: 60,
      creditUnit: 'started',
      creditCapPercent: '100',
      creditWhen: 'month_end',
    });
  const [olt] = (await app.get(DeviceQueries, { strict: false }).list(SEEDER, { kind: 'olt' }, ONE)).rows;
  const windows = await app.get(MaintenanceQueries, { strict: false }).list(SEEDER, {}, ONE);
  if (!olt || windows.total > 0) return;
  const startsAt = addSeconds(now, 7 * DAY_SECONDS);
  await app.get(PlanMaintenance, { strict: false }).execute({
    actor: SEEDER,
    place: { deviceId: olt.id, nodeId: null },
    title: 'New software on the access network',
    startsAt,
    endsAt: addSeconds(startsAt, 7_200),
  });
}
