import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { ReconcileNetwork, RequestConvergence } from '@isp/domain/network';
import { ChangeServicePlan, ReactivateService, SuspendService } from '@isp/domain/services';
import { DomainError, monotonicMs } from '@isp/kernel';
import { isConnectionFailure } from '@isp/platform/database';
import { describeWith } from '../radius/programs.js';
import { ACTOR, ConvergenceWorld } from '../support/convergence-world.js';
import { OwnCluster } from './support/own-cluster.js';
import { report, stopwatch, until } from './support/world.js';

const SERVICES = Number(process.env['ISP_TEST_CONVERGENCE'] ?? 300);
const MANY = SERVICES > 1_000;
const SETTLES_WITHIN_MS = 120_000;
const ONLINE_WITHIN_MS = MANY ? 600_000 : 60_000;
const CHANGES_PER_SECOND = MANY ? 25 : 12;
/** Between two of the blows below. */
const PAUSE_MS = MANY ? 45_000 : 5_000;
/** How old a difference may be while things go wrong, s; shorter than in production, so that they are seen at all. */
const GRACE_SECONDS = 2;
/** Three orders in ten go wrong: dropped, obeyed without an answer, refused, or late; and answers overtake each other. */
const FAULTS = [
  { fault: 'silence', share: 0.08 },
  { fault: 'lost_answer', share: 0.08 },
  { fault: 'nak', share: 0.08 },
  { fault: 'slow', share: 0.06 },
  { fault: 'reorder', share: 0.1 },
  { fault: 'duplicate', share: 0.1 },
] as const;

type World = ConvergenceWorld;
const AWAY = /ECONNREFUSED|ECONNRESET|terminated|shut(ting)? ?down|starting up|recovery mode/;

/** What the database refused, or could not do because it was away, did not happen; any other failure is the test's. */
async function attempt(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    if (isConnectionFailure(error) || error instanceof DomainError || AWAY.test(String(error))) return false;
    throw error;
  }
}

/** One change after another, each of a random kind to a random service, at a steady rate until it is stopped. */
class Changes {
  readonly done = { suspended: 0, closed: 0, replanned: 0, paid: 0 };
  private stopped = false;
  private turn = 0;

  constructor(
    private readonly world: World,
    private readonly plans: readonly number[],
  ) {}

  async run(): Promise<void> {
    const start = monotonicMs();
    const pending: Promise<unknown>[] = [];
    for (; !this.stopped; await sleep(20))
      while (pending.length < ((monotonicMs() - start) / 1_000) * CHANGES_PER_SECOND) pending.push(this.one());
    await Promise.all(pending);
  }

  stop(): void {
    this.stopped = true;
  }

  private async one(): Promise<void> {
    const serviceId = this.world.serviceIds[this.random(SERVICES)] as number;
    const kinds = ['suspended', 'closed', 'replanned', 'replanned', 'paid', 'paid'] as const;
    const kind = kinds[this.random(kinds.length)] as keyof Changes['done'];
    if (await attempt(() => this.change(kind, serviceId))) this.done[kind] += 1;
  }

  private async change(kind: keyof Changes['done'], serviceId: number): Promise<unknown> {
    const { world, plans } = this;
    const whom = { actor: ACTOR, serviceId };
    if (kind === 'suspended') return world.use(SuspendService).execute({ ...whom, cause: 'payment' });
    if (kind === 'closed') return world.use(SuspendService).execute({ ...whom, cause: 'abuse', walledGarden: false });
    if (kind === 'replanned')
      return world.use(ChangeServicePlan).execute({ ...whom, planId: plans[this.random(2)] ?? 0, when: 'now' });
    await attempt(() => world.use(ReactivateService).execute({ ...whom, cause: 'abuse' }));
    return world.use(ReactivateService).execute({ ...whom, cause: 'payment' });
  }

