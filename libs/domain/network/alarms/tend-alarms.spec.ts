import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { UnitOfWork } from '@isp/platform/database';
import { type DevicesProcess, devicesProcess } from '../../../../test/support/devices-world.js';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { AlarmRepository } from './alarm.repository.js';
import { CLEARED_KEPT_DAYS, EVENT_FADES_SECONDS, TendAlarmsSchedule } from './tend-alarms.schedule.js';

let database: TestDatabase;
let world: DevicesProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await devicesProcess(database.appUrl);
}, 60_000);
afterAll(async () => {
  await world.close();
  await database.drop();
}, 30_000);

const COLD_START = 'trap:1.3.6.1.6.3.1.1.5.1';
const FAILURE = 'trap:1.3.6.1.6.3.1.1.5.5';
const LINK = 'trap:1.3.6.1.6.3.1.1.5.3/7';

it('ends alarms of events when they have not come again for an hour, keeps those of states, and forgets old ones', async () => {
  const device = await world.device();
  const alarm = (source: string, seconds: number, status = 'open') =>
    query(
      database.ownerUrl,
      `INSERT INTO alarms (device_id, source, severity, message, status, raised_at, seen_at, cleared_at)
       SELECT ${device}, '${source}', 'warning', 'Made', '${status}', t, t, CASE WHEN '${status}' = 'cleared' THEN t END
         FROM (SELECT now() - make_interval(secs => ${seconds}) AS t) x`,
    );
  const kept = CLEARED_KEPT_DAYS * 86_400;
  await alarm(COLD_START, EVENT_FADES_SECONDS + 60, 'acknowledged');
  await alarm(FAILURE, EVENT_FADES_SECONDS - 60);
  await alarm(LINK, 10 * EVENT_FADES_SECONDS);
  await alarm('reachability', 10 * EVENT_FADES_SECONDS);
  await alarm('threshold:1', kept - 3_600, 'cleared');
  await alarm('threshold:2', kept + 3_600, 'cleared');
  await alarm(FAILURE, kept + 3_600, 'cleared');
  await new TendAlarmsSchedule(world.get(UnitOfWork), world.get(AlarmRepository)).run();
  const left = await query<{ source: string; status: string }>(
    database.ownerUrl,
    'SELECT source, status FROM alarms ORDER BY source, status',
  );
  expect(left).toEqual([
    { source: 'reachability', status: 'open' },
    { source: 'threshold:1', status: 'cleared' },
    { source: COLD_START, status: 'cleared' },
    { source: LINK, status: 'open' },
    { source: FAILURE, status: 'open' },
  ]);
});
