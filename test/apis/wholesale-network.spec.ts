import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';

const RIPPLE = 4;
const SAVANNA = 5;
const MISSING = '00000000-0000-4000-8000-000000000000';
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const SCOPES = ['service.read', 'usage.read', 'credential.reveal'] as const;
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let ripple: string;
let savanna: string;
let guid: string;
let id: number;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  made = factory(world);
  [ripple, savanna] = [await world.keyOf(RIPPLE, SCOPES), await world.keyOf(SAVANNA, SCOPES)];
  id = await made.subscribed(Number(await made.make.service(RIPPLE)));
  await made.withDevice(id);
  const [row] = await made.sql<{ guid: string }>(`SELECT upper(guid::text) AS guid FROM services WHERE id = ${id}`);
  guid = row?.guid ?? '';
}, 120_000);
afterAll(() => world.close());

const get = (what: string, key: string | undefined = ripple, service = guid) =>
  world.ask(`/wholesale/services/${service}/${what}`, { key });
const DEVICE_FIELDS = [
  'network pop serial_number gpon_status cpe model last_updated service pop_name alerts alarms populated_ports olt_port',
  'distance rx_status rx_power sfp_status sfp_power sfp_rx_status sfp_rx_power tx_power tx_status switch sfp_sync_speed',
  'switch_port',
]
  .join(' ')
  .split(' ');

