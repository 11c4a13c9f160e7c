import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeviceQueries } from '@isp/domain/network';
import {
  CorrectOutage,
  LevelTerms,
  MaintenanceQueries,
  OpenOutage,
  OutageQueries,
  PlanMaintenance,
} from '@isp/domain/outages';
import { type Clock, addDays, addSeconds, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { SEEDER } from './seeder.js';

const CUTS = { limit: 3, offset: 0 };
const ONE = { limit: 1, offset: 0 };
const DAY_SECONDS = 86_400;

/** What is promised of every plan from tomorrow on, a night of announced work on the OLT, and cuts of some lines. */
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
  await seedCuts(app, now);
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

/** One that is over, one that was none and one that lasts: the fibre of three customers was cut, which no poller sees. */
async function seedCuts(app: NestFastifyApplication, now: Date): Promise<void> {
  const known = await app.get(OutageQueries, { strict: false }).list(SEEDER, {}, ONE);
  const onts = await app.get(DeviceQueries, { strict: false }).list(SEEDER, { kind: 'ont' }, CUTS);
  if (known.total > 0 || onts.rows.length < CUTS.limit) return;
  const before = (hours: number) => addSeconds(now, -hours * 3_600);
  const cut = async (at: number, hours: number) => {
    const place = { deviceId: onts.rows[at]?.id ?? null, nodeId: null };
    const title = 'The fibre was cut by road works';
    const opened = { actor: SEEDER, place, title, startedAt: before(hours) };
    return (await app.get(OpenOutage, { strict: false }).execute(opened)).id;
  };
  const correct = app.get(CorrectOutage, { strict: false });
  const repaired = { outageId: await cut(0, 50), endedAt: before(46), reason: 'Spliced, light is good.' };
  await correct.execute({ actor: SEEDER, ...repaired });
  const none = { outageId: await cut(1, 30), cancel: true, reason: 'The customer had switched off the ONT.' };
  await correct.execute({ actor: SEEDER, ...none });
  await cut(2, 1);
}
