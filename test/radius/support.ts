import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RadiusVault } from '@isp/domain/network';
import { Client } from 'pg';
import { openTempDir, removeDir } from '../support/embedded-postgres.js';

/** The configuration that is shipped. */
export const SHIPPED = join(import.meta.dirname, '../../docker/freeradius');
const STATUS_SECRET = 'probe';
const READY_WITHIN_MS = 15_000;

/** Keys of the tests: any 32 bytes. */
export const RADIUS_KEY = Buffer.from('a RADIUS key of exactly 32 bytes').toString('base64');
export const vaultOf = (key = RADIUS_KEY): RadiusVault => new RadiusVault({ ISP_RADIUS_KEY: key, ISP_MASTER_KEYS: '' });

export interface RadiusReply {
  /** `Access-Accept`, `Access-Reject`, `Accounting-Response` …; undefined for silence. */
  readonly kind: string | undefined;
  /** Attributes of the answer, quotes removed. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Everything that the client printed. */
  readonly printed: string;
}

export interface RadiusServerOptions {
  /** Where PostgreSQL is; the tests may put something in between. */
  readonly database: { readonly host: string; readonly port: number; readonly name: string; readonly password: string };
  readonly key?: string;
  /** Another configuration than the one that is shipped. */
  readonly configuration?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Of a server that this one replaces; free ones when absent. */
  readonly ports?: RadiusPorts;
}

export interface RadiusPorts {
  readonly authPort: number;
  readonly acctPort: number;
  readonly statusPort: number;
}