describe('the device of a service', () => {
  it('was never seen until somebody asked it', async () => {
    const answer = await get('device/status');
    expect(answer.status).toBe(200);
    const status = answer.json<Record<string, unknown>>();
    expect(Object.keys(status)).toEqual(DEVICE_FIELDS);
    expect(status).toMatchObject({ service: guid, last_updated: null, rx_power: null, rx_status: null, alarms: [] });
  });

  it('is asked now, and what it said is what is known from then on', async () => {
    const live = await get('device/status/live');
    expect(live.status).toBe(200);
    const status = live.json<Record<string, unknown>>();
    expect(Object.keys(status)).toEqual(DEVICE_FIELDS);
    expect(status).toMatchObject({
      gpon_status: 'operational',
      rx_power: expect.any(Number),
      tx_power: expect.any(Number),
      rx_status: 'ok',
      sfp_rx_power: expect.any(Number),
      distance: expect.any(Number),
      populated_ports: expect.stringMatching(/^\d of 4$/),
      last_updated: ISO,
    });
    expect((await get('device/status')).json()).toEqual(status);
  });

  it('is asked every 5 seconds at most', async () => {
    const answer = await get('device/status/live');
    expect([answer.status, Number(answer.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(answer.json()).toEqual({ code: 429, errors: [expect.any(String)] });
  });

  it('says by its open alarms how good the light is', async () => {
    const alarm = (metric: string, severity: string) =>
      made.sql(`INSERT INTO alarms (device_id, source, metric, severity, message)
        SELECT id, 'spec:${metric}:${severity}', '${metric}', '${severity}', '${metric} is ${severity}' FROM devices WHERE service_id = ${id}`);
    await alarm('rxPowerDbm', 'critical');
    await alarm('rxPowerDbm', 'warning');
    await alarm('txPowerDbm', 'warning');
    expect((await get('device/status')).json()).toMatchObject({
      rx_status: 'critical',
      tx_status: 'warning',
      alerts: ['rxPowerDbm is warning', 'txPowerDbm is warning'],
      alarms: ['rxPowerDbm is critical'],
    });
    await made.sql(`UPDATE alarms SET status = 'cleared', cleared_at = now() WHERE source LIKE 'spec:%'`);
    expect((await get('device/status')).json()).toMatchObject({ rx_status: 'ok', alerts: [], alarms: [] });
  });

  it('that is silent is a 504 within 15 seconds, in this API’s words', async () => {
    await made.sql(`UPDATE devices SET settings = '{"agent_fault": "silence"}' WHERE service_id = ${id}`);
    await made.sql('UPDATE device_status SET asked_live_at = NULL');
    const start = monotonicMs();
    const answer = await get('device/status/live');
    expect([answer.status, answer.json()]).toEqual([
      504,
      { code: 504, errors: ['The device did not answer in time.'] },
    ]);
    expect(monotonicMs() - start).toBeLessThan(16_000);
    expect((await get('device/status')).json()).toMatchObject({ last_updated: ISO, rx_power: expect.any(Number) });
  }, 30_000);
});

describe('RADIUS of a service', () => {
  const note = (status: string, session: string, at: number, up: number, down: number) => {
    const octets = [up, down, up / 10, down / 10].flatMap((n) => ['0', String(n)]);
    const klass = `0x${Buffer.from(`svc:${id}`).toString('hex')}`;
    const fields = [status, session, session, `${id}@spec`, klass, '127.0.0.1', '', '', '', '', '100.64.9.9', '', ''];
    const values = [...fields, String(at), String(at + 1), '', '60', ...octets, ''].map((text) => `'${text}'`);
    return made.sql(`SELECT radius.account(${values.join(', ')})`);
  };

  it('shows log-in, attempts and sessions, every field of the document', async () => {
    const now = Math.floor(Date.parse('2026-01-10T10:00:00Z') / 1000);
    await note('Start', 'aa01', now, 0, 0);
    await note('Interim-Update', 'aa01', now + 60, 1_000, 20_000);
    await made.sql(`INSERT INTO radius.radpostauth (username, reply, partner_id, customer_id, service_id)
      SELECT 'x', r, partner_id, customer_id, id FROM services, unnest(ARRAY['Access-Reject', 'Access-Accept']) r WHERE id = ${id}`);
    const answer = await get('radius/status');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const known = (await world.ask(`/v1/services/${id}/credentials`, { key: ripple })).json<Record<string, string>>();
    expect(answer.json()).toEqual({
      username: known['username'],
      password: known['password'],
      authentication_attempts: [
        { date: ISO, reply: 'Access-Accept' },
        { date: ISO, reply: 'Access-Reject' },
      ],
      accounting: [
        {
          session_id: 'aa01',
          username: `${id}@spec`,
          ipaddress: expect.anything(),
          acct_start_time: ISO,
          acct_stop_time: null,
          session_time: expect.any(Number),
          input_octets: 1_000,
          output_octets: 20_000,
          ipv6_input_octets: 100,
          ipv6_output_octets: 2_000,
          terminate_cause: null,
          update_time: ISO,
        },
      ],
    });
    expect(known['password']?.length).toBeGreaterThan(10);
  });

  it('is audited each time the password is shown, and refused to who may not see it', async () => {
    const shown = async () =>
      Number(
        (await made.sql<{ n: string }>(`SELECT count(*) AS n FROM audit_entries WHERE action = 'credential.reveal'`))[0]
          ?.n,
      );
    const before = await shown();
    await get('radius/status');
    expect(await shown()).toBe(before + 1);
    const reader = await world.keyOf(RIPPLE, ['service.read', 'session.read', 'usage.read']);
    expect((await get('radius/status', reader)).json()).toEqual({ code: 403, errors: ['Not Authorized'] });
    expect(await shown()).toBe(before + 1);
  });

  it('shows a service that was never on the network without a log-in', async () => {
    const fresh = await made.make.service(RIPPLE);
    const [row] = await made.sql<{ guid: string }>(`SELECT guid FROM services WHERE id = ${fresh}`);
    expect((await get('radius/status', ripple, row?.guid)).json()).toEqual({
      username: null,
      password: null,
      authentication_attempts: [],
      accounting: [],
    });
    expect((await get('device/status', ripple, row?.guid)).status).toBe(404);
  });

  it('shows usage day by day: IPv4, IPv6 and both', async () => {
    const answer = await get('radius/usage?from=2026-01-10&to=2026-01-11');
    const both = { bytes_downloaded: 18_000, i_pv6_bytes_downloaded: 2_000, total_bytes_downloaded: 20_000 };
    const up = { bytes_uploaded: 900, i_pv6_bytes_uploaded: 100, total_bytes_uploaded: 1_000 };
    const [day, after] = answer.json<Record<string, unknown>[]>();
    expect(day).toEqual({ date: '2026-01-10', ...both, ...up });
    expect(after).toMatchObject({ date: '2026-01-11', total_bytes_downloaded: 0 });
    expect((await get('radius/usage')).json<unknown[]>()).toHaveLength(30);
  });

  it.each(['from=x', 'from=2026-02-30', 'to=2026-01-01&from=2026-02-01', 'from=1990-01-01', 'day=1'])(
    'refuses usage?%s in this API’s words',
    async (query) => {
      const answer = await get(`radius/usage?${query}`);
      expect([answer.status, answer.json()]).toEqual([400, expect.objectContaining({ code: 400 })]);
    },
  );
});

describe('somebody else’s service', () => {
  it.each(['device/status', 'device/status/live', 'radius/status', 'radius/usage'])('has no %s', async (what) => {
    const [foreign, missing, noGuid] = [
      await get(what, savanna),
      await get(what, savanna, MISSING),
      await get(what, savanna, '12'),
    ];
    expect(foreign.text).toBe(missing.text);
    expect([foreign.status, missing.status, noGuid.status]).toEqual([404, 404, 404]);
    expect(foreign.json()).toEqual({ code: 404, errors: ['not found'] });
    expect((await get(what, ripple, guid.toLowerCase())).status).not.toBe(404);
  });
});
