import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { until } from '../support/until.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

let world: ApiWorld;
let worker: RunningProgram;
let key: string;

beforeAll(async () => {
  world = await apiWorld();
  worker = await workerBeside(world);
  key = await world.keyOf(1, ['device.read', 'device.manage'], 'all');
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
}, 60_000);

interface Alarm {
  readonly id: number;
  readonly source: string;
  readonly severity: string;
  readonly status: string;
  readonly message: string;
  readonly note: string | null;
  readonly acknowledged_by: string | null;
  readonly cleared_at: string | null;
}

interface Status {
  readonly reachability: string;
  readonly reading: Readonly<Record<string, unknown>> | null;
  readonly last_updated: string | null;
  readonly pop: string | null;
}

async function send<T>(method: string, path: string, body?: unknown, expected = 200, headers = {}): Promise<T> {
  const answer = await world.ask(`/v1/network/${path}`, { method, key, headers, ...(body ? { body } : {}) });
  expect([method, path, answer.status, answer.status === expected ? '' : answer.text]).toEqual([
    method,
    path,
    expected,
    '',
  ]);
  return answer.text === '' ? (undefined as T) : answer.json<T>();
}
const get = <T>(path: string) => send<T>('GET', path);
const make = async (path: string, body: unknown) => (await send<{ id: number }>('POST', path, body, 201)).id;
const behave = (id: number, settings: object) => send('PATCH', `devices/${id}`, { settings });
const status = (id: number) => get<Status>(`devices/${id}/status`);
const alarms = async (id: number, which = '') =>
  (await get<{ alarms: Alarm[] }>(`alarms?device_id=${id}${which}`)).alarms;

/** The worker asks the device now, instead of at its next turn. */
const askNow = (id: number) =>
  world.sql(`UPDATE device_status SET next_poll_at = now() WHERE device_id = ${id} AND next_poll_at > now();
             UPDATE schedules SET next_run_at = now() WHERE name = 'network.poll' AND next_run_at > now()`);
const asked = <T>(id: number, what: string, probe: () => Promise<T | undefined | null | false>) =>
  until(what, async () => {
    await askNow(id);
    return probe();
  });

async function ont(name: string, more: object = {}): Promise<number> {
  const facts = { name, kind: 'ont', status_driver: 'simulated', serial_number: name.toUpperCase() };
  return make('devices', { ...facts, poll_interval_seconds: 3_600, ...more });
}

describe('a device from its first day to its last', () => {
  it('hangs in the topology, is seen, changed under a version, and retired when nothing depends on it', async () => {
    const node = await make('nodes', { code: 'POP-SPEC', name: 'Spec', kind: 'pop' });
    const credentials = { snmp_community: 'the community of the story' };
    const olt = await make('devices', { name: 'olt-spec', kind: 'olt', node_id: node, credentials });
    const id = await ont('ont-spec', { node_id: node, parent_id: olt });
    const seen = await asked(id, 'a reading', async () => {
      const now = await status(id);
      return now.reading && now;
    });
    expect(seen).toMatchObject({ reachability: 'up', pop: 'POP-SPEC', reading: { online: true } });
    expect(seen.reading?.['rx_power_dbm']).toBeLessThan(0);
    const live = await get<Status>(`devices/${id}/status/live`);
    expect(live.last_updated && live.last_updated >= (seen.last_updated ?? '')).toBe(true);
    const again = await world.ask(`/v1/network/devices/${id}/status/live`, { key });
    expect([again.status, Number(again.headers.get('retry-after')) > 0]).toEqual([429, true]);

    const { devices } = await get<{ devices: { id: number; children: { id: number }[] }[] }>('topology?onts=true');
    expect(devices.find((one) => one.id === olt)?.children.map((one) => one.id)).toEqual([id]);
    const listed = await get<{ devices: { id: number; has_credentials: boolean }[] }>(`devices?node_id=${node}`);
    expect(listed.devices.map((one) => [one.id, one.has_credentials]).sort()).toEqual([
      [olt, true],
      [id, false],
    ]);
    expect(JSON.stringify(listed)).not.toContain(credentials.snmp_community);

    const { headers } = await world.ask(`/v1/network/devices/${id}`, { key });
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    await send('PATCH', `devices/${id}`, { firmware: '7.2.1' }, 200, ifMatch);
    await send('PATCH', `devices/${id}`, { firmware: '7.2.2' }, 412, ifMatch);
    await send('PATCH', `devices/${olt}`, { parent_id: id }, 422);
    await send('POST', `devices/${olt}/retire`, undefined, 409);
    await send('POST', `devices/${id}/retire`);
    await send('POST', `devices/${olt}/retire`);
    await send('PATCH', `devices/${id}`, { firmware: '8' }, 409);
    expect((await get<{ devices: unknown[] }>(`devices?node_id=${node}&status=active`)).devices).toEqual([]);
    const changes = await world.sql<{ action: string }>(
      `SELECT action FROM audit_entries WHERE subject_type = 'device' AND subject_id = '${id}' ORDER BY seq`,
    );
    expect(changes.map(({ action }) => action)).toEqual(['device.create', 'device.update', 'device.retire']);
  }, 120_000);
});