  /** The same in every run: the finaliser of MurmurHash3 over a counter. */
  private random(below: number): number {
    let n = (this.turn = (this.turn + 0x9e37_79b9) | 0);
    n = Math.imul(n ^ (n >>> 16), 0x85eb_ca6b);
    n = Math.imul(n ^ (n >>> 13), 0xc2b2_ae35);
    return ((((n ^ (n >>> 16)) >>> 0) / 2 ** 32) * below) | 0;
  }
}

interface Wanted {
  readonly id: number;
  readonly username: string;
  readonly down: number;
  readonly access: string;
  readonly address: string;
  readonly router: string;
}

/** Who is not as the ledger has it, on the NAS and the router themselves: the judge is not the code under test. */
async function wrongOnTheNetwork(world: World): Promise<string[]> {
  const rows = await world.rows<Wanted>(
    `SELECT s.id, u.username, p.download_mbps * 1000 AS down, host(u.address) AS address, x.access,
            coalesce(n.state->>'access' || ' ' || (n.state->'profile'->>'downloadKbps'), 'nothing') AS router
       FROM services s JOIN subscribers u ON u.service_id = s.id JOIN plans p ON p.id = s.plan_id
       LEFT JOIN simulated_network.subscribers n ON n.router_id = u.router_id AND n.username = u.username
      CROSS JOIN LATERAL (SELECT CASE WHEN s.status = 'active' THEN 'open'
                 WHEN (SELECT bool_and(walled_garden) FROM service_suspensions x WHERE x.service_id = s.id AND x.ended_at IS NULL)
                 THEN 'walled_garden' ELSE 'closed' END AS access) x`,
  );
  const all = world.nas.sessions();
  const sessions = new Map(all.map((session) => [session.username, session]));
  if (sessions.size < all.length) return [`${all.length - sessions.size} sessions too many`];
  return rows.flatMap(({ id, username, down, access, address, router }) => {
    const session = sessions.get(username);
    const seen = !session ? 'closed' : session.isWalledIn ? 'walled_garden' : 'open';
    if (seen !== access) return [`${id} is ${seen}, wanted ${access}`];
    if (router !== `${access} ${down}`) return [`${id} on its router: ${router}, wanted ${access} ${down}`];
    if (session && access === 'open' && (session.rate.downloadKbps !== down || session.framedAddress !== address))
      return [`${id} has ${session.rate.downloadKbps} at ${session.framedAddress ?? ''}`];
    return [];
  });
}

const count = async (world: World, from: string) =>
  (await world.rows<{ n: number }>(`SELECT count(*)::integer AS n FROM ${from}`))[0]?.n ?? 0;
const reconcile = (world: World, graceSeconds: number) =>
  attempt(() => world.use(ReconcileNetwork).execute(graceSeconds));

/** Everything that goes wrong, one after another, while orders fail all the time. */
async function blows(world: World, cluster: OwnCluster): Promise<void> {
  await sleep(PAUSE_MS);
  await world.nas.restart(500);
  await sleep(PAUSE_MS);
  await world.radius.restart(1_000);
  await sleep(PAUSE_MS);
  await cluster.crash();
  await sleep(500);
  await cluster.restart();
  await sleep(PAUSE_MS);
  // A router that lost a part of its configuration: nothing in the database tells of it.
  await world.rows(`DELETE FROM simulated_network.subscribers WHERE hashtext(username) % 20 = 0`);
  await world.use(RequestConvergence).ofNetwork(ACTOR, { routers: true });
  await sleep(PAUSE_MS);
  await world.nas.restart(500);
  await sleep(PAUSE_MS);
}

/** Looks for differences all the while. */
function watching(world: World): { stop(): Promise<void> } {
  const ending = new AbortController();
  const loop = (async () => {
    for (; !ending.signal.aborted; await sleep(MANY ? 5_000 : 1_000)) await reconcile(world, GRACE_SECONDS);
  })();
  return {
    stop: () => {
      ending.abort();
      return loop;
    },
  };
}

