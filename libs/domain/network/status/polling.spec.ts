import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type DevicesProcess, devicesProcess } from '../../../../test/support/devices-world.js';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { eventually, ROOT } from '../../../../test/support/webhooks-world.js';
import { ChangeDevice } from '../devices/change-device.usecase.js';
import { SetDeviceCredentials } from '../devices/set-device-credentials.usecase.js';
import { SimulatedStatus } from '../drivers/snmp/simulated-status.adapter.js';
import { DeviceStatusQueries } from './device-status.queries.js';
import { RecordReadings } from './record-readings.usecase.js';

let database: TestDatabase;
let world: DevicesProcess;
let other: DevicesProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  [world, other] = await Promise.all([devicesProcess(database.appUrl), devicesProcess(database.appUrl)]);
}, 120_000);
afterAll(async () => {
  await Promise.all([world.close(), other.close()]);
  await database.drop();
}, 30_000);
// What one test made is not due in the next.
afterEach(() => sql('UPDATE device_status SET next_poll_at = NULL; DELETE FROM outbox'));

const sql = <R extends object>(text: string) => query<R>(database.superUrl, text);
const due = (ids: readonly number[]) =>
  sql(`UPDATE device_status SET next_poll_at = now(), asked_live_at = NULL WHERE device_id IN (${ids.join()})`);
const status = (id: number) => world.get(DeviceStatusQueries).get(ROOT, id);
const events = async () => (await sql<{ name: string }>('SELECT name FROM outbox ORDER BY id')).map(({ name }) => name);
const fault = (id: number, name: string | null) =>
  world.get(ChangeDevice).execute({ actor: ROOT, id, changes: { settings: name ? { agent_fault: name } : {} } });
const open = (id: number) =>
  sql<{ source: string; severity: string }>(
    `SELECT source, severity FROM alarms WHERE device_id = ${id} AND status <> 'cleared' ORDER BY source`,
  );
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code?: string }) => error.code,
  );

/** Lets questions to these devices wait for an answer until they are released. */
function hold(ids: readonly number[]) {
  const driver = world.get(SimulatedStatus);
  const read = driver.read.bind(driver);
  const asked: number[] = [];
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  driver.read = async (target, signal) => {
    if (ids.includes(target.device.id)) {
      asked.push(target.device.id);
      await released;
    }
    return read(target, signal);
  };
  const release = () => {
    driver.read = read;
    letGo();
  };
  return { asked, release };
}

async function poll(id: number): Promise<void> {
  await due([id]);
  await world.poll();
}

describe('the poller', () => {
  it('keeps what is answered while other answers are written', async () => {
    const ids: number[] = [];
    for (let n = 0; n < 51; n += 1) ids.push(await world.device());
    const last = ids.at(-1) as number;
    const held = hold([last]);
    const records = world.get(RecordReadings);
    const record = records.execute.bind(records);
    records.execute = async (results) => {
      records.execute = record;
      // The last of all answers now, and is there before these are written.
      held.release();
      await sleep(500);
      await record(results);
    };
    await due(ids);
    expect(await world.poll()).toBe(51);
    expect((await status(last)).reachability).toBe('up');
  });

  it('keeps the last state with its time, and a sample', async () => {
    const id = await world.device();
    expect((await status(id)).reading).toBeNull();
    expect(await world.poll()).toBe(1);
    const seen = await status(id);
    expect(seen).toMatchObject({ reachability: 'up', error: null, reading: { online: true } });
    expect(seen.readAt).toBeInstanceOf(Date);
    expect(await sql(`SELECT 1 FROM device_samples WHERE device_id = ${id}`)).toHaveLength(1);
    expect(await world.poll()).toBe(0);
    expect(await events()).toEqual([]);
  });

  it('asks each device once, however many workers share the work', async () => {
    const ids = await Promise.all(Array.from({ length: 60 }, () => world.device()));
    const asked = await Promise.all([world.poll(7), other.poll(7), world.poll(7)]);
    expect(asked.reduce((sum, one) => sum + one, 0)).toBe(60);
    expect(await sql(`SELECT 1 FROM device_samples WHERE device_id IN (${ids.join()})`)).toHaveLength(60);
  });

  it('declares a device down after three misses, and up after two answers, each told once', async () => {
    const id = await world.device({ pollIntervalSeconds: 300 });
    await world.poll();
    await fault(id, 'offline');
    for (const [misses, reachability] of [
      [1, 'up'],
      [2, 'up'],
      [3, 'down'],
      [4, 'down'],
    ] as const) {
      await poll(id);
      expect([misses, (await status(id)).reachability]).toEqual([misses, reachability]);
    }
    expect(await open(id)).toEqual([{ source: 'reachability', severity: 'critical' }]);
    await fault(id, null);
    await poll(id);
    expect((await status(id)).reachability).toBe('down');
    await poll(id);
    expect((await status(id)).reachability).toBe('up');
    expect(await events()).toEqual(['network.device.down.v1', 'network.device.up.v1']);
    expect(await open(id)).toEqual([]);
  });

  it('does not call a device down that flaps', async () => {
    const id = await world.device();
    await world.poll();
    for (const turn of [1, 2, 3, 4, 5]) {
      await fault(id, turn % 2 === 0 ? null : 'offline');
      await poll(id);
      await poll(id);
    }
    expect((await status(id)).reachability).toBe('up');
    expect(await events()).toEqual([]);
  });

  it('looks again soon after a miss, long before the next turn', async () => {
    const id = await world.device({ pollIntervalSeconds: 3_600 });
    await world.poll();
    await fault(id, 'offline');
    await poll(id);
    const [row] = await sql<{ seconds: number }>(
      `SELECT extract(epoch FROM next_poll_at - now())::float8 AS seconds FROM device_status WHERE device_id = ${id}`,
    );
    expect(row?.seconds).toBeLessThan(12);
  });

  it('does not let silent devices hold up those that answer', async () => {
    const silent = await Promise.all(Array.from({ length: 8 }, () => world.device()));
    const alive = await Promise.all(Array.from({ length: 40 }, () => world.device()));
    const held = hold(silent);
    const polling = world.poll(12);
    const answered = async (ids: readonly number[]) =>
      (await sql(`SELECT 1 FROM device_samples WHERE device_id IN (${ids.join()})`)).length;
    try {
      // A device is given up after 15 seconds.
      await eventually(async () => (await answered(alive)) === 40, 14_000);
      expect([...held.asked].sort()).toEqual([...silent].sort());
      expect(await answered(silent)).toBe(0);
    } finally {
      held.release();
    }
    expect(await polling).toBe(48);
  });

  it('says nothing of ONTs whose OLT is silent, and asks it only a few times', async () => {
    const olt = await world.device({
      kind: 'olt',
      statusDriver: null,
      address: '127.0.0.1',
      settings: { snmp: { port: 9 } },
    });
    const credentials = { snmp_community: 'nobody answers' };
    await world.get(SetDeviceCredentials).execute({ actor: ROOT, id: olt, credentials });
    const model = `(SELECT id FROM device_models WHERE name = 'Generic SNMP')`;
    const onts = await Promise.all(
      Array.from({ length: 12 }, (_, onuIndex) =>
        world.device({ statusDriver: 'snmp', oltId: olt, ponPort: '1.1', onuIndex }),
      ),
    );
    await sql(`UPDATE devices SET model_id = ${model} WHERE id IN (${onts.join()})`);
    await world.poll();
    const errors = await sql<{ error: string; n: number }>(
      `SELECT error, count(*)::int AS n FROM device_status WHERE device_id IN (${onts.join()}) GROUP BY 1 ORDER BY 1`,
    );
    expect(errors).toEqual([
      { error: 'network.device.silent', n: 8 },
      { error: 'network.device.unobservable', n: 4 },
    ]);
    const rows = await sql<{ reachability: string; misses: number }>(
      `SELECT DISTINCT reachability, misses FROM device_status WHERE device_id IN (${onts.join()})`,
    );
    expect(rows).toEqual([{ reachability: 'unknown', misses: 0 }]);
  });

  it('drops what a claim brings that was overtaken', async () => {
    const id = await world.device();
    const held = hold([id]);
    const polling = world.poll();
    try {
      await eventually(() => held.asked.length === 1);
      await sql(`UPDATE device_status SET claim = claim + 1 WHERE device_id = ${id}`);
    } finally {
      held.release();
    }
    expect(await polling).toBe(1);
    expect((await status(id)).reading).toBeNull();
  });
});