describe('an alarm', () => {
  it('is raised by a threshold, taken note of, not raised again meanwhile, and cleared with its cause', async () => {
    const model = await make('device-models', { name: 'Spec ONT', kind: 'ont', vendor: 'Spec' });
    const levels = { metric: 'rx_power_dbm', model_id: model, direction: 'below', warning: -27, critical: -28 };
    const threshold = await make('alarm-thresholds', levels);
    await send('POST', 'alarm-thresholds', levels, 409);
    await send('POST', 'alarm-thresholds', { ...levels, critical: -20 }, 400);
    const id = await ont('ont-dim', { model_id: model });
    await asked(id, 'a first reading', async () => (await status(id)).reading);
    expect(await alarms(id)).toEqual([]);
    await behave(id, { agent_fault: 'bad_optical' });
    const [raised] = await asked(id, 'an alarm', async () => {
      const found = await alarms(id, '&status=open');
      return found.length > 0 && found;
    });
    expect(raised).toMatchObject({ source: `threshold:${threshold}`, severity: 'critical', acknowledged_by: null });
    expect(raised?.message).toMatch(/^rxPowerDbm -29.* is below -28$/);
    const path = `alarms/${raised?.id}/acknowledge`;
    const noted = await send<Alarm>('POST', path, { note: 'Splice team is on its way' });
    expect(noted).toMatchObject({ status: 'acknowledged', note: 'Splice team is on its way' });
    expect(noted.acknowledged_by).not.toBeNull();
    await send('POST', path, {}, 409);
    const before = (await status(id)).last_updated ?? '';
    await asked(id, 'another look', async () => ((await status(id)).last_updated ?? '') > before);
    expect((await alarms(id)).map((alarm) => [alarm.id, alarm.status])).toEqual([[raised?.id, 'acknowledged']]);
    await behave(id, {});
    const cleared = await asked(id, 'cleared', async () => {
      const [alarm] = await alarms(id);
      return alarm?.status === 'cleared' && alarm;
    });
    expect(cleared).toMatchObject({ id: raised?.id, cleared_at: expect.any(String) });
    await send('DELETE', `alarm-thresholds/${threshold}`, undefined, 204);
    await send('DELETE', `alarm-thresholds/${threshold}`, undefined, 404);
  }, 120_000);

  it('tells of a device that is down, and its owner of both ends of it', async () => {
    const id = await ont('ont-dark');
    await asked(id, 'up', async () => (await status(id)).reachability === 'up');
    await behave(id, { agent_fault: 'offline' });
    await asked(id, 'down', async () => (await status(id)).reachability === 'down');
    expect(await alarms(id, '&severity=critical&status=open')).toMatchObject([{ source: 'reachability' }]);
    expect(
      (await get<{ devices: { id: number }[] }>('devices?reachability=down')).devices.map((one) => one.id),
    ).toEqual([id]);
    await behave(id, {});
    await asked(id, 'up again', async () => (await status(id)).reachability === 'up');
    expect(await alarms(id, '&status=open')).toEqual([]);
    const told = await world.sql<{ name: string }>(
      `SELECT name FROM outbox WHERE name LIKE 'network.device.%' AND (payload->>'device_id')::integer = ${id} ORDER BY id`,
    );
    expect(told.map(({ name }) => name)).toEqual(['network.device.down.v1', 'network.device.up.v1']);
  }, 120_000);
});
