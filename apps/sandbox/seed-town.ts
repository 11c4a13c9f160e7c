import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AreaQueries, ImportFile, ManageAreas, PremiseQueries } from '@isp/domain/premises';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { TOWN_AREAS, townAddresses } from './sandbox-town.js';
import { ALL, SEEDER } from './seeder.js';

const DAY_SECONDS = 86_400;

/** A town with coverage of every kind. What is there already stays as it is. */
export async function seedTown(app: NestFastifyApplication): Promise<void> {
  const { rows: known } = await app.get(AreaQueries, { strict: false }).list(SEEDER, {}, ALL);
  const now = app.get<Clock>(CLOCK, { strict: false }).now();
  const inDays = (days: number | undefined): string | null =>
    days === undefined
      ? null
      : addSeconds(now, days * DAY_SECONDS)
          .toISOString()
          .slice(0, 10);
  const missing = TOWN_AREAS.filter(({ externalKey }) => !known.some((area) => area.externalKey === externalKey));
  for (const { liveInDays, plannedInDays, ...area } of missing) {
    const dates = { liveOn: inDays(liveInDays), plannedOn: inDays(plannedInDays) };
    await app.get(ManageAreas, { strict: false }).create({ actor: SEEDER, ...area, ...dates });
  }
  const { total } = await app.get(PremiseQueries, { strict: false }).list(SEEDER, {}, { limit: 1, offset: 0 });
  if (total > 0) return;
  const addresses = Buffer.from(townAddresses());
  await app.get(ImportFile, { strict: false }).execute({
    actor: SEEDER,
    kind: 'addresses_csv',
    fileName: 'port-ripple.csv',
    content: async function* () {
      yield await Promise.resolve(addresses);
    },
  });
}
