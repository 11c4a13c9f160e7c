import { setTimeout as sleep } from 'node:timers/promises';
import type { Type } from '@nestjs/common';
import { RadiusResponder, RadiusVault, SessionGenerator, SimulatedNas, SqlRadiusBackend } from '@isp/domain/network';
import { systemActor } from '@isp/contracts';
import { type Clock, monotonicMs, systemClock } from '@isp/kernel';
import { Pool } from 'pg';
import { makeNas, RADIUS_KEY, radiusLogin, RadiusServer, type RadiusServerOptions } from '../radius/support.js';
import { type RunningProgram, startOnQueue } from './worker-beside.js';

export const ACTOR = systemActor('spec');
const SECRET = 'nas secret 1';
const NAS_ADDRESS = '127.0.0.1';

export interface ConvergenceOptions {
  readonly database: { readonly ownerUrl: string; readonly appUrl: string; readonly superUrl: string };
  /** Services that are active and have a line on the NAS. */
  readonly services: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Between a disconnect and the next log-in, ms. */
  readonly redialMs?: number;
  /** One for each service, instead of one for all. */
  readonly customers?: 'each';
  /** What the program takes for the time; equipment has its own. */
  readonly clock?: Clock;
  /** A real FreeRADIUS instead of the one of sandboxes. */
  readonly freeradius?: boolean;
}

/** The RADIUS server of a world, whichever it is. */
interface Radius {
  readonly authPort: number;
  readonly acctPort: number;
  /** Killed, away for a moment, and back on the same ports. */
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

async function embedded({ host, port, name, password }: RadiusServerOptions['database']): Promise<Radius> {
  const url = `postgres://isp_radius:${password}@${host}:${port}/${name}`;
  const backend = new SqlRadiusBackend({ url, keys: RADIUS_KEY, maxConnections: 8 });
  const start = (authenticationPort = 0, accountingPort = 0) =>
    RadiusResponder.start({ host: NAS_ADDRESS, authenticationPort, accountingPort, backend, clock: systemClock });
  let responder = await start();
  const { authenticationPort: authPort, accountingPort: acctPort } = responder;
  return {
    authPort,
    acctPort,
    restart: async (downMs) => {
      await responder.stop();
      await sleep(downMs);
      responder = await start(authPort, acctPort);
    },
    stop: async () => {
      await responder.stop();
      await backend.close();
    },
  };
}

async function freeRadius(database: RadiusServerOptions['database']): Promise<Radius> {
  let server = await RadiusServer.start({ database });
  const { authPort, acctPort, statusPort } = server;
  return {
    authPort,
    acctPort,
    restart: async (downMs) => {
      await server.kill();
      await sleep(downMs);
      server = await RadiusServer.start({ database, ports: { authPort, acctPort, statusPort } });
    },
    stop: () => server.stop(),
  };
}

/**
 * The program with its worker, an embedded RADIUS server on the same database, and a NAS whose subscribers dial by
 * themselves: everything that convergence is about, over real UDP.
 */
export class ConvergenceWorld {
  private constructor(
    readonly program: RunningProgram,
    readonly nas: SimulatedNas,
    readonly nasId: number,
    readonly serviceIds: readonly number[],
    readonly radius: Radius,
    private readonly owner: Pool,
    private readonly generator: SessionGenerator,
  ) {}

  static async open(options: ConvergenceOptions) {
    const { database, services, settings = {}, redialMs = 100, freeradius = false, clock } = options;
    const owner = new Pool({ connectionString: database.ownerUrl, max: 3 });
    owner.on('error', () => undefined);
    const nasId = await makeNas(database.ownerUrl, NAS_ADDRESS, SECRET);
    const lines = await fill(owner, services, options.customers ? services : 1);
    const login = await radiusLogin(database.superUrl);
    const radius = await (freeradius ? freeRadius(login) : embedded(login));
    const server = { host: NAS_ADDRESS, authenticationPort: radius.authPort, accountingPort: radius.acctPort };
    const nas = await SimulatedNas.start({
      identifier: 'bng-1',
      address: NAS_ADDRESS,
      secret: SECRET,
      server,
      coaPort: 0,
      seed: 1,
      clock: systemClock,
      timing: { slowMs: 1_500, accountingRetryMs: 500, waitsMs: [500, 1_000] },
    });
    await owner.query(`UPDATE devices SET session_driver = 'radius-coa', settings = $2 WHERE id = $1`, [
      nasId,
      JSON.stringify({ coa_port: nas.coaPort }),
    ]);
    const own = {
      DATABASE_URL: database.appUrl,
      ISP_RADIUS_KEY: RADIUS_KEY,
      ISP_LOG_LEVEL: process.env['ISP_TEST_LOG'] ?? 'silent',
      ISP_RATE_LIMITS: 'false',
    };
    const program = await startOnQueue({ ...own, ...settings }, { api: true, worker: true }, clock);
    const generator = new SessionGenerator({
      nas,
      subscribers: () => Promise.resolve(lines.dialIns),
      seed: 1,
      everyMs: 50,
      redialMs,
      patienceMs: 1_000,
      atOnce: 24,
      now: monotonicMs,
    });
    generator.start();
    return new ConvergenceWorld(program, nas, nasId, lines.serviceIds, radius, owner, generator);
  }