async function settle(world: World): Promise<number> {
  const watch = stopwatch();
  const done = async (): Promise<boolean> => {
    await sleep(500);
    if ((await count(world, `subscribers WHERE convergence <> 'confirmed'`)) > 0) return false;
    await reconcile(world, 0);
    const open = await count(world, 'network_drifts WHERE repaired_at IS NULL');
    const readBacks = await count(
      world,
      `work_items WHERE name = 'network.read-back' AND status IN ('queued', 'running')`,
    );
    return open + readBacks === 0 && (await wrongOnTheNetwork(world)).length === 0;
  };
  await until('no drift', done, SETTLES_WITHIN_MS).catch(async (error: unknown) => {
    const unsettled = await count(world, `subscribers WHERE convergence <> 'confirmed'`);
    const wrong = await wrongOnTheNetwork(world);
    throw new Error(`${String(error)}: ${unsettled} unsettled, ${wrong.length} wrong: ${wrong.slice(0, 5).join('; ')}`);
  });
  return watch.seconds();
}

async function live(world: World, cluster: OwnCluster): Promise<void> {
  const watch = stopwatch();
  await until('all online', () => world.nas.sessions().length === SERVICES, ONLINE_WITHIN_MS);
  const online = watch.seconds();
  const plans = await world.rows<{ id: number }>(`SELECT id FROM plans WHERE sku IN ('C-100', 'C-300') ORDER BY sku`);
  const changes = new Changes(
    world,
    plans.map(({ id }) => id),
  );
  world.nas.setFaults(FAULTS);
  const changing = changes.run();
  const watcher = watching(world);
  try {
    await blows(world, cluster);
  } finally {
    changes.stop();
    await changing;
    await watcher.stop();
  }
  world.nas.setFaults([]);
  const settled = await settle(world);
  const kinds = await world.rows<{ kind: string; n: number; longest: number }>(
    `SELECT kind, count(*)::integer AS n, max(extract(epoch FROM repaired_at - detected_at))::integer AS longest FROM network_drifts GROUP BY kind ORDER BY kind`,
  );
  const unexplained = await count(world, `network_drifts WHERE cause = '' OR repair IS NULL OR repaired_at IS NULL`);
  const told = await count(
    world,
    `network_drifts d WHERE (SELECT count(*) FROM outbox o WHERE o.name LIKE 'network.drift.%' AND o.payload->>'drift_id' = d.id::text) <> 2`,
  );
  const dead = await count(world, `work_items WHERE status = 'dead'`);
  report('convergence', {
    services: SERVICES,
    online_seconds: online,
    ...changes.done,
    drifts: kinds.map(({ kind, n }) => `${n} ${kind}`).join(', '),
    longest_repair_seconds: Math.max(...kinds.map(({ longest }) => longest)),
    settled_seconds: settled,
    seconds: watch.seconds(),
  });
  for (const [kind, done] of Object.entries(changes.done)) expect([kind, done > SERVICES / 100]).toEqual([kind, true]);
  expect({ unexplained, dead, told }).toEqual({ unexplained: 0, dead: 0, told: 0 });
  // There was something to find: of the NAS that failed orders, and of the router that forgot.
  const found = new Map(kinds.map(({ kind, n }) => [kind, n]));
  for (const kind of ['unconfirmed', 'router']) expect([kind, (found.get(kind) ?? 0) > 3]).toEqual([kind, true]);
}

describeWith(['freeradius'], 'the network follows the ledger', () => {
  it(
    'through a NAS that fails three orders in ten and restarts, a router that forgets, and crashes of FreeRADIUS and the database',
    async () => {
      const cluster = await OwnCluster.start();
      const database = await cluster.database();
      const settings = { ISP_RECONCILE_SECONDS: '86400', ISP_WORKER_CONCURRENCY: '60', ISP_DATABASE_POOL: '20' };
      const world = await ConvergenceWorld.open({ database, services: SERVICES, settings, freeradius: true });
      try {
        await live(world, cluster);
      } finally {
        await world.close();
        await database.drop();
      }
    },
    MANY ? 1_800_000 : 240_000,
  );
});
