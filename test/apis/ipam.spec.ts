import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS, systemActor } from '@isp/contracts';
import { AddressPool, PrepareSubscriber } from '@isp/domain/network';
import { UnitOfWork } from '@isp/platform/database';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { device, services } from '../support/network-fixtures.js';

const ACTOR = systemActor('spec');
let world: ApiWorld;
let key: string;

beforeAll(async () => {
  world = await apiWorld();
  world.database.exempt('a subscriber has the address that its service holds', 'addresses are held without a network');
  key = await world.keyOf(1, PERMISSIONS, 'all');
  await world.sql(
    `INSERT INTO bandwidth_profiles (name, download_kbps, upload_kbps) VALUES ('spec-100', 100000, 50000)`,
  );
}, 120_000);
afterAll(() => world.close());

type Row = Record<string, unknown> & { id: number };
const network = (path: string) => `/v1/network/${path}`;
async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await world.ask(network(path), { method, key, headers, ...(body === undefined ? {} : { body }) });
  const json = answer.text === '' ? undefined : answer.json<Row & { error?: { code: string; message: string } }>();
  return { status: answer.status, headers: answer.headers, body: json, code: json?.error?.code };
}
async function made(path: string, body: unknown): Promise<Row> {
  const answer = await call('POST', path, body);
  expect([path, answer.status, answer.code]).toEqual([path, 201, undefined]);
  return answer.body as Row;
}
const refusal = async (...args: Parameters<typeof call>) => {
  const { status, code } = await call(...args);
  return [status, code];
};
const list = async (path: string, name: string) =>
  ((await call('GET', path)).body as unknown as Record<string, Row[]>)[name] ?? [];

const inTransaction = <T>(work: () => Promise<T>) => world.program.app.get(UnitOfWork).run(ACTOR, work);
const addresses = () => world.program.app.get(AddressPool, { strict: false });
const assign = (serviceId: number, routerId: number, wanted?: string) =>
  inTransaction(() => addresses().assign(serviceId, routerId, wanted));
const release = (serviceId: number) => inTransaction(() => addresses().release(serviceId));
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

/** A router with a prefix and an IPv4 pool over all of it. */
async function pooled(prefix: string, more: Record<string, unknown> = {}) {
  const deviceId = await device(world);
  const { id: prefixId } = await made('prefixes', { prefix, role: 'assignment', device_id: deviceId });
  const pool = await made('pools', { prefix_id: prefixId, name: prefix, kind: 'ipv4', ...more });
  return { deviceId, prefixId, poolId: pool.id };
}
const utilisation = async (poolId: number) => (await call('GET', `pools/${poolId}`)).body?.['utilisation'];

