import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeviceQueries } from '@isp/domain/network';
import { CorrectOutage, OpenOutage, OutageQueries } from '@isp/domain/outages';
import { ServiceQueries } from '@isp/domain/services';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { ALL, SEEDER } from './seeder.js';

const TITLE = 'The fibre was cut by road works';
const PATIENCE = 60;

/**
 * Outages of single lines, which no poller sees: one that is over, one that was none and one that lasts. Customers have
 * them when their services are up, so it waits for that; nothing where these are there already.
 */
export async function seedCuts(app: NestFastifyApplication): Promise<void> {
  const { rows: known } = await app
    .get(OutageQueries, { strict: false })
    .list(SEEDER, {}, { ...ALL, sort: 'created_at' });
  if (known.some(({ title }) => title === TITLE)) return;
  let onts = await ontsInUse(app);
  for (let tries = 0; onts.length < 3 && tries < PATIENCE; tries += 1) {
    await sleep(2_000, undefined, { ref: false });
    onts = await ontsInUse(app);
  }
  const [over, none, lasts] = onts;
  if (over === undefined || none === undefined || lasts === undefined) return;
  await app.get(UnitOfWork).run(SEEDER, () => cutThree(app, over, none, lasts));
}

async function cutThree(app: NestFastifyApplication, over: number, none: number, lasts: number): Promise<void> {
  const now = app.get<Clock>(CLOCK, { strict: false }).now();
  const before = (hours: number) => addSeconds(now, -hours * 3_600);
  const cut = async (deviceId: number, hours: number) => {
    const opened = { actor: SEEDER, place: { deviceId, nodeId: null }, title: TITLE, startedAt: before(hours) };
    return (await app.get(OpenOutage, { strict: false }).execute(opened)).id;
  };
  const correct = app.get(CorrectOutage, { strict: false });
  const repaired = { outageId: await cut(over, 50), endedAt: before(46), reason: 'Spliced, light is good.' };
  await correct.execute({ actor: SEEDER, ...repaired });
  const mistaken = { outageId: await cut(none, 30), cancel: true, reason: 'The customer had switched off the ONT.' };
  await correct.execute({ actor: SEEDER, ...mistaken });
  await cut(lasts, 1);
}

/** Ids of ONTs whose services are up. */
async function ontsInUse(app: NestFastifyApplication): Promise<number[]> {
  const { rows } = await app.get(ServiceQueries, { strict: false }).list(SEEDER, { status: 'active' }, ALL);
  const active = new Set(rows.map(({ id }) => id));
  const onts = await app.get(DeviceQueries, { strict: false }).list(SEEDER, { kind: 'ont' }, ALL);
  return onts.rows.flatMap(({ id, serviceId }) => (serviceId !== null && active.has(serviceId) ? [id] : []));
}
