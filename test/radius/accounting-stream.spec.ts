import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/test-postgres.js';
import { makeNas, makeSubscriber, RadiusServer, radiusLogin, radclient, sql } from './support.js';
import { makeStream, model, type Packet } from './stream.js';

const GIB4 = 4_294_967_296n;
const SECRET = 'nas secret 1';
const BATCH = 200;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
}, 120_000);
afterAll(() => database.drop());

const services = async (count: number): Promise<number[]> => {
  const ids: number[] = [];
  for (let made = 0; made < count; made += 1) ids.push((await makeSubscriber(database.ownerUrl)).serviceId);
  return ids;
};
const classOf = (service: number): string => `0x${Buffer.from(`svc:${service}`).toString('hex')}`;
const text = (packet: Packet, index: number): [giga: string, octets: string] => {
  const value = packet.counters[index] as bigint;
  return packet.wide ? [String(value / GIB4), String(value % GIB4)] : ['', String(value)];
};

/** The arguments of radius.account, as the server's query fills them. */
function argumentsOf(packet: Packet): string[] {
  const id = createHash('md5').update(packet.session).digest('hex');
  const who = [id, packet.session, `${packet.service}@d5`, classOf(packet.service)];
  const where = ['127.0.0.1', '', '', '', '', '', '', ''];
  const when = [String(packet.at), String(packet.at + 2), '', String(packet.seconds)];
  const told = [0, 1, 2, 3].flatMap((index) => text(packet, index));
  return [packet.status, ...who, ...where, ...when, ...told, packet.status === 'Stop' ? 'User-Request' : ''];
}

async function usage(ids: readonly number[]): Promise<Map<string, bigint[]>> {
  const rows = await sql<Record<string, string>>(
    database.ownerUrl,
    `SELECT service_id || ' ' || (day - date '1970-01-01') AS key, input_octets AS a, output_octets AS b, ipv6_input_octets AS c, ipv6_output_octets AS d
       FROM usage_daily WHERE service_id = ANY ($1)`,
    [ids],
  );
  return new Map(
    rows.map((row) => [row['key'] ?? '', [row['a'], row['b'], row['c'], row['d']].map((one) => BigInt(one ?? 0))]),
  );
}

const sorted = (days: Map<string, bigint[]>): [string, string[]][] =>
  [...days]
    .filter(([, sums]) => sums.some((sum) => sum > 0n))
    .map(([key, sums]): [string, string[]] => [key, sums.map(String)])
    .sort(([one], [other]) => one.localeCompare(other));

/** By service, over all days. */
function totals(days: Map<string, bigint[]>): Map<number, bigint[]> {
  const all = new Map<number, bigint[]>();
  for (const [key, sums] of days) {
    const service = Number(key.split(' ')[0]);
    const before = all.get(service) ?? [0n, 0n, 0n, 0n];
    all.set(
      service,
      before.map((sum, index) => sum + (sums[index] as bigint)),
    );
  }
  return all;
}

describe('a stream of accounting', () => {
  it('of 100,000 packets with duplicates, disorder, wraps, resets and restarts adds up to the byte', async () => {
    const ids = await services(40);
    const { arrivals, truth } = makeStream({ services: ids, packets: 100_000, until: 1_760_000_000, seed: 20_251 });
    expect(arrivals.length).toBeGreaterThanOrEqual(100_000);
    const pool = new Pool({ connectionString: database.ownerUrl, max: 1 });
    const kinds = new Map<string, number>();
    try {
      for (let from = 0; from < arrivals.length; from += BATCH) {
        const batch = arrivals.slice(from, from + BATCH).map(argumentsOf);
        const columns = (batch[0] ?? []).map((_, index) => `p->>${index}`).join(', ');
        const { rows } = await pool.query<{ done: string; times: string }>(
          `SELECT done, count(*) AS times FROM (
             SELECT radius.account(${columns}) AS done FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS a (p, n)) x GROUP BY 1`,
          [JSON.stringify(batch)],
        );
        for (const { done, times } of rows) kinds.set(done, (kinds.get(done) ?? 0) + Number(times));
      }
    } finally {
      await pool.end();
    }
    const found = await usage(ids);
    expect(sorted(found)).toEqual(sorted(model(arrivals)));
    // And both are what really passed.
    const passed = totals(found);
    for (const [service, sums] of truth) expect([service, passed.get(service)]).toEqual([service, sums]);
    const [sessions] = await sql<{ same: boolean; reused: string }>(
      database.ownerUrl,
      `SELECT (SELECT sum(acctinputoctets + acctoutputoctets + acctipv6inputoctets + acctipv6outputoctets) FROM radius.radacct)
            = (SELECT sum(input_octets + output_octets + ipv6_input_octets + ipv6_output_octets) FROM usage_daily) AS same,
              (SELECT count(*) FROM radius.radacct WHERE closed_by = 'reused') AS reused`,
    );
    expect(sessions?.same).toBe(true);
    // The stream held what it was to hold.
    expect(Number(sessions?.reused)).toBeGreaterThan(300);
    for (const kind of ['opened', 'updated', 'late', 'counter fell'])
      expect([kind, (kinds.get(kind) ?? 0) > 1_000]).toEqual([kind, true]);
  }, 600_000);

  it('through FreeRADIUS, with the server killed in the middle, adds up to the byte', async () => {
    const ids = await services(5);
    const [clock] = await sql<{ now: number }>(database.ownerUrl, 'SELECT extract(epoch FROM now())::integer AS now');
    const { arrivals, truth } = makeStream({ services: ids, packets: 2_000, until: clock?.now ?? 0, seed: 77 });
    await makeNas(database.ownerUrl, '127.0.0.1', SECRET);
    const reached = await radiusLogin(database.superUrl);
    let server = await RadiusServer.start({ database: reached });
    try {
      for (let from = 0; from < arrivals.length; from += BATCH) {
        const batch = arrivals
          .slice(from, from + BATCH)
          .map(attributesOf)
          .join('\n\n');
        // Killed while it works: the NAS heard no answer and sends all of it again.
        if (from === 3 * BATCH || from === 6 * BATCH) {
          const sent = radclient(server.acctPort, 'acct', batch, SECRET, ['-r', '1', '-t', '0.2', '-p', '1']);
          await sleep(100);
          process.kill(server.pid, 'SIGKILL');
          await sent;
          await server.stop();
          server = await RadiusServer.start({ database: reached });
        }
        const { printed } = await radclient(server.acctPort, 'acct', batch, SECRET, ['-r', '3', '-t', '2', '-p', '1']);
        expect(printed).not.toMatch(/No reply/);
      }
    } finally {
      await server.stop();
    }
    const found = totals(await usage(ids));
    for (const [service, sums] of truth) expect([service, found.get(service)]).toEqual([service, sums]);
  }, 600_000);
});

function attributesOf(packet: Packet): string {
  const names = ['Acct-Input', 'Acct-Output', 'ERX-IPv6-Acct-Input', 'ERX-IPv6-Acct-Output'];
  const counters = names.flatMap((name, index) => {
    const [giga, octets] = text(packet, index);
    return [`${name}-Octets=${octets}`, ...(giga === '' ? [] : [`${name}-Gigawords=${giga}`])];
  });
  return [
    `Acct-Status-Type=${packet.status},User-Name="${packet.service}@d5",Acct-Session-Id="${packet.session}",NAS-IP-Address=127.0.0.1`,
    `Class=${classOf(packet.service)},Event-Timestamp=${packet.at},Acct-Session-Time=${packet.seconds}`,
    ...counters,
  ].join(',');
}