describe('prefixes', () => {
  it('may overlap where one is a container of the other, and nowhere else', async () => {
    const outer = await made('prefixes', { prefix: '10.20.0.0/16', role: 'container' });
    const inner = await made('prefixes', { prefix: '10.20.64.0/18', role: 'container' });
    const leaf = await made('prefixes', { prefix: '10.20.65.0/24', role: 'assignment' });
    expect([inner['parent_id'], leaf['parent_id']]).toEqual([outer.id, inner.id]);
    const overlaps = [409, 'PREFIX_OVERLAPS'];
    for (const [prefix, role] of [
      ['10.20.0.0/16', 'container'],
      ['10.20.0.0/15', 'container'],
      ['10.20.65.128/25', 'assignment'],
      ['10.20.65.0/24', 'assignment'],
      ['10.20.64.0/19', 'container'],
      ['0.0.0.0/0', 'container'],
    ])
      expect([prefix, ...(await refusal('POST', 'prefixes', { prefix, role }))]).toEqual([prefix, ...overlaps]);
    expect(
      await refusal('POST', 'prefixes', { prefix: '10.20.66.0/24', role: 'assignment', parent_id: leaf.id }),
    ).toEqual([422, 'PREFIX_PARENT_UNFIT']);
    const within = await list('prefixes?within=10.20.64.0/18', 'prefixes');
    expect(within.map((row) => row['prefix'])).toEqual(['10.20.64.0/18', '10.20.65.0/24']);
    expect(await refusal('DELETE', `prefixes/${inner.id}`)).toEqual([409, 'PREFIX_HAS_CHILDREN']);
    expect(await refusal('DELETE', `prefixes/${leaf.id}`)).toEqual([204, undefined]);
    expect(await refusal('DELETE', `prefixes/${inner.id}`)).toEqual([204, undefined]);
  });

  it('may be the same in another VRF', async () => {
    await made('prefixes', { prefix: '10.21.0.0/16', role: 'assignment' });
    const vrf = await made('vrfs', { name: 'vpn', route_distinguisher: '65000:1' });
    expect(await refusal('POST', 'vrfs', { name: 'vpn' })).toEqual([409, 'VRF_NAME_TAKEN']);
    expect(await refusal('POST', 'vrfs', { name: 'other', route_distinguisher: '65000:1' })).toEqual([
      409,
      'VRF_DISTINGUISHER_TAKEN',
    ]);
    const same = await made('prefixes', { vrf_id: vrf.id, prefix: '10.21.0.0/16', role: 'assignment' });
    expect(await refusal('DELETE', `vrfs/${vrf.id}`)).toEqual([409, 'VRF_IN_USE']);
    expect(await refusal('DELETE', 'vrfs/1')).toEqual([409, 'VRF_IS_DEFAULT']);
    expect(await refusal('DELETE', `prefixes/${same.id}`)).toEqual([204, undefined]);
    expect(await refusal('DELETE', `vrfs/${vrf.id}`)).toEqual([204, undefined]);
  });

  it('are refused in every form that somebody could read differently', async () => {
    for (const prefix of ['10.22.0.1/16', '012.0.0.0/8', '0x0a.0.0.0/8', '10.22/16', '10.22.0.0', 'fe80::%1/64'])
      expect([prefix, ...(await refusal('POST', 'prefixes', { prefix, role: 'container' }))]).toEqual([
        prefix,
        400,
        'VALIDATION_ERROR',
      ]);
    expect(await refusal('GET', 'addresses/010.0.0.1')).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('change only for those who saw the latest', async () => {
    const prefix = await made('prefixes', { prefix: '10.23.0.0/16', role: 'container' });
    const change = (etag: string) =>
      refusal('PATCH', `prefixes/${prefix.id}`, { description: etag }, { 'if-match': etag });
    expect(await change('"1"')).toEqual([200, undefined]);
    expect(await change('"1"')).toEqual([412, 'PRECONDITION_FAILED']);
  });
});

describe('pools', () => {
  it('count what is used, reserved, in quarantine and free, and go only when nothing is left in them', async () => {
    const { deviceId, poolId, prefixId } = await pooled('10.30.0.0/28', {
      reserved_ranges: [{ first: '10.30.0.2', last: '10.30.0.4' }],
    });
    const [one = 0, two = 0] = await services(world, 2);
    expect((await assign(one, deviceId)).address).toBe('10.30.0.5');
    await assign(two, deviceId);
    await release(two);
    expect(await utilisation(poolId)).toEqual({ total: 13, used: 1, quarantined: 1, reserved: 3, free: 8 });
    const states = async (state: string) =>
      (await list(`pools/${poolId}/addresses?state=${state}&per_page=100`, 'addresses')).map((row) => row['address']);
    expect([await states('assigned'), await states('quarantined')]).toEqual([['10.30.0.5'], ['10.30.0.6']]);
    expect([(await states('reserved')).length, (await states('free')).length]).toEqual([3, 8]);
    expect(await refusal('DELETE', `prefixes/${prefixId}`)).toEqual([409, 'PREFIX_HAS_POOLS']);
    expect(await refusal('PATCH', `prefixes/${prefixId}`, { device_id: await device(world) })).toEqual([
      409,
      'PREFIX_HAS_POOLS',
    ]);
    await release(one);
    const { code: why, body } = await call('DELETE', `pools/${poolId}`);
    expect([why, body?.error?.message]).toEqual(['POOL_IN_USE', expect.stringContaining('2 in quarantine')]);
    await world.sql(`UPDATE ip_addresses SET free_from = now() WHERE pool_id = ${poolId} AND free_from > now()`);
    expect(await refusal('DELETE', `pools/${poolId}`)).toEqual([204, undefined]);
    expect(await refusal('DELETE', `prefixes/${prefixId}`)).toEqual([204, undefined]);
  });

  it('give nothing away while they are paused or once they are retired', async () => {
    const { deviceId, poolId } = await pooled('10.31.0.0/28');
    const [one = 0] = await services(world, 1);
    await call('PATCH', `pools/${poolId}`, { status: 'paused' });
    expect(await code(assign(one, deviceId))).toBe('network.pool.exhausted');
    await call('PATCH', `pools/${poolId}`, {
      status: 'active',
      reserved_ranges: [{ first: '10.31.0.2', last: '10.31.0.12' }],
    });
    expect((await assign(one, deviceId)).address).toBe('10.31.0.13');
    expect(await refusal('POST', `pools/${poolId}/retire`)).toEqual([200, undefined]);
    expect(await refusal('PATCH', `pools/${poolId}`, { status: 'active' })).toEqual([409, 'POOL_RETIRED']);
    expect((await assign(one, deviceId)).address).toBe('10.31.0.13');
  });

  it('refuse what does not fit their prefix', async () => {
    const { prefixId } = await pooled('10.32.0.0/24');
    const bare = await made('prefixes', { prefix: '10.33.0.0/24', role: 'assignment' });
    const make = (values: object) =>
      refusal('POST', 'pools', { prefix_id: prefixId, name: 'x', kind: 'ipv4', ...values });
    expect(await make({})).toEqual([409, 'PREFIX_OVERLAPS']);
    expect(await make({ prefix: '10.34.0.0/24' })).toEqual([422, 'POOL_UNFIT']);
    expect(await make({ kind: 'delegated' })).toEqual([422, 'POOL_UNFIT']);
    expect(await make({ prefix_id: bare.id })).toEqual([422, 'POOL_NO_ROUTER']);
    expect(await make({ prefix_id: 999_999 })).toEqual([422, 'PREFIX_UNKNOWN']);
    expect(
      await make({ reserved_ranges: [{ first: '10.99.0.1', last: '10.99.0.2' }], prefix: '10.32.0.0/25' }),
    ).toEqual([409, 'PREFIX_OVERLAPS']);
    const { poolId } = await pooled('10.35.0.0/24');
    for (const [first, last] of [
      ['10.35.0.9', '10.35.0.2'],
      ['10.36.0.1', '10.36.0.2'],
    ])
      expect(await refusal('PATCH', `pools/${poolId}`, { reserved_ranges: [{ first, last }] })).toEqual([
        422,
        'POOL_RANGE_UNFIT',
      ]);
  });
});

describe('an address', () => {
  it('is a host of the router’s prefix, with that prefix’s length', async () => {
    const { deviceId } = await pooled('10.40.0.0/24');
    const [one = 0, two = 0] = await services(world, 2);
    const wrong = {
      '10.40.0.9/25': 'wrong_length',
      '10.41.0.9/24': 'not_routed',
      '10.40.0.255/24': 'not_pooled',
      '10.40.0.9': 'malformed',
      '10.40.0.09/24': 'malformed',
    };
    for (const [wanted, why] of Object.entries(wrong))
      expect([wanted, await code(assign(one, deviceId, wanted))]).toEqual([wanted, `network.address.${why}`]);
    expect(await assign(one, deviceId, '10.40.0.9/24')).toEqual({ address: '10.40.0.9', prefixLength: 24, vrfId: 1 });
    expect(await code(assign(two, deviceId, '10.40.0.9/24'))).toBe('network.address.taken');
    expect((await assign(one, deviceId, '10.40.0.10/24')).address).toBe('10.40.0.10');
    expect((await assign(one, deviceId)).address).toBe('10.40.0.10');
    const provision = (ip: string) =>
      world.ask(`/v1/services/${two}/provision`, {
        method: 'POST',
        key,
        body: { provisioning_data: { router_id: deviceId, ip_assignment: ip } },
      });
    const answer = await provision('10.40.0.12/16');
    expect([answer.status, answer.json<{ error: { code: string } }>().error.code]).toEqual([
      422,
      'ADDRESS_WRONG_LENGTH',
    ]);
  });

  it('goes, once released, to nobody but its last holder for a day', async () => {
    const { deviceId } = await pooled('10.42.0.0/29');
    const [one = 0, two = 0, ...others] = await services(world, 7);
    const { address } = await assign(one, deviceId);
    await release(one);
    expect(await code(assign(two, deviceId, `${address}/29`))).toBe('network.address.taken');
    for (const id of others.slice(0, 4)) expect((await assign(id, deviceId)).address).not.toBe(address);
    expect(await code(assign(two, deviceId))).toBe('network.pool.exhausted');
    expect((await assign(one, deviceId)).address).toBe(address);
    await release(one);
    await world.sql(`UPDATE ip_addresses SET free_from = now() WHERE address = '${address}'`);
    expect((await assign(two, deviceId)).address).toBe(address);
  });

  it('that is reserved waits for its service, in use or not', async () => {
    const { deviceId, poolId } = await pooled('10.43.0.0/29');
    const [one = 0, two = 0, three = 0] = await services(world, 3);
    const [other = 0] = await services(world, 1);
    const reservation = await made('reservations', { address: '10.43.0.4', service_id: two, note: 'Mail' });
    expect(await refusal('POST', 'reservations', { address: '10.43.0.4', service_id: one })).toEqual([
      409,
      'RESERVATION_EXISTS',
    ]);
    expect(await refusal('POST', 'reservations', { address: '10.44.0.4', service_id: one })).toEqual([
      422,
      'ADDRESS_NOT_POOLED',
    ]);
    expect(await refusal('POST', 'reservations', { address: '10.43.0.5', service_id: 999_999 })).toEqual([
      422,
      'RESERVATION_HOLDER_UNKNOWN',
    ]);
    expect((await assign(one, deviceId)).address).toBe('10.43.0.2');
    expect(await refusal('POST', 'reservations', { address: '10.43.0.2', service_id: other })).toEqual([
      409,
      'RESERVATION_IN_USE',
    ]);
    expect(await code(assign(three, deviceId, '10.43.0.4/29'))).toBe('network.address.taken');
    expect((await assign(two, deviceId)).address).toBe('10.43.0.4');
    await release(two);
    expect((await call('GET', 'addresses/10.43.0.4')).body).toMatchObject({
      state: 'reserved',
      reservation_id: reservation.id,
      pool_id: poolId,
    });
    expect((await assign(two, deviceId)).address).toBe('10.43.0.4');
    expect(await refusal('DELETE', `reservations/${reservation.id}`)).toEqual([204, undefined]);
    expect(await list(`reservations?service_id=${two}`, 'reservations')).toEqual([]);
  });

  it('tells who had it at an instant', async () => {
    const { deviceId } = await pooled('10.45.0.0/30');
    const [one = 0, two = 0] = await services(world, 2);
    await assign(one, deviceId);
    await release(one);
    await world.sql(`
      UPDATE address_history SET during = '[2025-01-01T10:00:00Z,2025-01-01T11:00:00Z)' WHERE service_id = ${one};
      UPDATE ip_addresses SET free_from = '2025-01-02' WHERE address = '10.45.0.2'`);
    await assign(two, deviceId);
    await world.sql(`UPDATE ip_addresses SET assigned_at = '2025-01-03T00:00:00Z' WHERE address = '10.45.0.2'`);
    const at = async (instant: string) =>
      (await list(`addresses/10.45.0.2/history?at=${instant}`, 'holdings')).map((row) => row['service_id']);
    expect(await at('2025-01-01T09:59:59Z')).toEqual([]);
    expect(await at('2025-01-01T10:00:00Z')).toEqual([one]);
    expect(await at('2025-01-01T10:59:59Z')).toEqual([one]);
    expect(await at('2025-01-01T11:00:00Z')).toEqual([]);
    expect(await at('2025-01-03T00:00:00Z')).toEqual([two]);
    expect(await list('addresses/10.45.0.2/history', 'holdings')).toMatchObject([
      { service_id: two, from: '2025-01-03T00:00:00.000Z', to: null },
      { service_id: one, from: '2025-01-01T10:00:00.000Z', to: '2025-01-01T11:00:00.000Z', partner_id: 1 },
    ]);
  });
});

describe('a subscriber', () => {
  it('gets IPv6 and a VLAN id where its router has them, the same again, and gives all back', async () => {
    const { deviceId } = await pooled('10.50.0.0/24');
    const base = await made('prefixes', { prefix: '2001:db8:50::/44', role: 'assignment', device_id: deviceId });
    const pool = { prefix_id: base.id, name: 'v6' };
    await made('pools', { ...pool, kind: 'ipv6', prefix: '2001:db8:50::/48' });
    const delegated = await made('pools', { ...pool, name: 'pd', kind: 'delegated', prefix: '2001:db8:51::/48' });
    await made('vlans', { device_id: deviceId, port: 'ge-0/0/1', first: 100, last: 101 });
    const [serviceId = 0] = await services(world, 1);
    const [row] = await world.sql<{ customer_id: number; guid: string }>(
      `SELECT customer_id, guid FROM services WHERE id = ${serviceId}`,
    );
    const owner = { partnerId: 1, customerId: row?.customer_id ?? 0, serviceId, serviceGuid: row?.guid ?? '' };
    const prepare = () =>
      world.program.app
        .get(PrepareSubscriber, { strict: false })
        .execute({ actor: ACTOR, ...owner, downloadMbps: 100, uploadMbps: 50, routerId: deviceId });
    const subscriber = async () =>
      (
        await world.sql(
          `SELECT host(address) AS address, ipv6_prefix, delegated_prefix, vlan_id FROM subscribers WHERE service_id = ${serviceId}`,
        )
      )[0];
    expect((await prepare()).state.vlanId).toBe(100);
    const first = await subscriber();
    expect(first).toEqual({
      address: '10.50.0.2',
      ipv6_prefix: expect.stringMatching(/^2001:db8:50:.*\/64$/),
      delegated_prefix: expect.stringMatching(/^2001:db8:51:.*\/56$/),
      vlan_id: 100,
    });
    await prepare();
    expect(await subscriber()).toEqual(first);
    expect(await utilisation(delegated.id)).toEqual({ total: 256, used: 1, quarantined: 0, reserved: 0, free: 255 });
    const host = String((first as { delegated_prefix: string }).delegated_prefix).replace('::/56', '::42');
    expect((await call('GET', `addresses/${host}`)).body).toMatchObject({
      state: 'assigned',
      service_id: serviceId,
      pool_id: delegated.id,
    });
    await release(serviceId);
    expect(await subscriber()).toEqual({ address: null, ipv6_prefix: null, delegated_prefix: null, vlan_id: null });
    expect(await list(`addresses/${host}/history`, 'holdings')).toMatchObject([{ service_id: serviceId }]);
    expect((await list(`vlans?device_id=${deviceId}&state=free`, 'vlans')).map((vlan) => vlan['vlan_id'])).toEqual([
      100, 101,
    ]);
  });

  it('keeps a VLAN id from others, and a free one can be deleted', async () => {
    const deviceId = await device(world);
    await made('vlans', { device_id: deviceId, first: 200, last: 201 });
    expect(await refusal('POST', 'vlans', { device_id: deviceId, first: 201, last: 202 })).toEqual([
      409,
      'VLAN_EXISTS',
    ]);
    expect(await refusal('POST', 'vlans', { device_id: deviceId, first: 4000, last: 4095 })).toEqual([
      400,
      'VALIDATION_ERROR',
    ]);
    expect(await refusal('POST', 'vlans', { device_id: 999_999, first: 1, last: 2 })).toEqual([422, 'ROUTER_UNKNOWN']);
    const [first, second] = await list(`vlans?device_id=${deviceId}`, 'vlans');
    const [serviceId = 0] = await services(world, 1);
    await world.sql(`UPDATE vlans SET service_id = ${serviceId} WHERE id = ${first?.id ?? 0}`);
    expect(await refusal('DELETE', `vlans/${first?.id}`)).toEqual([409, 'VLAN_IN_USE']);
    expect(await refusal('DELETE', `vlans/${second?.id}`)).toEqual([204, undefined]);
  });
});
