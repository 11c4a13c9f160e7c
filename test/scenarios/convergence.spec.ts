import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReconcileNetwork } from '@isp/domain/network';
import {
  ChangeServicePlan,
  ReactivateService,
  ServiceQueries,
  SuspendService,
  TerminateService,
} from '@isp/domain/services';
import { ACTOR, ConvergenceWorld } from '../support/convergence-world.js';
import { createTestDatabase, type TestDatabase } from '../support/test-postgres.js';

let database: TestDatabase;
let world: ConvergenceWorld;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await ConvergenceWorld.open({ database, services: 8, settings: { ISP_RECONCILE_SECONDS: '86400' } });
  await world.until('all online', () => world.nas.sessions().length === 8);
}, 60_000);
afterAll(async () => {
  await world.close();
  await database.drop();
}, 30_000);

const suspend = (serviceId: number, walledGarden = true) =>
  world.use(SuspendService).execute({ actor: ACTOR, serviceId, cause: 'payment', walledGarden });
const reactivate = (serviceId: number) =>
  world.use(ReactivateService).execute({ actor: ACTOR, serviceId, cause: 'payment' });
const stateOf = async (serviceId: number) =>
  (
    await world.rows<{ convergence: string; error: string | null; settled: boolean }>(
      `SELECT convergence, convergence_error AS error, convergence = 'confirmed' AND desired_version = confirmed_version AS settled
         FROM subscribers WHERE service_id = $1`,
      [serviceId],
    )
  )[0];
const settled = (serviceId: number) =>
  world.until('confirmed', async () => (await stateOf(serviceId))?.settled, 20_000);
const service = (at: number) => world.serviceIds[at] as number;
const reconcile = (grace = 0) => world.use(ReconcileNetwork).execute(grace);
const operational = async (id: number) => (await world.use(ServiceQueries).get(ACTOR, id)).operationalStatus;
const rowOf = async (sessionId: string) =>
  (
    await world.rows<{ closed_by: string | null; cause: string | null; access: string | null; rate: number | null }>(
      `SELECT closed_by, acctterminatecause AS cause, granted_access AS access, granted_download_kbps AS rate
         FROM radius.radacct WHERE acctsessionid = $1`,
      [sessionId],
    )
  )[0];

describe('a service that is suspended and works again', () => {
  it('loses its session, comes back in the garden, and comes back with its own address', async () => {
    const id = service(0);
    const first = world.session(id);
    expect(first).toMatchObject({ isWalledIn: false, framedAddress: expect.stringMatching(/^100\.96\./) });
    await suspend(id);
    const walled = await world.until('a session in the garden', () => {
      const now = world.session(id);
      return now && now.id !== first?.id && now.isWalledIn ? now : undefined;
    });
    expect(walled.framedAddress).toBeUndefined();
    await settled(id);
    await world.until('its Stop', async () => (await rowOf(first?.id ?? ''))?.closed_by === 'nas');
    await world.until('limited', async () => (await operational(id)) === 'limited');
    await reactivate(id);
    const again = await world.until('a session outside', () => {
      const now = world.session(id);
      return now && now.id !== walled.id && !now.isWalledIn ? now : undefined;
    });
    expect(again.framedAddress).toBe(first?.framedAddress);
    await settled(id);
    await world.until('running', async () => (await operational(id)) === 'running');
  }, 30_000);

  it('stays offline when it is closed altogether, and when it is terminated', async () => {
    const id = service(1);
    await suspend(id, false);
    await world.until('gone', () => world.session(id) === undefined);
    await settled(id);
    await world.until('stopped', async () => (await operational(id)) === 'stopped');
    await reactivate(id);
    await world.until('back', () => world.session(id) !== undefined);
    await world.use(TerminateService).execute({ actor: ACTOR, serviceId: id });
    await world.until('gone for good', () => world.session(id) === undefined);
  }, 30_000);
});

describe('a change of plan', () => {
  it('changes the rate of the session that runs, as soon as the NAS does not refuse any more', async () => {
    const [fast] = await world.rows<{ id: number }>(`SELECT id FROM plans WHERE sku = 'C-300'`);
    const [kept, lost] = [service(2), service(3)];
    const before = world.session(kept);
    await world.use(ChangeServicePlan).execute({ actor: ACTOR, serviceId: kept, planId: fast?.id ?? 0, when: 'now' });
    await settled(kept);
    expect(world.session(kept)).toMatchObject({ id: before?.id, rate: { downloadKbps: 300_000, uploadKbps: 50_000 } });
    expect(await rowOf(before?.id ?? '')).toMatchObject({ closed_by: null, rate: 300_000 });
    world.nas.setFaults([{ fault: 'nak' }]);
    await world.use(ChangeServicePlan).execute({ actor: ACTOR, serviceId: lost, planId: fast?.id ?? 0, when: 'now' });
    await world.until('the refusal on record', async () => (await stateOf(lost))?.error?.includes('refused'));
    expect((await stateOf(lost))?.convergence).toBe('pending');
    world.nas.setFaults([]);
    await settled(lost);
    await world.until('the new rate', () => world.session(lost)?.rate.downloadKbps === 300_000);
  }, 30_000);
});

