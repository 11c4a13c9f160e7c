import { expect, it } from '@jest/globals';
import { removeDir } from '../support/embedded-postgres.js';
import { ask } from './support/http.js';
import { OwnCluster } from './support/own-cluster.js';
import type { ProgramProcess } from './support/program-process.js';
import { drained, order, tally } from './support/provisioning.js';
import { report, stopwatch, until, World } from './support/world.js';

const SETTINGS = { ISP_RECONCILE_SECONDS: '2' };
/** Services by what becomes of them after the backup, in the time that the restore will take back. */
const SUSPENDED = [1, 2, 3, 4, 5];
const TERMINATED = [6, 7, 8];
const UNTOUCHED_TO = 40;
const IN_FLIGHT_TO = 120;
const LOST_TO = 130;
const FINISHED_WITHIN_MS = 180_000;
const NETWORK = ['effects', 'subscribers', 'journal'] as const;
type Network = Readonly<Record<(typeof NETWORK)[number], readonly object[]>>;

async function post(world: World, api: ProgramProcess, path: string, body: unknown = {}): Promise<void> {
  const answer = await ask(`${api.url}/v1/${path}`, world.database.apiKey, { method: 'POST', body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

const confirmed = (world: World) =>
  until(
    'all confirmed',
    async () => (await world.rows(`SELECT 1 FROM subscribers WHERE convergence <> 'confirmed'`)).length === 0,
    30_000,
  );

/** Until the backup and beyond; answers the backup, and the network as it is at the end. */
async function before(
  cluster: OwnCluster,
): Promise<{ backup: string; network: Network; apiKey: string; jobs: number }> {
  const database = await cluster.database();
  const world = await World.open(SETTINGS, database);
  try {
    const [api] = (await world.startAll('api', 'worker')) as [ProgramProcess];
    await order(world, api, UNTOUCHED_TO);
    await drained(world, FINISHED_WITHIN_MS);
    // Longer than the backup takes.
    await world.setRouter('good', { latency_ms: 10_000 });
    const accepting = order(world, api, IN_FLIGHT_TO - UNTOUCHED_TO, UNTOUCHED_TO + 1);
    await until('jobs are under way', async () => (await tally(world)).running >= 5, 20_000);
    const backup = await cluster.backup();
    await world.setRouter('good', {});
    await accepting;
    await order(world, api, LOST_TO - IN_FLIGHT_TO, IN_FLIGHT_TO + 1);
    for (const id of SUSPENDED) await post(world, api, `services/${id}/suspend`, { cause: 'payment' });
    for (const id of TERMINATED) await post(world, api, `services/${id}/terminate`);
    await drained(world, FINISHED_WITHIN_MS);
    await until('removals', async () => (await removals(world)) === TERMINATED.length, 20_000);
    await drained(world, FINISHED_WITHIN_MS);
    await confirmed(world);
    const network: Record<string, readonly object[]> = {};
    for (const table of NETWORK) network[table] = await world.rows(`SELECT * FROM simulated_network.${table}`);
    const { jobs } = await world.row<{ jobs: number }>('SELECT max(id) AS jobs FROM provisioning_jobs');
    return { backup, network: network as Network, apiKey: database.apiKey, jobs };
  } finally {
    await world.end();
  }
}

const removals = async (world: World) =>
  (await world.rows(`SELECT 1 FROM provisioning_jobs WHERE kind = 'deprovision'`)).length;

/** The devices did not go back in time: they do and remember what they were told last. */
async function bringNetworkBack(world: World, network: Network): Promise<void> {
  for (const table of NETWORK) {
    await world.rows(`TRUNCATE simulated_network.${table}`);
    await world.rows(
      `INSERT INTO simulated_network.${table} OVERRIDING SYSTEM VALUE
       SELECT * FROM jsonb_populate_recordset(NULL::simulated_network.${table}, $1)`,
      [JSON.stringify(network[table])],
    );
  }
  // How slow the router was at the backup is its own matter too, though the simulation keeps it with the device.
  await world.setRouter('good', {});
  await world.rows(
    `SELECT setval(pg_get_serial_sequence('simulated_network.journal', 'id'), max(id)) FROM simulated_network.journal`,
  );
}

/** Services whose router does something else than the ledger says. A state that names no access is an open one. */
const different = (world: World) =>
  world.rows<{ id: number; ledger: string; router: string }>(
    `SELECT s.id, w.ledger, w.router
       FROM services s LEFT JOIN subscribers u ON u.service_id = s.id
       LEFT JOIN simulated_network.subscribers n ON n.username = coalesce(u.username, replace(s.guid::text, '-', '') || '@isp.internal')
      CROSS JOIN LATERAL (
        SELECT CASE WHEN u.address IS NULL THEN 'nothing' ELSE u.access || ' ' || host(u.address) END AS ledger,
               coalesce(coalesce(n.state->>'access', 'open') || ' ' || (n.state->>'address'), 'nothing') AS router) w
      WHERE w.ledger <> w.router`,
  );

/**
 * Services that the router was told about after the restore though it did already what it does now. A job that was queued
 * at the backup decides its address again: a router that is told another one than before was not told twice. Nor is one
 * whose service was ordered again (`again`): that is a new order, also where it comes to the same.
 */
const toldInVain = (world: World, { subscribers, journal }: Network, again: readonly number[]) =>
  world.rows<{ id: number }>(
    `SELECT DISTINCT u.service_id AS id
       FROM simulated_network.journal j JOIN simulated_network.subscribers n USING (username)
       JOIN subscribers u USING (username)
       JOIN jsonb_to_recordset($1) AS earlier (username text, state jsonb) USING (username)
      WHERE j.id > $2 AND '{"access": "open"}' || earlier.state = '{"access": "open"}' || n.state
        AND u.service_id <> ALL ($3)`,
    [JSON.stringify(subscribers), Math.max(...(journal as { id: number }[]).map(({ id }) => Number(id))), again],
  );

it('F27: a ledger that was restored to an earlier state finds what the network does differently, and repairs it', async () => {
  const watch = stopwatch();
  const { backup, network, apiKey, jobs } = await before(await OwnCluster.start());
  const cluster = await OwnCluster.restore(backup);
  const world = await World.open(SETTINGS, cluster.databaseOf(apiKey));
  let failure: unknown;
  try {
    await bringNetworkBack(world, network);
    const then = await tally(world);
    expect(then.queued + then.running).toBeGreaterThan(0);
    const apart = await different(world);
    const [api] = (await world.startAll('api', 'worker')) as [ProgramProcess];
    await drained(world, FINISHED_WITHIN_MS);
    // Orders that the restore took back come again, under numbers that the network has seen with others.
    const lost = await world.rows<{ id: number }>(
      `SELECT id FROM services WHERE id <= $1 AND status = 'pending_activation' ORDER BY id DESC`,
      [LOST_TO],
    );
    for (const { id } of lost) await order(world, api, 1, id);
    await drained(world, FINISHED_WITHIN_MS);
    const { seen } = await world.row<{ seen: number }>(
      'SELECT count(*)::integer AS seen FROM provisioning_jobs WHERE id <= $1',
      [jobs],
    );
    await post(world, api, 'network/reconcile', { routers: true });
    await until('no difference', async () => (await different(world)).length === 0, 60_000);
    await until(
      'no drift',
      async () => (await world.rows('SELECT 1 FROM network_drifts WHERE repaired_at IS NULL')).length === 0,
      20_000,
    );
    await confirmed(world);
    const drifts = await world.rows<{ id: number; caused: boolean; repair: string }>(
      `SELECT service_id AS id, cause <> '' AS caused, repair FROM network_drifts WHERE kind = 'router' ORDER BY service_id`,
    );
    const twice = await toldInVain(
      world,
      network,
      lost.map(({ id }) => id),
    );
    const final = await tally(world);
    report('F27', {
      in_flight_at_backup: then.queued + then.running,
      apart_after_restore: apart.length,
      ordered_again: lost.length,
      numbers_used_again: seen,
      drifts: drifts.length,
      lost: LOST_TO - final.succeeded,
      duplicated: twice.length,
      seconds: watch.seconds(),
    });
    expect(lost.length).toBeGreaterThanOrEqual(LOST_TO - IN_FLIGHT_TO);
    expect(final).toMatchObject({ succeeded: LOST_TO, failed: 0, dead: 0, cancelled: 0 });
    expect(drifts.map(({ id }) => id)).toEqual([...SUSPENDED, ...TERMINATED]);
    expect(drifts.every(({ caused, repair }) => caused && repair.includes('router applied'))).toBe(true);
    expect(twice).toEqual([]);
  } catch (error) {
    failure = error;
  }
  await world.end().catch((error: unknown) => (failure ??= error));
  await removeDir(backup);
  if (failure) throw failure as Error;
}, 600_000);