describe('live status', () => {
  const live = (id: number, by = world) => by.get(DeviceStatusQueries).liveOf(ROOT, id);

  it('asks now, once for all who ask at the same time, and refuses to ask again at once', async () => {
    const id = await world.device({ settings: { agent_fault: 'slow' } });
    const answers = await Promise.all([live(id), live(id), live(id)]);
    expect(answers.map(({ reachability }) => reachability)).toEqual(['up', 'up', 'up']);
    expect(await sql(`SELECT 1 FROM device_samples WHERE device_id = ${id}`)).toHaveLength(1);
    const refused = await live(id, other).catch((error: { code: string; retryAfterSeconds: number }) => error);
    expect(refused).toMatchObject({ code: 'network.device.asked_too_often', kind: 'rate_limited' });
    expect((refused as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(0);
  });

  it('says that a device is silent, and since when nothing is known', async () => {
    const id = await world.device();
    await world.poll();
    await fault(id, 'silence');
    const refused = await live(id).catch((error: object) => error);
    expect(refused).toMatchObject({ code: 'network.device.silent', kind: 'timeout' });
    expect((refused as { details: unknown }).details).toEqual([
      { field: 'last_updated', message: expect.stringMatching(/^20\d\d-.*Z$/) },
    ]);
    expect((await status(id)).reading).toMatchObject({ online: true });
  });

  it('does not ask a device that is not to be asked', async () => {
    const id = await world.device({ statusDriver: null });
    expect(await code(live(id))).toBe('network.device.not_asked');
    expect(await code(live(999_999))).toBe('network.device.not_found');
  });
});

describe('alarms by threshold', () => {
  it('are raised once a figure stays bad for the hold time, and cleared once it is good again', async () => {
    await sql('UPDATE alarm_thresholds SET hold_seconds = 3600');
    const id = await world.device();
    await world.poll();
    await fault(id, 'bad_optical');
    await poll(id);
    expect(await open(id)).toEqual([]);
    await sql(`UPDATE alarm_states SET pending_since = pending_since - interval '2 hours' WHERE device_id = ${id}`);
    await poll(id);
    await poll(id);
    expect(await open(id)).toMatchObject([{ severity: 'critical' }]);
    expect((await status(id)).criticals).toEqual([expect.stringMatching(/^rxPowerDbm -29.* is below -27$/)]);
    await sql('UPDATE alarm_thresholds SET hold_seconds = 0');
    await fault(id, null);
    await poll(id);
    expect(await open(id)).toEqual([]);
    const [row] = await sql<{ raised: number }>(`SELECT count(*)::int AS raised FROM alarms WHERE device_id = ${id}`);
    expect(row?.raised).toBe(1);
  });
});
