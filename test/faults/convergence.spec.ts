import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { ReconcileNetwork } from '@isp/domain/network';
import { ChangeServicePlan, ReactivateService, SuspendService } from '@isp/domain/services';
import { DomainError, monotonicMs } from '@isp/kernel';
import { isConnectionFailure } from '@isp/platform/database';
import { ACTOR, ConvergenceWorld } from '../support/convergence-world.js';
import { OwnCluster } from './support/own-cluster.js';
import { inParallel } from './support/http.js';
import { report } from './support/world.js';

const SERVICES = Number(process.env['ISP_TEST_CONVERGENCE'] ?? 300);
const SETTLES_WITHIN_MS = 120_000;
const CHANGES_AT_ONCE = 8;
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

/** A change whose database was away did not happen; any other failure is one of the test. */
async function attempt(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    if (isConnectionFailure(error) || error instanceof DomainError || AWAY.test(String(error))) return false;
    throw error;
  }
}

/** One change of its kind to every service in turn. */
function changesOf(world: World, plans: readonly number[]) {
  const kinds: ((serviceId: number) => Promise<unknown>)[] = [
    (serviceId) => world.use(SuspendService).execute({ actor: ACTOR, serviceId, cause: 'payment' }),
    (serviceId) => world.use(SuspendService).execute({ actor: ACTOR, serviceId, cause: 'abuse', walledGarden: false }),
    (serviceId) =>
      world.use(ChangeServicePlan).execute({ actor: ACTOR, serviceId, planId: plans[serviceId % 2] ?? 0, when: 'now' }),
    async (serviceId) => {
      await world.use(ReactivateService).execute({ actor: ACTOR, serviceId, cause: 'payment' });
      await world.use(ReactivateService).execute({ actor: ACTOR, serviceId, cause: 'abuse' });
    },
  ];
  let turn = 0;
  return async (serviceIds: readonly number[]) => {
    const done = await inParallel(serviceIds, CHANGES_AT_ONCE, (serviceId) => {
      turn += 1;
      const kind = kinds[(serviceId * 7 + turn) % kinds.length] as (typeof kinds)[number];
      return attempt(() => kind(serviceId));
    });
    return done.filter(Boolean).length;
  };
}

/** Who is not as the ledger has it, on the NAS itself: the judge is not the code under test. */
async function wrongOnTheNas(world: World): Promise<string[]> {
  const rows = await world.rows<{ id: number; username: string; down: number; access: string; address: string }>(
    `SELECT s.id, u.username, p.download_mbps * 1000 AS down, host(u.address) AS address,
            CASE WHEN s.status = 'active' THEN 'open'
                 WHEN (SELECT bool_and(walled_garden) FROM service_suspensions x WHERE x.service_id = s.id AND x.ended_at IS NULL)
                 THEN 'walled_garden' ELSE 'closed' END AS access
       FROM services s JOIN subscribers u ON u.service_id = s.id JOIN plans p ON p.id = s.plan_id`,
  );
  const sessions = new Map(world.nas.sessions().map((session) => [session.username, session]));
  return rows.flatMap(({ id, username, down, access, address }) => {
    const session = sessions.get(username);
    const seen = !session ? 'closed' : session.isWalledIn ? 'walled_garden' : 'open';
    if (seen !== access) return [`${id} is ${seen}, wanted ${access}`];
    if (session && access === 'open' && (session.rate.downloadKbps !== down || session.framedAddress !== address))
      return [`${id} has ${session.rate.downloadKbps} at ${session.framedAddress ?? ''}`];
    return [];
  });
}

const openDrifts = async (world: World) =>
  (await world.rows<{ n: number }>(`SELECT count(*)::integer AS n FROM network_drifts WHERE repaired_at IS NULL`))[0]
    ?.n;
const unsettled = async (world: World) =>
  (
    await world.rows<{ n: number }>(`SELECT count(*)::integer AS n FROM subscribers WHERE convergence <> 'confirmed'`)
  )[0]?.n;

it(
  'the network follows the ledger through a NAS that fails three orders in ten and restarts, and a crash of the database',
  async () => {
    const cluster = await OwnCluster.start();
    const database = await cluster.database();
    const settings = { ISP_RECONCILE_SECONDS: '2', ISP_WORKER_CONCURRENCY: '60', ISP_DATABASE_POOL: '20' };
    const world = await ConvergenceWorld.open({ database, services: SERVICES, settings });
    try {
      await world.until('all online', () => world.nas.sessions().length === SERVICES, 60_000);
      const plans = (
        await world.rows<{ id: number }>(`SELECT id FROM plans WHERE sku IN ('C-100', 'C-300') ORDER BY sku`)
      ).map(({ id }) => id);
      const change = changesOf(world, plans);
      const third = Math.ceil(SERVICES / 3);
      const part = (at: number) => world.serviceIds.slice(at * third, (at + 1) * third);
      let changes = 0;
      world.nas.setFaults(FAULTS);
      changes += await change(part(0));
      await world.nas.restart(500);
      changes += await change(part(1));
      const during = change(part(2));
      await cluster.crash();
      await sleep(500);
      await cluster.restart();
      changes += await during;
      await world.nas.restart(500);
      changes += await change(world.serviceIds);
      world.nas.setFaults([]);

      const start = monotonicMs();
      await world
        .until(
          'no drift',
          async () => {
            await sleep(500);
            if ((await unsettled(world)) !== 0) return false;
            await world.use(ReconcileNetwork).execute(0);
            return (await openDrifts(world)) === 0 && (await wrongOnTheNas(world)).length === 0;
          },
          SETTLES_WITHIN_MS,
        )
        .catch(async (error: unknown) => {
          throw new Error(`${String(error)}: ${(await wrongOnTheNas(world)).slice(0, 5).join('; ')}`);
        });
      const seconds = (monotonicMs() - start) / 1_000;
      const [found] = await world.rows<{ drifts: number; unexplained: number; dead: number }>(
        `SELECT (SELECT count(*)::integer FROM network_drifts) AS drifts,
                (SELECT count(*)::integer FROM network_drifts WHERE cause = '' OR repair IS NULL OR repaired_at IS NULL) AS unexplained,
                (SELECT count(*)::integer FROM work_items WHERE status = 'dead') AS dead`,
      );
      report('convergence', {
        services: SERVICES,
        changes,
        drifts: found?.drifts ?? 0,
        settled_seconds: seconds.toFixed(1),
      });
      expect(changes).toBeGreaterThan(SERVICES / 2);
      expect(found).toMatchObject({ unexplained: 0, dead: 0 });
    } finally {
      await world.close();
      await database.drop();
    }
  },
  SERVICES > 1_000 ? 900_000 : 240_000,
);