describe('a NAS that does not answer', () => {
  it('is a named state that is retried, shown as drift, and ends by itself', async () => {
    const id = service(4);
    world.nas.setFaults([{ fault: 'silence' }]);
    await suspend(id);
    const state = await world.until(
      'unreachable',
      async () => {
        const now = await stateOf(id);
        return now?.convergence === 'unreachable' && now;
      },
      25_000,
    );
    expect(state.error).toBe('The device did not answer in time.');
    await reconcile();
    const [drift] = await world.rows(
      `SELECT kind, cause, repaired_at FROM network_drifts WHERE service_id = $1 AND repaired_at IS NULL`,
      [id],
    );
    expect(drift).toEqual({
      kind: 'unconfirmed',
      cause: 'unreachable: The device did not answer in time.',
      repaired_at: null,
    });
    const dead = await world.rows(`SELECT 1 FROM work_items WHERE status = 'dead'`);
    expect(dead).toEqual([]);
    world.nas.setFaults([]);
    await settled(id);
    await world.until('in the garden', () => world.session(id)?.isWalledIn);
    await reconcile();
    const [closed] = await world.rows<{ repair: string }>(
      `SELECT repair FROM network_drifts WHERE service_id = $1 AND repaired_at IS NOT NULL`,
      [id],
    );
    expect(closed?.repair).toContain('router applied');
  }, 60_000);
});

describe('the reconciler', () => {
  it('finds what nobody ordered, repairs it, and tells of both', async () => {
    const [rated, walled, sold] = [service(5), service(6), service(7)];
    // Behind everybody's back: the network was given something else, and the ledger says something else.
    await world.rows(
      `UPDATE radius.radacct SET granted_download_kbps = 1 WHERE service_id = $1 AND acctstoptime IS NULL`,
      [rated],
    );
    await world.rows(
      `UPDATE radius.radacct SET granted_access = 'walled_garden' WHERE service_id = $1 AND acctstoptime IS NULL`,
      [walled],
    );
    await world.rows(`UPDATE subscribers SET access = 'closed' WHERE service_id = $1`, [sold]);
    const old = world.session(walled)?.id;
    expect(await reconcile()).toMatchObject({ detected: expect.any(Number) });
    const kinds = await world.rows(
      `SELECT service_id AS id, kind, cause <> '' AS caused FROM network_drifts WHERE service_id = ANY ($1) ORDER BY service_id, kind`,
      [[rated, walled, sold]],
    );
    expect(kinds).toEqual([
      { id: rated, kind: 'rate', caused: true },
      { id: walled, kind: 'access', caused: true },
      { id: sold, kind: 'closed', caused: true },
      { id: sold, kind: 'commercial', caused: true },
    ]);
    for (const id of [rated, walled, sold]) await settled(id);
    await world.until('a new session', () => world.session(walled) && world.session(walled)?.id !== old);
    await world.until('no drift', async () => {
      await reconcile();
      const [open] = await world.rows<{ n: number }>(
        `SELECT count(*)::integer AS n FROM network_drifts WHERE repaired_at IS NULL AND service_id = ANY ($1)`,
        [[rated, walled, sold]],
      );
      return open?.n === 0;
    });
    expect(world.session(sold)).toBeDefined();
    const told = await world.rows<{ name: string; n: number }>(
      `SELECT name, count(*)::integer AS n FROM outbox WHERE name LIKE 'network.drift.%' AND (payload->>'service_id')::integer = ANY ($1)
        GROUP BY name ORDER BY name`,
      [[rated, walled, sold]],
    );
    expect(told).toEqual([
      { name: 'network.drift.detected.v1', n: 4 },
      { name: 'network.drift.repaired.v1', n: 4 },
    ]);
    const metrics = await (await fetch(`${world.program.url}/metrics`)).text();
    expect(metrics).toMatch(/isp_network_drift\{kind="rate"\} 0/);
  }, 60_000);
});
