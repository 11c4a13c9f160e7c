import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemActor } from '@isp/contracts';
import { AddressPool, CreateDevice, DeviceSlots, PoolQueries, PrefixRegister, VlanRanges } from '@isp/domain/network';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { UnitPool } from '../../libs/domain/network/ipam/unit-pool.js';
import { VlanPool } from '../../libs/domain/network/ipam/vlan-pool.js';
import { SubscriberRepository } from '../../libs/domain/network/subscribers/subscriber.repository.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { device, pool, services } from '../support/network-fixtures.js';
import { inParallel } from './support/http.js';

const ACTOR = systemActor('spec');
const CONNECTIONS = 24;
let world: ApiWorld;
let uow: UnitOfWork;

beforeAll(async () => {
  const settings = { ISP_DATABASE_POOL: String(CONNECTIONS), ISP_ADDRESS_QUARANTINE_HOURS: '0' };
  world = await apiWorld({ settings });
  uow = world.program.app.get(UnitOfWork);
  world.database.exempt(
    'a subscriber has the address that its service holds',
    'addresses and user names are assigned without any provisioning',
  );
}, 120_000);
afterAll(() => world.close());

const use = <T>(type: abstract new (...args: never[]) => T): T =>
  world.program.app.get(type as never, { strict: false });

/**
 * What came of each, in transactions of their own: the value, or the code of the refusal. Anything else fails; what a busy
 * machine had no connection for in time is asked again, as callers are told to.
 */
const outcomes = <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<(R | string)[]> =>
  inParallel(items, CONNECTIONS, async (item) => {
    for (;;) {
      const outcome = await uow
        .run(ACTOR, () => work(item))
        .catch((error: unknown) => {
          if (error instanceof DomainError) return error.code;
          throw error;
        });
      if (outcome !== 'platform.database.unavailable') return outcome;
    }
  });
const tally = (found: readonly unknown[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const one of found) counts[String(one)] = (counts[String(one)] ?? 0) + 1;
  return counts;
};
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

