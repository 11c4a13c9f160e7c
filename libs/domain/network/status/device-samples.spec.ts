import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DevicesProcess, devicesProcess } from '../../../../test/support/devices-world.js';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { ROOT } from '../../../../test/support/webhooks-world.js';
import { DeviceSamples, type SampleResolution } from './device-samples.queries.js';

let database: TestDatabase;
let world: DevicesProcess;
let device: number;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await devicesProcess(database.appUrl);
  device = await world.device();
  // A sample a minute for two hours, offline for the last half hour of them; the second hour is warmer.
  await sql(`INSERT INTO device_samples (device_id, at, online, rx_power_dbm, temperature_celsius)
    SELECT ${device}, '2025-01-29T10:00:00Z'::timestamptz + n * interval '1 minute', n < 90, -19.4 - (n % 2) * 0.2, CASE WHEN n < 60 THEN 40 ELSE 50 END
      FROM generate_series(0, 119) n`);
}, 60_000);
afterAll(async () => {
  await world.close();
  await database.drop();
}, 30_000);

const sql = <R extends object>(text: string) => query<R>(database.ownerUrl, text);
const at = (time: string) => new Date(`2025-01-29T${time}Z`);
const list = (from: string, to: string, resolution: SampleResolution, page = { limit: 50, offset: 0 }) =>
  world.get(DeviceSamples).list(ROOT, device, { from: at(from), to: at(to), resolution }, page);

describe('what was seen of a device', () => {
  it('comes as it was taken, newest first, from the first instant until before the last', async () => {
    const { rows, total } = await list('10:00:00', '10:05:00', 'raw');
    expect([total, rows.map((row) => row.at.toISOString().slice(14, 16))]).toEqual([5, ['04', '03', '02', '01', '00']]);
    expect(rows[0]).toEqual({
      at: at('10:04:00'),
      samples: 1,
      online: 1,
      rxPowerDbm: { min: -19.4, average: -19.4, max: -19.4 },
      txPowerDbm: null,
      oltRxPowerDbm: null,
      temperatureCelsius: { min: 40, average: 40, max: 40 },
    });
  });

  it('comes together by the hour, by pages', async () => {
    const { rows, total } = await list('09:00:00', '13:00:00', '1h', { limit: 1, offset: 0 });
    expect([total, rows.length]).toEqual([2, 1]);
    expect(rows[0]).toMatchObject({
      at: at('11:00:00'),
      samples: 60,
      online: 0.5,
      rxPowerDbm: { min: -19.6, average: -19.5, max: -19.4 },
      temperatureCelsius: { min: 50, average: 50, max: 50 },
    });
    const second = await list('09:00:00', '13:00:00', '1h', { limit: 1, offset: 1 });
    expect(second.rows[0]).toMatchObject({ at: at('10:00:00'), online: 1 });
    expect((await list('10:00:00', '12:00:00', '5m')).total).toBe(24);
    expect((await list('00:00:00', '23:00:00', '1d')).rows).toMatchObject([{ at: at('00:00:00'), samples: 120 }]);
  });

  it('is that of the last day when nothing is said, and of a device that is there', async () => {
    await sql(
      `INSERT INTO device_samples (device_id, at, online) VALUES (${device}, now() - interval '23 hours', true), (${device}, now() - interval '25 hours', true)`,
    );
    const samples = world.get(DeviceSamples);
    const page = { limit: 10, offset: 0 };
    expect((await samples.list(ROOT, device, { resolution: 'raw' }, page)).total).toBe(1);
    await expect(samples.list(ROOT, 999_999, { resolution: 'raw' }, page)).rejects.toMatchObject({
      code: 'network.device.not_found',
    });
  });
});