  use<T>(type: Type<T>): T {
    return this.program.app.get(type, { strict: false });
  }

  async rows<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.owner.query<R>(text, values)).rows;
  }

  /** The session of a service on the NAS, as the NAS has it. */
  session(serviceId: number) {
    return this.nas.sessions().find(({ username }) => username === nameOf(serviceId));
  }

  async until<T>(what: string, probe: () => Promise<T | undefined | false> | T | undefined | false, withinMs = 15_000) {
    for (const start = monotonicMs(); monotonicMs() - start < withinMs; await sleep(20)) {
      const found = await probe();
      if (found) return found;
    }
    throw new Error(`not in time: ${what}`);
  }

  async close(): Promise<void> {
    await this.generator.stop();
    await this.program.stop(0);
    await this.nas.stop();
    await this.radius.stop();
    await this.owner.end();
  }
}

export const nameOf = (serviceId: number): string => `line-${serviceId}@isp.internal`;

/** So many active services with subscribers on a simulated router, confirmed by it, and what their lines dial with. */
async function fill(owner: Pool, count: number, customers: number) {
  const { rows } = await owner.query<{ id: number }>(
    `WITH profile AS (INSERT INTO bandwidth_profiles VALUES ('c-100', 100000, 20000), ('c-300', 300000, 50000) ON CONFLICT DO NOTHING),
          plan AS (INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount)
                   VALUES ('C-100', 'Convergence 100', 'home', 'internet', 100, 20, 30) RETURNING id),
          fast AS (INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount)
                   VALUES ('C-300', 'Convergence 300', 'home', 'internet', 300, 50, 50)),
          customer AS (INSERT INTO customers (partner_id, name, email, phone)
                       SELECT 1, 'Convergence ' || n, 'convergence' || n || '@spec.example', '+1555' || 1990000 + n FROM generate_series(1, $2) n RETURNING id),
          numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS n FROM customer)
     INSERT INTO services (partner_id, customer_id, service_type, plan_id, download_mbps, upload_mbps, monthly_amount, activation_amount, currency, status, operational_status, activated_at)
     SELECT 1, c.id, 'internet', plan.id, 100, 20, 30, 0, 'USD', 'active', 'running', now() FROM plan, generate_series(1, $1) g JOIN numbered c ON c.n = 1 + (g - 1) % $2 ORDER BY g RETURNING id`,
    [count, customers],
  );
  const serviceIds = rows.map(({ id }) => id);
  const vault = new RadiusVault({ ISP_RADIUS_KEY: RADIUS_KEY, ISP_MASTER_KEYS: '' });
  await owner.query(
    `WITH device AS (INSERT INTO devices (name, driver) VALUES ('convergence-router', 'simulated') RETURNING id),
          prefix AS (INSERT INTO prefixes (vrf_id, prefix, role, device_id) SELECT 1, '100.96.0.0/16', 'assignment', id FROM device RETURNING id, device_id),
          pool AS (INSERT INTO ip_pools (router_id, name, prefix, kind, vrf_id, prefix_id, base_prefix, unit_length)
                   SELECT device_id, 'convergence', '100.96.0.0/16', 'ipv4', 1, id, '100.96.0.0/16', 32 FROM prefix RETURNING id),
          held AS (INSERT INTO ip_addresses (pool_id, address, service_id, assigned_at, vrf_id)
                   SELECT pool.id, '100.96.0.0'::inet + n.id, n.id, now(), 1 FROM unnest($1::integer[]) n (id), pool)
     INSERT INTO subscribers (partner_id, customer_id, service_id, username, password_sealed, password_radius, router_id, address, prefix_length,
            bandwidth_profile, download_kbps, upload_kbps, confirmed_version, convergence, confirmed_at)
     SELECT s.partner_id, s.customer_id, s.id, 'line-' || s.id || '@isp.internal', '-', n.sealed, device.id, '100.96.0.0'::inet + s.id, 16,
            'c-100', 100000, 20000, 1, 'confirmed', now()
       FROM unnest($1::integer[], $2::bytea[]) n (id, sealed) JOIN services s ON s.id = n.id, device`,
    [serviceIds, serviceIds.map((id) => vault.seal(`pw ${id}`, { subscriberOf: id }))],
  );
  await owner.query(
    `INSERT INTO simulated_network.subscribers (router_id, username, state)
     SELECT router_id, username, jsonb_build_object('username', username, 'address', host(address), 'vlanId', vlan_id, 'access', access,
              'profile', jsonb_build_object('name', bandwidth_profile, 'downloadKbps', download_kbps, 'uploadKbps', upload_kbps))
       FROM subscribers WHERE service_id = ANY ($1)`,
    [serviceIds],
  );
  const dialIns = serviceIds.map((id) => ({ username: nameOf(id), password: `pw ${id}`, method: 'chap' }) as const);
  return { serviceIds, dialIns };
}