/** A FreeRADIUS of our own on free ports of the loopback, with the configuration that is shipped. */
export class RadiusServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    readonly authPort: number,
    readonly acctPort: number,
    readonly statusPort: number,
  ) {}

  static async start({
    database,
    key = RADIUS_KEY,
    configuration = SHIPPED,
    settings = {},
    ports,
  }: RadiusServerOptions): Promise<RadiusServer> {
    const directory = await openTempDir();
    const { authPort: auth, acctPort: acct, statusPort: status } = ports ?? (await freePorts());
    const env = {
      PATH: process.env['PATH'] ?? '',
      ISP_RADIUS_KEY: key,
      RADIUS_RUN_DIR: directory,
      RADIUS_LOG: 'files',
      RADIUS_LISTEN: '127.0.0.1',
      RADIUS_AUTH_PORT: String(auth),
      RADIUS_ACCT_PORT: String(acct),
      RADIUS_STATUS_PORT: String(status),
      RADIUS_STATUS_SECRET: STATUS_SECRET,
      RADIUS_REJECT_DELAY: '0',
      RADIUS_CLIENT_LIFETIME: '2',
      RADIUS_DATABASE_HOST: database.host,
      RADIUS_DATABASE_PORT: String(database.port),
      RADIUS_DATABASE: database.name,
      RADIUS_DATABASE_PASSWORD: database.password,
      ...settings,
    };
    const child = spawn(join(configuration, 'start'), [], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
    const server = new RadiusServer(child, directory, auth, acct, status);
    for (let waited = 0; ; waited += 100) {
      const log = await server.log();
      if (log.includes('Ready to process requests')) return server;
      if (child.exitCode !== null || waited > READY_WITHIN_MS) {
        await server.stop();
        throw new Error(`FreeRADIUS did not start: ${said}${log.slice(-4_000)}`);
      }
      await sleep(100);
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  log(): Promise<string> {
    return readFile(join(this.directory, 'radiusd.log'), 'utf8').catch(() => '');
  }

  login(attributes: string, secret: string): Promise<RadiusReply> {
    return radclient(this.authPort, 'auth', `${attributes},Message-Authenticator=0x00`, secret);
  }

  account(attributes: string, secret: string): Promise<RadiusReply> {
    return radclient(this.acctPort, 'acct', attributes, secret);
  }

  status(): Promise<RadiusReply> {
    return radclient(this.statusPort, 'status', 'Message-Authenticator=0x00', STATUS_SECRET);
  }

  /** SIGKILL: no goodbye, whatever was under way is lost. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.stop();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await Promise.race([ended, sleep(5_000, undefined, { ref: false })]);
      this.child.kill('SIGKILL');
    }
    await removeDir(this.directory);
  }
}

/** Debian's radclient: one packet, two seconds of patience unless told otherwise. */
export async function radclient(
  port: number,
  kind: 'auth' | 'acct' | 'status',
  attributes: string,
  secret: string,
  options: readonly string[] = ['-r', '1', '-t', '2'],
): Promise<RadiusReply> {
  const printed = await run('radclient', ['-x', ...options, `127.0.0.1:${port}`, kind, secret], `${attributes}\n`);
  const answered = /^Received ([\w-]+) Id[^]*?(?=\n\S|$(?![^]))/m.exec(printed);
  const lines = answered?.[0].split('\n').slice(1) ?? [];
  const pairs = lines.flatMap((text) => {
    const found = /^\s+([\w-]+) = (.*)$/.exec(text);
    return found ? [[found[1] ?? '', (found[2] ?? '').replace(/^"(.*)"$/, '$1')] as const] : [];
  });
  return { kind: answered?.[1], attributes: Object.fromEntries(pairs), printed };
}

/** Runs a program of Debian's and answers what it printed, whatever it thinks of the outcome. */
export async function run(program: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  child.stdin.end(input);
  await once(child, 'close');
  return printed.join('');
}

async function freePorts(): Promise<RadiusPorts> {
  const [authPort, acctPort, statusPort] = await Promise.all([freeUdpPort(), freeUdpPort(), freeUdpPort()]);
  return { authPort, acctPort, statusPort };
}

export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Lets the role of the RADIUS server log in to the cluster of the tests, and answers how to reach a database there. */
export async function radiusLogin(superUrl: string): Promise<RadiusServerOptions['database']> {
  const { hostname: host, port, pathname } = new URL(superUrl);
  const password = 'radius-of-the-tests';
  await sql(superUrl, `ALTER ROLE isp_radius LOGIN PASSWORD '${password}'`);
  return { host, port: Number(port), name: pathname.slice(1), password };
}

export async function sql<R extends object>(url: string, text: string, values: unknown[] = []): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

export interface MadeSubscriber {
  readonly serviceId: number;
  readonly username: string;
  readonly password: string;
}

/** A customer with a service that the network carries, as the owner of the schema puts it there. */
export async function makeSubscriber(
  ownerUrl: string,
  { zone = 'UTC', vault = vaultOf() }: { zone?: string; vault?: RadiusVault } = {},
): Promise<MadeSubscriber> {
  const tag = randomBytes(5).toString('hex');
  const username = `${tag}@isp.internal`;
  const password = randomBytes(9).toString('base64url');
  const [row] = await sql<{ id: number }>(
    ownerUrl,
    `WITH plan AS (INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount)
                   VALUES ('${tag}', 'Radius', 'home', 'internet', 100, 20, 30) RETURNING id),
          partner AS (INSERT INTO partners (name, kind, time_zone) VALUES ('${tag}', 'isp', '${zone}') RETURNING id),
          profile AS (INSERT INTO bandwidth_profiles (name, download_kbps, upload_kbps) VALUES ('${tag}', 100000, 20000) RETURNING name),
          device AS (INSERT INTO devices (name, driver) VALUES ('bng-${tag}', 'simulated') RETURNING id),
          -- As many routers as there are subscribers, each with a prefix of 64 addresses.
          place AS (SELECT id, ('100.' || 64 + id / 1024 || '.' || id / 4 % 256 || '.' || id % 4 * 64 || '/26')::cidr AS prefix FROM device),
          prefix AS (INSERT INTO prefixes (vrf_id, prefix, role, device_id) SELECT 1, prefix, 'assignment', id FROM place RETURNING id, prefix, device_id),
          pool AS (INSERT INTO ip_pools (router_id, name, prefix, kind, vrf_id, prefix_id, base_prefix, unit_length)
                   SELECT device_id, '${tag}', prefix, 'ipv4', 1, id, prefix, 32 FROM prefix RETURNING id, prefix),
          customer AS (INSERT INTO customers (partner_id, name, email, phone)
                       SELECT id, '${tag}', '${tag}@radius.example', '+15550100' FROM partner RETURNING id, partner_id),
          service AS (INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency, status)
                      SELECT c.partner_id, c.id, 'internet', plan.id, 30, 0, 'USD', 'active' FROM customer c, plan RETURNING id, partner_id, customer_id),
          held AS (INSERT INTO ip_addresses (pool_id, address, service_id, assigned_at, vrf_id)
                   SELECT pool.id, pool.prefix::inet + 10, service.id, now(), 1 FROM pool, service RETURNING address, service_id)
     INSERT INTO subscribers (partner_id, customer_id, service_id, username, password_sealed, router_id, address, prefix_length,
            bandwidth_profile, download_kbps, upload_kbps, ipv6_prefix, delegated_prefix)
     SELECT s.partner_id, s.customer_id, s.id, '${username}', '-', device.id, set_masklen(held.address, 32), 26, profile.name, 100000, 20000,
            ('2001:db8:' || n.prefix || '::/64')::cidr, ('2001:db8:' || n.delegated || '00::/56')::cidr
       FROM service s, device, profile, held, LATERAL (
         -- The first of a database has the prefixes that specs know, the others ones of their own.
         SELECT CASE WHEN first THEN '1' ELSE to_hex(s.id + 1) END AS prefix, CASE WHEN first THEN 'ff' ELSE to_hex(16 + s.id % 200) END AS delegated
           FROM (SELECT NOT EXISTS (SELECT FROM subscribers WHERE ipv6_prefix = '2001:db8:1::/64') AS first) f) n RETURNING service_id AS id`,
  );
  const serviceId = row?.id ?? 0;
  const sealed = vault.seal(password, { subscriberOf: serviceId });
  await sql(ownerUrl, 'UPDATE subscribers SET password_radius = $2 WHERE service_id = $1', [serviceId, sealed]);
  return { serviceId, username, password };
}

/** A NAS at an address of the loopback. */
export async function makeNas(ownerUrl: string, address: string, secret: string, vault = vaultOf()): Promise<number> {
  const name = `nas-${randomBytes(5).toString('hex')}`;
  const [row] = await sql<{ id: number }>(
    ownerUrl,
    `INSERT INTO devices (name, driver) VALUES ('${name}', 'simulated') RETURNING id`,
  );
  const id = row?.id ?? 0;
  const sealed = vault.seal(secret, { nas: id });
  await sql(ownerUrl, 'UPDATE devices SET nas_address = $2, nas_secret = $3 WHERE id = $1', [id, address, sealed]);
  return id;
}
