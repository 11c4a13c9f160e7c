import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemActor } from '@isp/contracts';
import { RadiusSessions } from '@isp/domain/network';
import { monotonicMs } from '@isp/kernel';
import { API_LIMITS, createDataSource, statement, UnitOfWork } from '@isp/platform/database';
import pg from 'pg';
import { makeNas, RadiusServer, radiusLogin, run, SHIPPED, vaultOf } from '../radius/support.js';
import { fillServices } from './data.js';
import { type Figure, interleave, median, number, ratioOf } from './measure.js';
import { PARTNERS, type Place } from './place.js';

const SECRET = 'bench-secret';
const IN_FLIGHT = 32;
const SUBSCRIBERS = 200_000;
const SESSIONS = 1_000_000;
const DAYS = 60;
const BATCH = 10_000;
const vault = vaultOf();

interface Bench {
  readonly place: Place;
  readonly rounds: number;
  readonly seconds: number;
}

interface Filled {
  readonly ids: readonly number[];
  readonly scratch: string;
}

const nameOf = (id: number): string => `bench-${id}@isp.internal`;
const passwordOf = (id: number): string => `pw-${id}`;
const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;

/** Subscribers with sealed passwords, and beside them the same in clear behind flat views, as RADIUS servers are often fed. */
async function fillSubscribers({ place }: Bench): Promise<number[]> {
  return place.owner(async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `SELECT service_id AS id FROM subscribers WHERE username LIKE 'bench-%'`,
    );
    if (rows.length > 0) return rows.map(({ id }) => id);
    const partners = [PARTNERS.operator, PARTNERS.large, PARTNERS.small, ...PARTNERS.others];
    const ids = await fillServices(client, SUBSCRIBERS, partners);
    for (let from = 0; from < ids.length; from += BATCH) {
      const some = ids.slice(from, from + BATCH);
      await client.query(
        `INSERT INTO subscribers (partner_id, customer_id, service_id, username, password_sealed, password_radius, router_id, address, prefix_length,
                bandwidth_profile, download_kbps, upload_kbps, ipv6_prefix, delegated_prefix)
         SELECT s.partner_id, s.customer_id, s.id, n.name, '-', n.sealed, (SELECT min(id) FROM devices), '100.64.0.0'::inet + s.id, 10, 'bench-100',
                100000, 50000, nth_subnet('2001:db8::/32', 64, s.id), nth_subnet('2001:d00::/24', 56, s.id)
           FROM unnest($1::integer[], $2::text[], $3::bytea[]) n (id, name, sealed) JOIN services s ON s.id = n.id`,
        [some, some.map(nameOf), some.map((id) => vault.seal(passwordOf(id), { subscriberOf: id }))],
      );
    }
    await client.query(`
      CREATE SCHEMA flat;
      CREATE TABLE flat.passwords AS SELECT service_id, 'pw-' || service_id AS password FROM subscribers;
      ALTER TABLE flat.passwords ADD PRIMARY KEY (service_id);
      CREATE VIEW flat.radcheck AS
        SELECT a.n AS id, s.username, a.attribute, a.value, ':=' AS op FROM subscribers s JOIN flat.passwords p USING (service_id)
         CROSS JOIN LATERAL (VALUES (0, 'Cleartext-Password', p.password), (1, 'Simultaneous-Use', s.session_limit::text)) a (n, attribute, value);
      CREATE VIEW flat.radreply AS
        SELECT a.n AS id, s.username, a.attribute, a.value, ':=' AS op FROM subscribers s CROSS JOIN LATERAL (VALUES
          (0, 'Class', '0x' || encode(convert_to('svc:' || s.service_id, 'UTF8'), 'hex')), (1, 'Acct-Interim-Interval', '300'),
          (2, 'Session-Timeout', '86400'), (3, 'Framed-IP-Address', host(s.address)), (4, 'Framed-IPv6-Prefix', s.ipv6_prefix::text),
          (5, 'Delegated-IPv6-Prefix', s.delegated_prefix::text), (6, 'Mikrotik-Rate-Limit', s.upload_kbps || 'k/' || s.download_kbps || 'k'),
          (7, 'WISPr-Bandwidth-Max-Down', (s.download_kbps * 1000)::text), (8, 'WISPr-Bandwidth-Max-Up', (s.upload_kbps * 1000)::text)) a (n, attribute, value);`);
    await client.query('VACUUM ANALYZE subscribers, flat.passwords');
    return ids;
  });
}