describe('addresses that many want at the same time', () => {
  it('C5: 400 allocations on 200 free addresses are 200 addresses and 200 refusals', async () => {
    const reserved = [{ first: '10.5.0.2', last: '10.5.0.54' }];
    const { deviceId, poolId } = await pool(world, { prefix: '10.5.0.0/24', reserved });
    const before = (await use(PoolQueries).get(ACTOR, poolId)).utilisation;
    expect(before).toEqual({ total: 253, used: 0, quarantined: 0, reserved: 53, free: 200 });
    const found = await outcomes(
      await services(world, 400),
      async (id) => (await use(AddressPool).assign(id, deviceId)).address,
    );
    const refused = found.filter((one) => one === 'network.pool.exhausted');
    const got = found.filter((one) => one !== 'network.pool.exhausted');
    expect([got.length, new Set(got).size, refused.length]).toEqual([200, 200, 200]);
    expect(got.every((one) => Number(one.split('.')[3]) > 54 && one.startsWith('10.5.0.'))).toBe(true);
    const after = (await use(PoolQueries).get(ACTOR, poolId)).utilisation;
    expect(after).toEqual({ total: 253, used: 200, quarantined: 0, reserved: 53, free: 0 });
  }, 60_000);

  it('C5, IPv6: 200 delegations on 128 free prefixes are 128 prefixes and 72 refusals', async () => {
    const { deviceId } = await pool(world, { prefix: '2001:db8:5::/48', kind: 'delegated', unitLength: 55 });
    const found = await outcomes(await services(world, 200), async (id) =>
      String(await use(UnitPool).assign(id, deviceId, 'delegated')),
    );
    const got = found.filter((one) => one !== 'network.pool.exhausted');
    expect([got.length, new Set(got).size, found.length - got.length]).toEqual([128, 128, 72]);
  }, 60_000);

  it('C6: of prefixes that overlap one is made', async () => {
    const same = await outcomes(
      times(40, () => '10.66.0.0/16'),
      async (prefix) => {
        await use(PrefixRegister).create({ actor: ACTOR, vrfId: 1, prefix, role: 'assignment' });
        return 'made';
      },
    );
    expect(tally(same)).toEqual({ made: 1, 'network.prefix.overlaps': 39 });
    const crossing = await outcomes(
      times(40, (n) => (n % 2 ? '10.67.0.0/16' : '10.67.128.0/17')),
      async (prefix) => {
        await use(PrefixRegister).create({ actor: ACTOR, vrfId: 1, prefix, role: 'assignment' });
        return 'made';
      },
    );
    expect(tally(crossing)).toEqual({ made: 1, 'network.prefix.overlaps': 39 });
    const [overlaps] = await world.sql<{ count: string }>(
      `SELECT count(*) FROM prefixes a JOIN prefixes b ON a.id < b.id AND a.vrf_id = b.vrf_id AND a.prefix && b.prefix
        WHERE a.parent_id IS NOT DISTINCT FROM b.parent_id`,
    );
    expect(overlaps?.count).toBe('0');
  }, 60_000);

  it('C6: a VLAN range is made once, and a wanted VLAN id goes to one service', async () => {
    const deviceId = await device(world);
    const ranges = await outcomes(
      times(30, () => 0),
      async () => {
        await use(VlanRanges).define({ actor: ACTOR, deviceId, port: 'ge-0/0/1', first: 100, last: 119 });
        return 'made';
      },
    );
    expect(tally(ranges)).toEqual({ made: 1, 'network.vlan.exists': 29 });
    const any = await outcomes(await services(world, 40), (id) => use(VlanPool).assign(id, deviceId));
    const got = any.filter((one) => typeof one === 'number');
    expect([got.length, new Set(got).size, tally(any)['network.vlan.exhausted']]).toEqual([20, 20, 20]);
    const wanted = await outcomes(await services(world, 40), (id) => use(VlanPool).assign(id, deviceId, 77));
    expect(tally(wanted)).toEqual({ '77': 1, 'network.vlan.taken': 39 });
  }, 60_000);

  it('C6: a place at a port of an OLT goes to one ONT, and a service to one', async () => {
    const oltId = await device(world);
    const [serviceId] = await services(world, 1);
    const make = (values: object) =>
      outcomes(
        times(30, (n) => n),
        async (n) => {
          const facts = { kind: 'ont', name: `C6 ${JSON.stringify(values)} ${n}`.slice(0, 120) } as const;
          await use(CreateDevice).execute({ actor: ACTOR, values: { ...facts, ...values } });
          return 'made';
        },
      );
    const port = { oltId, ponPort: '1.4', onuIndex: 7 };
    expect(tally(await make(port))).toEqual({ made: 1, 'network.device.taken': 29 });
    expect(tally(await make({ oltId, ponPort: '1.4', onuIndex: 8, serviceId }))).toEqual({
      made: 1,
      'network.device.taken': 29,
    });
    const serial = { serialNumber: 'C6C6C6' };
    expect(tally(await make(serial))).toEqual({ made: 1, 'network.device.taken': 29 });
  }, 60_000);

  it('C6: a PPPoE user name goes to one service', async () => {
    const profile = { name: 'spec-100', downloadKbps: 100_000, uploadKbps: 50_000 };
    await world.sql(
      `INSERT INTO bandwidth_profiles (name, download_kbps, upload_kbps) VALUES ('spec-100', 100000, 50000)`,
    );
    const routerId = await device(world);
    const ids = await services(world, 30);
    const [row] = await world.sql<{ customer_id: number }>(`SELECT customer_id FROM services WHERE id = ${ids[0]}`);
    const found = await outcomes(ids, async (serviceId) => {
      const owner = { partnerId: 1, customerId: row?.customer_id ?? 0, serviceId, serviceGuid: 'unused', routerId };
      const assigned = { address: `10.99.${serviceId >> 8}.${serviceId & 255}`, prefixLength: 16, vrfId: 1 };
      const network = { vlanId: null, assigned, ipv6Prefix: null, delegatedPrefix: null, profile };
      await use(SubscriberRepository).put({ ...owner, ...network, username: 'alice@isp.example' });
      return 'made';
    });
    expect(tally(found)).toEqual({ made: 1, 'network.subscriber.username_taken': 29 });
  }, 60_000);

  it('C7: whatever is assigned and released at the same time, no address is ever in two services', async () => {
    const { deviceId } = await pool(world, { prefix: '10.7.0.0/28' });
    await pool(world, { prefix: '2001:db8:7::/48', kind: 'delegated', unitLength: 51, deviceId });
    const ids = await services(world, 20);
    const steps = times(1_000, (n) => ({ id: ids[(n * 7) % 20] as number, what: (n * 31 + (n >> 3)) % 5 }));
    const found = await outcomes(steps, async ({ id, what }) => {
      if (what === 0) await use(AddressPool).release(id);
      else if (what === 1) await use(AddressPool).assign(id, deviceId, `10.7.0.${2 + (id % 12)}/28`);
      else if (what === 2) await use(UnitPool).assign(id, deviceId, 'delegated');
      else await use(AddressPool).assign(id, deviceId);
      return 'done';
    });
    const counts = tally(found);
    expect(Object.keys(counts).sort()).toEqual(['done', 'network.address.taken', 'network.pool.exhausted']);
    const [seen] = await world.sql<{ ended: number; overlapping: number; shared: number }>(`
      WITH held AS (
        SELECT vrf_id, address, service_id, during FROM address_history
        UNION ALL SELECT vrf_id, address, service_id, tstzrange(assigned_at, NULL) FROM ip_addresses WHERE service_id IS NOT NULL
        UNION ALL SELECT vrf_id, prefix, service_id, tstzrange(assigned_at, NULL) FROM ip_units WHERE service_id IS NOT NULL)
      SELECT (SELECT count(*)::integer FROM address_history) AS ended,
             (SELECT count(*)::integer FROM held a JOIN held b ON (a.vrf_id, a.address) = (b.vrf_id, b.address) AND a.during && b.during
               WHERE a IS DISTINCT FROM b) AS overlapping,
             (SELECT count(*)::integer FROM (SELECT service_id FROM ip_addresses WHERE service_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1) two) AS shared`);
    expect(seen).toEqual({ ended: expect.any(Number), overlapping: 0, shared: 0 });
    expect(seen?.ended).toBeGreaterThan(100);
  }, 60_000);
});

describe('turns at a device that takes few orders at once', () => {
  it.each([1, 3])(
    '%d of 20 runs have one, however close they come',
    async (limit) => {
      const router = { id: await device(world), driver: 'simulated', settings: { max_parallel: limit } } as never;
      for (let round = 0; round < 60; round += 1) {
        const runs = await world.sql<{ id: string }>(`
        UPDATE work_items SET status = 'succeeded', finished_at = now() WHERE name = 'spec.turn' AND status = 'running';
        INSERT INTO work_items (queue, name, payload, status, epoch)
        SELECT 'provisioning', 'spec.turn', '{}', 'running', 1 FROM generate_series(1, 20) RETURNING id`);
        const found = await outcomes(runs, ({ id }) =>
          use(DeviceSlots).take(router, { workId: id, epoch: 1 } as never),
        );
        expect(tally(found)).toEqual({ true: limit, false: 20 - limit });
      }
    },
    60_000,
  );
});
