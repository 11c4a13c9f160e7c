import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedNas } from '@isp/domain/network';
import { monotonicMs, systemClock } from '@isp/kernel';
import type pg from 'pg';
import { makeNas, RADIUS_KEY, RadiusServer, radiusLogin, vaultOf } from '../radius/support.js';
import { fillServices } from './data.js';
import type { Load, LoadResult } from './load.js';
import { type Figure, number } from './measure.js';
import { PARTNERS, type Place } from './place.js';
import type { Helper } from './processes.js';

const COUNT = 500;
const PER_SECOND = 10;
const AT_ONCE = 8;
const LOOK_EVERY_MS = 10;
const NAS_ADDRESS = '127.0.0.9';
const SECRET = 'bench-secret';
const TARGET_SECONDS = 5;
const vault = vaultOf();

interface Bench {
  readonly place: Place;
  readonly load: Helper<Load, LoadResult>;
}

const nameOf = (id: number): string => `suspend-${id}@isp.internal`;
const passwordOf = (id: number): string => `pw-${id}`;

/** Active services with a line each, as though they had been provisioned. */
async function fill(client: pg.Client): Promise<number[]> {
  const ids = await fillServices(client, COUNT, PARTNERS.others);
  await client.query(`UPDATE services SET status = 'active', operational_status = 'running' WHERE id = ANY ($1)`, [
    ids,
  ]);
  await client.query(
    `INSERT INTO subscribers (partner_id, customer_id, service_id, username, password_sealed, password_radius, router_id, address,
            prefix_length, bandwidth_profile, download_kbps, upload_kbps, confirmed_version, convergence, confirmed_at)
     SELECT s.partner_id, s.customer_id, s.id, n.name, '-', n.sealed, d.id, '100.64.0.0'::inet + s.id, 10, 'bench-100', 100000, 50000, 1, 'confirmed', now()
       FROM unnest($1::integer[], $2::text[], $3::bytea[]) n (id, name, sealed) JOIN services s ON s.id = n.id, devices d WHERE d.name = 'bench'`,
    [ids, ids.map(nameOf), ids.map((id) => vault.seal(passwordOf(id), { subscriberOf: id }))],
  );
  await client.query('ANALYZE services, subscribers');
  return ids;
}

/** A FreeRADIUS and a NAS behind it on which all of them are online. */
async function online({ place }: Bench, ids: readonly number[]) {
  await makeNas(place.postgres.ownerUrl, NAS_ADDRESS, SECRET);
  const database = await radiusLogin(place.postgres.url('isp', 'isp_super'));
  const server = await RadiusServer.start({ database, settings: { RADIUS_CLIENT_LIFETIME: '3600' } });
  const nas = await SimulatedNas.start({
    identifier: 'bench',
    address: NAS_ADDRESS,
    secret: SECRET,
    server: { host: '127.0.0.1', authenticationPort: server.authPort, accountingPort: server.acctPort },
    coaPort: 0,
    clock: systemClock,
    seed: 1,
  });
  const settings = [NAS_ADDRESS, JSON.stringify({ coa_port: nas.coaPort })];
  await place.owner((client) =>
    client.query(`UPDATE devices SET session_driver = 'radius-coa', settings = $2 WHERE nas_address = $1`, settings),
  );
  const outcomes: string[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE).map((id) => ({ username: nameOf(id), password: passwordOf(id) }));
    const answers = await Promise.all(some.map((line) => nas.dialIn({ ...line, method: 'chap' })));
    outcomes.push(...answers.map(({ outcome }) => outcome));
  }
  const refused = outcomes.filter((outcome) => outcome !== 'accepted');
  if (refused.length > 0) throw new Error(`${refused.length} could not dial in: ${refused[0] ?? ''}`);
  return { server, nas };
}

/** Epoch milliseconds at which the Stop of each session was seen to be committed. */
async function watch(client: pg.Client, ids: readonly number[]): Promise<Map<number, number>> {
  const ended = new Map<number, number>();
  const closed = `SELECT service_id AS id FROM radius.radacct WHERE service_id = ANY ($1) AND closed_by = 'nas'`;
  const start = monotonicMs();
  while (ended.size < ids.length && monotonicMs() - start < 300_000) {
    const { rows } = await client.query<{ id: number }>(closed, [ids.filter((id) => !ended.has(id))]);
    const at = systemClock.now().getTime();
    for (const { id } of rows) ended.set(id, at);
    await sleep(LOOK_EVERY_MS);
  }
  return ended;
}

/**
 * From the answer to `POST …/suspend` to the session's Stop in the database: API and worker in two processes, a NAS that
 * obeys, FreeRADIUS in between, all over UDP.
 */
export async function suspensionFigures(bench: Bench): Promise<Figure[]> {
  const { place, load } = bench;
  const ids = await place.owner(fill);
  const { server, nas } = await online(bench, ids);
  const keys = await place.apiKeys(PARTNERS.operator, 20, ['service.suspend', 'service.update']);
  const settings = { ISP_RADIUS_KEY: RADIUS_KEY };
  const [api, worker] = await Promise.all([place.app('api', settings), place.app('worker', settings)]);
  try {
    const paths = ids.map((id) => `/v1/services/${id}/suspend`);
    const headers = keys.map((key) => ({ 'x-api-key': key, 'content-type': 'application/json' }));
    const body = JSON.stringify({ reason: 'bench', walled_garden: false });
    const order: Load = { origin: api.url, method: 'POST', paths, headers, body, connections: 8, count: COUNT };
    const [answers, ended] = await Promise.all([
      load.ask({ ...order, perSecond: PER_SECOND }),
      place.owner((client) => watch(client, ids)),
    ]);
    if (answers.statuses['200'] !== COUNT)
      throw new Error(`${JSON.stringify(answers.statuses)} ${answers.sample.slice(0, 300)}`);
    const took = ids.map(
      (id) => ((ended.get(id) ?? Infinity) - (answers.answeredAt[`/v1/services/${id}/suspend`] ?? 0)) / 1_000,
    );
    const sorted = took.sort((one, other) => one - other);
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] as number;
    const ours = `p50 ${number(at(0.5))} s, p99 ${number(at(0.99))} s, longest ${number(at(1))} s`;
    const what = `From suspension to the session's Stop, ${PER_SECOND} a second, ${COUNT} in all`;
    console.log(`${what}: ${ours}; ${nas.sessions().length} left on the NAS`);
    return [{ what, ours, bare: '', ratio: '', target: 'p99 ≤ 5 s', met: at(0.99) <= TARGET_SECONDS }];
  } finally {
    await Promise.all([api.stop(), worker.stop(), nas.stop()]);
    await server.stop();
  }
}