/** The shipped configuration, but with plain queries on flat views. */
async function flatConfiguration(scratch: string): Promise<string> {
  const directory = join(scratch, 'flat');
  await cp(SHIPPED, directory, { recursive: true });
  const edit = async (file: string, change: (text: string) => string): Promise<void> => {
    const path = join(directory, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  };
  await edit('sql.conf', (text) =>
    text.replace('-c statement_timeout', '-c synchronous_commit=off -c statement_timeout'),
  );
  await edit('queries.conf', (text) =>
    text
      .replace("radius.auth_check('%{User-Name}')", "flat.radcheck WHERE username = '%{User-Name}' ORDER BY id")
      .replace("radius.auth_reply('%{User-Name}')", "flat.radreply WHERE username = '%{User-Name}' ORDER BY id")
      .replace(
        /simul_count_query = .*/,
        `simul_count_query = "SELECT count(*) FROM radius.radacct WHERE username = '%{User-Name}' AND acctstoptime IS NULL"`,
      )
      .replace(
        /query = "SELECT radius\.note_attempt.*/,
        `query = "INSERT INTO radius.radpostauth (username, reply, nasipaddress) VALUES ('%{User-Name}', '%{reply:Packet-Type}', '%{NAS-IP-Address}')"`,
      ),
  );
  return directory;
}

/** Sends packets with so many in flight and answers how many were answered a second. */
async function rate(port: number, kind: 'auth' | 'acct', packets: readonly string[], scratch: string): Promise<number> {
  const file = join(scratch, 'packets');
  await writeFile(file, packets.join('\n\n') + '\n');
  const from = monotonicMs();
  const said = await run('radclient', [
    '-q',
    '-s',
    '-p',
    String(IN_FLIGHT),
    '-r',
    '3',
    '-t',
    '3',
    '-f',
    file,
    `127.0.0.1:${port}`,
    kind,
    SECRET,
  ]);
  const seconds = (monotonicMs() - from) / 1_000;
  const approved = Number(
    /(?:Approved|approved)\s*:\s*(\d+)|Accepted\s*:\s*(\d+)/.exec(said)?.slice(1).find(Boolean) ?? 0,
  );
  if (approved !== packets.length)
    throw new Error(`${approved} of ${packets.length} were approved: ${said.slice(-500)}`);
  return packets.length / seconds;
}

function figure(what: string, ours: readonly number[], bare: readonly number[], least: number): Figure {
  const ratio = ratioOf(ours, bare);
  const text = (values: readonly number[]): string => `${number(median(values))}/s`;
  console.log(`${what}: ratio ${ratio.toFixed(2)} (ours ${text(ours)}; bare ${text(bare)})`);
  return {
    what,
    ours: text(ours),
    bare: text(bare),
    ratio: ratio.toFixed(2),
    target: `≥ ${least}`,
    met: ratio >= least,
  };
}

async function logins(bench: Bench, { ids, scratch }: Filled, ours: RadiusServer, flat: RadiusServer): Promise<Figure> {
  const packets = (): string[] =>
    Array.from({ length: 1_000 * bench.seconds }, () => pick(ids)).map(
      (id) =>
        `User-Name="${nameOf(id)}",User-Password="${passwordOf(id)}",NAS-IP-Address=127.0.0.1,Message-Authenticator=0x00`,
    );
  const sides = {
    ours: () => rate(ours.authPort, 'auth', packets(), scratch),
    bare: () => rate(flat.authPort, 'auth', packets(), scratch),
  };
  await interleave(1, sides);
  const measured = await interleave(bench.rounds, sides);
  return figure(`RADIUS log-ins, ${ids.length} subscribers, beside flat views`, measured.ours, measured.bare, 0.9);
}

async function accounting(bench: Bench, { ids, scratch }: Filled, server: RadiusServer): Promise<Figure> {
  const online = ids.slice(0, 1_000 * bench.seconds);
  let told = 0;
  const packets = (status: string): string[] =>
    online.map(
      (id) =>
        `Acct-Status-Type=${status},User-Name="${nameOf(id)}",Acct-Session-Id="b${id}",NAS-IP-Address=127.0.0.1,Class=0x${Buffer.from(`svc:${id}`).toString('hex')},Acct-Session-Time=${told},Acct-Input-Octets=${told * 1_000},Acct-Output-Octets=${told * 5_000}`,
    );
  const triggers = (verb: 'ENABLE' | 'DISABLE') =>
    bench.place.owner((client) => client.query(`ALTER TABLE radius.radacct ${verb} TRIGGER USER`));
  const interims = async (verb: 'ENABLE' | 'DISABLE'): Promise<number> => {
    await triggers(verb);
    told += 300;
    return rate(server.acctPort, 'acct', packets('Interim-Update'), scratch);
  };
  await rate(server.acctPort, 'acct', packets('Start'), scratch);
  const sides = { ours: () => interims('ENABLE'), bare: () => interims('DISABLE') };
  await interleave(1, sides);
  const measured = await interleave(bench.rounds, sides);
  await triggers('ENABLE');
  return figure('RADIUS interim updates with exact daily usage, beside none', measured.ours, measured.bare, 0.85);
}

const READS = 1_000;
const USAGE =
  'SELECT day, input_octets, output_octets, ipv6_input_octets, ipv6_output_octets FROM usage_daily WHERE service_id = $1 ORDER BY day DESC LIMIT 31';
const BARE_READS = [
  'SELECT * FROM radius.radacct WHERE service_id = $1 ORDER BY acctstarttime DESC LIMIT 25',
  'SELECT count(*) FROM radius.radacct WHERE service_id = $1',
  USAGE,
];

/** Closed sessions, fifty of each of so many services, and their days; does nothing when they are there. */
async function fillSessions({ place }: Bench, services: number): Promise<void> {
  await place.owner(async (client) => {
    const { rows } = await client.query(`SELECT FROM radius.radacct WHERE acctuniqueid = 'bench-1'`);
    if (rows.length > 0) return;
    await client.query('ALTER TABLE radius.radacct DISABLE TRIGGER USER');
    await client.query(
      `INSERT INTO radius.radacct (acctuniqueid, acctsessionid, username, partner_id, customer_id, service_id, nasipaddress, acctstarttime, acctupdatetime,
              acctstoptime, closed_by, heard_at, acctsessiontime, acctinputoctets, acctoutputoctets)
       SELECT 'bench-' || n, n, s.username, s.partner_id, s.customer_id, s.service_id, '198.51.100.7', now() - make_interval(mins => n / 20), now(), now(), 'nas', now(), 300, n, n
         FROM generate_series(1, $1) n JOIN (SELECT row_number() OVER (ORDER BY service_id) - 1 AS at, * FROM subscribers WHERE username LIKE 'bench-%') s ON s.at = n % $2`,
      [SESSIONS, services],
    );
    await client.query('ALTER TABLE radius.radacct ENABLE TRIGGER USER');
    await client.query(
      `INSERT INTO usage_daily (partner_id, customer_id, service_id, day, input_octets, output_octets)
       SELECT partner_id, customer_id, service_id, current_date - 1 - d, d, d
         FROM (SELECT * FROM subscribers WHERE username LIKE 'bench-%' ORDER BY service_id LIMIT $2) s, generate_series(1, $1) d ON CONFLICT DO NOTHING`,
      [DAYS, services],
    );
    await client.query('VACUUM ANALYZE radius.radacct, usage_daily');
  });
}

/** Milliseconds of each: as the API reads behind the walls of the tenants, and the bare statements without, in turn. */
async function readTimes(bench: Bench, asked: readonly number[]) {
  const url = bench.place.postgres.appUrl;
  const source = createDataSource({ url, max: 2, limits: API_LIMITS, applicationName: 'bench' }, []);
  await source.initialize();
  const bare = new pg.Client({ connectionString: bench.place.postgres.url('isp', 'isp_super') });
  await bare.connect();
  try {
    const uow = new UnitOfWork(source);
    const sessions = new RadiusSessions(uow);
    const actor = systemActor('bench');
    const usage = statement('bench-usage', USAGE);
    const timed = async (work: (id: number) => Promise<unknown>): Promise<number> => {
      const from = monotonicMs();
      await work(pick(asked));
      return monotonicMs() - from;
    };
    return await interleave(READS, {
      ours: () =>
        timed((id) =>
          Promise.all([
            sessions.ofService(actor, id, {}, { limit: 25, offset: 0 }),
            uow.read(actor, (tx) => tx.query(usage, [id])),
          ]),
        ),
      bare: () =>
        timed(async (id) => {
          for (const [at, text] of BARE_READS.entries()) await bare.query({ name: `bare-${at}`, text, values: [id] });
        }),
    });
  } finally {
    await bare.end();
    await source.destroy();
  }
}

async function reads(bench: Bench, { ids }: Filled): Promise<Figure> {
  const services = Math.min(ids.length, SESSIONS / 50);
  await fillSessions(bench, services);
  const asked = [...ids].sort((one, other) => one - other).slice(0, services);
  const took = await readTimes(bench, asked);
  const at = (values: readonly number[], share: number): number =>
    [...values].sort((one, other) => one - other)[Math.floor(values.length * share)] as number;
  const text = (values: readonly number[]): string =>
    `p50 ${number(at(values, 0.5))} ms, p99 ${number(at(values, 0.99))} ms`;
  const what = `Sessions and usage of one service among ${SESSIONS.toLocaleString('en-US')} accounting rows`;
  console.log(`${what}: ${text(took.ours)} (bare ${text(took.bare)})`);
  const ratio = (at(took.ours, 0.5) / at(took.bare, 0.5)).toFixed(2);
  const met = at(took.ours, 0.99) <= 20;
  return { what, ours: text(took.ours), bare: text(took.bare), ratio, target: 'p99 ≤ 20 ms', met };
}

/** FreeRADIUS on our functions beside FreeRADIUS on flat views; exact usage beside none; reads among a million rows. */
export async function radiusFigures(bench: Bench): Promise<Figure[]> {
  const ids = await fillSubscribers(bench);
  const { postgres } = bench.place;
  const scratch = await mkdtemp(join(tmpdir(), 'isp-radius-bench-'));
  const database = await radiusLogin(postgres.url('isp', 'isp_super'));
  await bench.place.owner(async (client) => {
    await client.query(`UPDATE devices SET nas_address = NULL WHERE nas_address = '127.0.0.1'`);
    // Of an earlier run on the same data: they would count against Simultaneous-Use.
    await client.query(
      `UPDATE radius.radacct SET acctstoptime = acctupdatetime, closed_by = 'reload' WHERE acctstoptime IS NULL`,
    );
  });
  await makeNas(postgres.ownerUrl, '127.0.0.1', SECRET);
  const settings = { RADIUS_CLIENT_LIFETIME: '3600' };
  const ours = await RadiusServer.start({ database, settings });
  const owner = { ...database, password: decodeURIComponent(new URL(postgres.ownerUrl).password) };
  const flat = await RadiusServer.start({
    database: owner,
    configuration: await flatConfiguration(scratch),
    settings: { ...settings, RADIUS_DATABASE_USER: 'isp_owner' },
  });
  try {
    const filled = { ids, scratch };
    return [await logins(bench, filled, ours, flat), await accounting(bench, filled, ours), await reads(bench, filled)];
  } finally {
    await Promise.all([ours.stop(), flat.stop()]);
    await rm(scratch, { recursive: true, force: true });
  }
}
