import { monotonicMs } from '@isp/kernel';
import { API_LIMITS, sessionOptions } from '@isp/platform/database';
import pg from 'pg';
import { ASSIGN_FREE } from '../../libs/domain/network/ipam/address.statements.js';
import { fillPool } from './data.js';
import { type Figure, interleave, median, number, ratioOf } from './measure.js';
import type { Place } from './place.js';
import { cpuMicros } from './processes.js';

const COUNT = 10_000;
const ADDRESSES = 12_000;
const CONNECTIONS = 50;
const DEVICE = 'bench-addresses';
const PREFIX = '10.200.0.0/16';
const BARE = {
  name: 'bare-assign',
  text: `UPDATE bare.address SET service_id = $1 WHERE (pool_id, ip) = (
           SELECT pool_id, ip FROM bare.address WHERE pool_id = $2 AND service_id IS NULL
              AND (quarantined_until IS NULL OR quarantined_until < now()) ORDER BY ip LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING host(ip) AS address`,
};
const BARE_TABLES = `
  CREATE SCHEMA IF NOT EXISTS bare;
  DROP TABLE IF EXISTS bare.address, bare.pool;
  CREATE TABLE bare.pool (id integer PRIMARY KEY);
  INSERT INTO bare.pool VALUES (1);
  CREATE TABLE bare.address (pool_id integer NOT NULL REFERENCES bare.pool, ip inet NOT NULL, service_id bigint,
    quarantined_until timestamptz, PRIMARY KEY (pool_id, ip));
  CREATE INDEX ON bare.address (pool_id, ip) WHERE service_id IS NULL;
  CREATE UNIQUE INDEX ON bare.address (service_id) WHERE service_id IS NOT NULL;
  INSERT INTO bare.address SELECT 1, '10.200.0.0'::inet + n FROM generate_series(2, ${ADDRESSES + 1}) n`;

interface Bench {
  readonly place: Place;
  readonly rounds: number;
}

interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly micros: number;
}

/** Every service gets its address over one of the connections; each statement is a transaction of its own. */
async function run(
  place: Place,
  sql: { readonly name: string; readonly text: string },
  ids: readonly number[],
  scope: number,
): Promise<Measured> {
  const options = sql === BARE ? '' : `${sessionOptions(API_LIMITS)} -c app.unrestricted=on`;
  const connectionString = sql === BARE ? place.postgres.ownerUrl : place.postgres.appUrl;
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ connectionString, options }));
  await Promise.all(clients.map((client) => client.connect()));
  try {
    // A connection that has been open for a while has settled on its plan.
    for (let turn = 0; turn < 10; turn += 1)
      await Promise.all(clients.map((client) => client.query({ ...sql, values: [-1, -1] })));
    const got: string[] = [];
    const took: number[] = [];
    let next = 0;
    const cpu = cpuMicros(place.postgres.pid);
    const start = monotonicMs();
    const lane = async (client: pg.Client): Promise<void> => {
      for (let id = ids[next++]; id !== undefined; id = ids[next++]) {
        const sent = monotonicMs();
        const { rows } = await client.query<{ address: string }>({ ...sql, values: [id, scope] });
        took.push(monotonicMs() - sent);
        if (rows[0]) got.push(rows[0].address);
      }
    };
    await Promise.all(clients.map(lane));
    const seconds = (monotonicMs() - start) / 1_000;
    if (got.length !== ids.length || new Set(got).size !== ids.length)
      throw new Error(`${ids.length} services got ${got.length} addresses, ${new Set(got).size} of them distinct`);
    const sorted = took.sort((left, right) => left - right);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
    const micros = (cpuMicros(place.postgres.pid) - cpu) / ids.length;
    return { perSecond: ids.length / seconds, p50: at(0.5), p99: at(0.99), micros };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** So many services of one customer; made once in a data directory. */
function services(place: Place): Promise<number[]> {
  return place.owner(async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency)
       SELECT c.partner_id, c.id, 'internet', p.id, 30, 0, 'USD'
         FROM (SELECT id, partner_id FROM customers ORDER BY id LIMIT 1) c, plans p, generate_series(1, $1) WHERE p.sku = 'bench' RETURNING id`,
      [COUNT],
    );
    await client.query(`INSERT INTO devices (name, driver) VALUES ($1, 'simulated') ON CONFLICT DO NOTHING`, [DEVICE]);
    await client.query('VACUUM ANALYZE services');
    return rows.map(({ id }) => id);
  });
}

/** The same empty pool at the start of each turn. */
function fresh(place: Place): Promise<number> {
  return place.owner(async (client) => {
    await client.query('DELETE FROM ip_addresses WHERE pool_id IN (SELECT id FROM ip_pools WHERE name = $1)', [DEVICE]);
    await client.query('DELETE FROM ip_pools WHERE name = $1', [DEVICE]);
    await client.query('DELETE FROM prefixes WHERE prefix = $1', [PREFIX]);
    await fillPool(client, DEVICE, PREFIX, ADDRESSES);
    await client.query('VACUUM ANALYZE ip_addresses');
    const { rows } = await client.query<{ id: number }>('SELECT id FROM devices WHERE name = $1', [DEVICE]);
    return rows[0]?.id ?? 0;
  });
}

function freshBare(place: Place): Promise<void> {
  return place.owner(async (client) => {
    await client.query(BARE_TABLES);
    await client.query('VACUUM ANALYZE bare.address');
  });
}

/** The domain's statement for an address of a router's pools beside one that takes the next free row of a table. */
export async function addressFigures({ place, rounds }: Bench): Promise<Figure[]> {
  const ids = await services(place);
  const { ours, bare } = await interleave(rounds, {
    ours: async () => run(place, ASSIGN_FREE, ids, await fresh(place)),
    bare: async () => {
      await freshBare(place);
      return run(place, BARE, ids, 1);
    },
  });
  const text = (side: readonly Measured[]): string => {
    const of = (pick: (one: Measured) => number): string => number(median(side.map(pick)));
    return `${of((one) => one.perSecond)}/s, p50 ${of((one) => one.p50)} ms, p99 ${of((one) => one.p99)} ms, ${of((one) => one.micros)} µs`;
  };
  const rates = (side: readonly Measured[]): number[] => side.map((one) => one.perSecond);
  const ratio = ratioOf(rates(ours), rates(bare));
  const what = '10,000 addresses, 50 connections';
  console.log(`${what}: ratio ${ratio.toFixed(2)} (ours ${text(ours)}; bare ${text(bare)})`);
  return [{ what, ours: text(ours), bare: text(bare), ratio: ratio.toFixed(2), target: '≥ 0.8', met: ratio >= 0.8 }];
}
