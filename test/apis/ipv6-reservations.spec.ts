import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS, systemActor } from '@isp/contracts';
import { AddressPool, PrepareSubscriber, StaticAddresses } from '@isp/domain/network';
import { UnitOfWork } from '@isp/platform/database';
import { type UnitKind, UnitPool } from '../../libs/domain/network/ipam/unit-pool.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { device, pool, services } from '../support/network-fixtures.js';

const ACTOR = systemActor('spec');
let world: ApiWorld;
let key: string;

beforeAll(async () => {
  world = await apiWorld();
  key = await world.keyOf(1, PERMISSIONS, 'all');
}, 120_000);
afterAll(() => world.close());

type Row = Record<string, unknown> & { id: number; error?: { code: string } };
async function call(method: string, path: string, body?: unknown) {
  const answer = await world.ask(`/v1/network/${path}`, { method, key, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: answer.text === '' ? undefined : answer.json<Row>() };
}
const reserve = (address: string, service_id: number) => call('POST', 'reservations', { address, service_id });
const refusal = async (address: string, service_id: number) => {
  const { status, body } = await reserve(address, service_id);
  return [address, status, body?.error?.code];
};
const utilisation = async (poolId: number) => (await call('GET', `pools/${poolId}`)).body?.['utilisation'];

const use = <T>(type: abstract new (...args: never[]) => T): T =>
  world.program.app.get(type as never, { strict: false });
const inTransaction = <T>(work: () => Promise<T>) => use(UnitOfWork).run(ACTOR, work);
const take = (serviceId: number, routerId: number, kind: UnitKind) =>
  inTransaction(() => use(UnitPool).assign(serviceId, routerId, kind));
const release = (serviceId: number) => inTransaction(() => use(AddressPool).release(serviceId));

describe('an IPv6 prefix that is reserved', () => {
  it.each([
    ['ipv6', 64, '2001:db8:4a00::/56', '2001:db8:4a00:17::/64'],
    ['delegated', 56, '2001:db8:4b00::/48', '2001:db8:4b00:1700::/56'],
  ] as const)('waits for its service, in use or not (%s)', async (kind, unitLength, prefix, unit) => {
    const [one = 0, two = 0] = await services(world, 2);
    const { deviceId, poolId } = await pool(world, { prefix, kind, unitLength });
    const { body: reservation } = await reserve(unit, two);
    expect(reservation).toMatchObject({ address: unit, service_id: two });
    expect(await utilisation(poolId)).toEqual({ total: 256, used: 0, quarantined: 0, reserved: 1, free: 255 });
    const host = unit.split('/')[0] ?? '';
    expect((await call('GET', `addresses/${host}`)).body).toMatchObject({ state: 'reserved', service_id: null });
    expect(await refusal(unit, one)).toEqual([unit, 409, 'RESERVATION_EXISTS']);
    for (const other of [prefix.replace(/\d+$/, '60'), '2001:db8:4c00::/64'])
      expect(await refusal(other, one)).toEqual([other, 422, 'ADDRESS_NOT_POOLED']);
    expect(await refusal(host, one)).toEqual([host, 400, 'VALIDATION_ERROR']);
    expect(await take(two, deviceId, kind)).toBe(unit);
    const held = (await take(one, deviceId, kind)) ?? '';
    expect(await refusal(held, two)).toEqual([held, 409, 'RESERVATION_IN_USE']);
    const { body: own } = await reserve(held, one);
    await release(one);
    expect(await utilisation(poolId)).toEqual({ total: 256, used: 1, quarantined: 0, reserved: 1, free: 254 });
    expect(await take(one, deviceId, kind)).toBe(held);
    await release(two);
    for (const id of [reservation?.id, own?.id]) expect((await call('DELETE', `reservations/${id}`)).status).toBe(204);
    expect(await take(one, deviceId, kind)).toBe(held);
  });

  it('goes to nobody else, however few are left', async () => {
    const [mine = 0, late = 0, ...others] = await services(world, 5);
    const { deviceId } = await pool(world, { prefix: '2001:db8:4d00::/54', kind: 'delegated', unitLength: 56 });
    await reserve('2001:db8:4d00:200::/56', mine);
    const taken = [];
    for (const id of others) taken.push(await take(id, deviceId, 'delegated'));
    expect(taken.sort()).toEqual(['2001:db8:4d00:100::/56', '2001:db8:4d00:300::/56', '2001:db8:4d00::/56']);
    await expect(take(late, deviceId, 'delegated')).rejects.toMatchObject({ code: 'network.pool.exhausted' });
    expect(await take(mine, deviceId, 'delegated')).toBe('2001:db8:4d00:200::/56');
  });
});

describe('a service with a static address', () => {
  it('keeps its IPv6 prefixes with it, and gives up all of them together', async () => {
    const [serviceId = 0] = await services(world, 1);
    const deviceId = await device(world);
    await pool(world, { deviceId, prefix: '10.77.0.0/28' });
    await pool(world, { deviceId, prefix: '2001:db8:4e00::/56', kind: 'ipv6', unitLength: 64 });
    await pool(world, { deviceId, prefix: '2001:db8:4f00::/48', kind: 'delegated', unitLength: 56 });
    await world.sql(
      `INSERT INTO bandwidth_profiles (name, download_kbps, upload_kbps) VALUES ('static', 100000, 50000)`,
    );
    const [row] = await world.sql<{ customer: number; guid: string }>(
      `SELECT customer_id AS customer, guid FROM services WHERE id = ${serviceId}`,
    );
    const owner = {
      actor: ACTOR,
      partnerId: 1,
      customerId: row?.customer ?? 0,
      serviceId,
      serviceGuid: row?.guid ?? '',
    };
    const { state } = await use(PrepareSubscriber).execute({
      ...owner,
      routerId: deviceId,
      downloadMbps: 100,
      uploadMbps: 50,
    });
    const reserved = async () =>
      ((await call('GET', `reservations?service_id=${serviceId}`)).body?.['reservations'] as { address: string }[])
        .map(({ address }) => address)
        .sort();
    const keep = () => inTransaction(() => use(StaticAddresses).keep(ACTOR, serviceId));
    await keep();
    await keep();
    expect(await reserved()).toEqual([state.address, state.ipv6Prefix, state.delegatedPrefix].sort());
    await inTransaction(() => use(StaticAddresses).giveUp(ACTOR, serviceId));
    expect(await reserved()).toEqual([]);
  });
});
