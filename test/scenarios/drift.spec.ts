import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Permission, systemActor } from '@isp/contracts';
import { CreateApiKey } from '@isp/domain/access';
import { ChangeServicePlan } from '@isp/domain/services';
import { ACTOR, ConvergenceWorld } from '../support/convergence-world.js';
import { ask } from '../support/api-world.js';
import { createTestDatabase, type TestDatabase } from '../support/test-postgres.js';

let database: TestDatabase;
let world: ConvergenceWorld;
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await ConvergenceWorld.open({ database, services: 4, settings: { ISP_RECONCILE_SECONDS: '86400' } });
  await world.until('all online', () => world.nas.sessions().length === 4);
  key = await keyWith(['drift.read', 'drift.repair']);
}, 60_000);
afterAll(async () => {
  await world.close();
  await database.drop();
}, 30_000);

interface Drift {
  readonly id: string;
  readonly state: 'open' | 'repaired';
  readonly kind: string;
  readonly desired: string;
  readonly observed: string;
  readonly cause: string;
  readonly repair: string | null;
}

interface OnTheNetwork {
  readonly convergence: { readonly state: string; readonly error: string | null; readonly attempts: number };
  readonly desired: { readonly access: string; readonly download_kbps: number };
  readonly observed: { readonly online: boolean; readonly sessions: readonly { readonly download_kbps: number }[] };
}

async function keyWith(scopes: readonly Permission[]): Promise<string> {
  const actor = { ...systemActor('spec'), permissions: new Set(scopes) };
  const input = { actor, partnerId: 1, name: 'spec', scopes, reach: 'all' } as const;
  return (await world.use(CreateApiKey).execute(input)).secret;
}

const service = (at: number) => world.serviceIds[at] as number;
const call = (method: string, path: string, body?: unknown, by = key) =>
  ask(`${world.program.url}/v1/${path}`, { method, key: by, ...(body ? { body } : {}) });
async function drifts(serviceId: number, query = ''): Promise<Drift[]> {
  const answer = await call('GET', `network/drift?service_id=${serviceId}${query}`);
  expect(answer.status).toBe(200);
  return answer.json<{ drifts: Drift[] }>().drifts;
}
const onTheNetwork = async (serviceId: number) =>
  (await call('GET', `services/${serviceId}/network`)).json<OnTheNetwork>();
const reconcile = async (body?: object) => expect((await call('POST', 'network/reconcile', body)).status).toBe(202);
/** Compares again until it is so: what routers are asked comes back a moment later. */
const compared = <T>(what: string, probe: () => Promise<T | undefined | false>) =>
  world.until(
    what,
    async () => {
      await reconcile();
      return probe();
    },
    20_000,
  );
/** Nothing that was asked for before is still to come. */
const settled = () =>
  world.until(
    'all comparisons and repairs over',
    async () => {
      const left = await world.rows(
        `SELECT FROM work_items WHERE name IN ('network.reconcile', 'network.converge') AND status IN ('queued', 'running')`,
      );
      return left.length === 0;
    },
    20_000,
  );
const one = async (serviceId: number, kind: string) => {
  const [found] = await drifts(serviceId, `&state=repaired&kind=${kind}`);
  return found;
};

describe('what the network does differently', () => {
  it('is found on a router that forgot or was changed by hand, repaired, and listed with cause and repair', async () => {
    const [forgotten, changed] = [service(0), service(1)];
    const name = (id: number) => `line-${id}@isp.internal`;
    await world.rows(`DELETE FROM simulated_network.subscribers WHERE username = $1`, [name(forgotten)]);
    await world.rows(
      `UPDATE simulated_network.subscribers SET state = jsonb_set(state, '{access}', '"closed"') WHERE username = $1`,
      [name(changed)],
    );
    // Nothing in the database tells of it.
    await reconcile();
    expect((await onTheNetwork(forgotten)).convergence).toMatchObject({ state: 'confirmed' });
    await reconcile({ routers: true });
    const [lost, shut] = [
      await compared('the forgotten one', () => one(forgotten, 'router')),
      await compared('the changed one', () => one(changed, 'router')),
    ];
    expect(lost).toMatchObject({
      state: 'repaired',
      desired: `subscriber ${name(forgotten)}`,
      observed: 'subscriber none',
    });
    expect(shut).toMatchObject({ state: 'repaired', desired: 'access open', observed: 'access closed' });
    for (const drift of [lost, shut]) {
      expect(drift.cause).toMatch(
        /^router convergence-router was read back and does not do what it was seen to do at 20/,
      );
      expect(drift.repair).toMatch(/^router applied/);
    }
    const routers = await world.rows(
      `SELECT state->>'access' AS access FROM simulated_network.subscribers WHERE username = ANY ($1)`,
      [[name(forgotten), name(changed)]],
    );
    expect(routers).toEqual([{ access: 'open' }, { access: 'open' }]);
    // Nobody else was touched.
    expect(await drifts(service(2))).toEqual([]);
  }, 60_000);

  it('is found in a session with another rate, and the service shows both sides', async () => {
    const id = service(2);
    await settled();
    await world.rows(
      `UPDATE radius.radacct SET granted_download_kbps = 7 WHERE service_id = $1 AND acctstoptime IS NULL`,
      [id],
    );
    expect(await onTheNetwork(id)).toMatchObject({
      desired: { access: 'open', download_kbps: 100_000 },
      observed: { online: true, sessions: [{ download_kbps: 7 }] },
    });
    const drift = await compared('the rate', () => one(id, 'rate'));
    expect(drift).toMatchObject({ desired: '100000/20000', observed: '7/20000' });
    expect(drift.cause).toMatch(/^session .* was opened under version 1 of 1$/);
    expect((await onTheNetwork(id)).observed.sessions).toMatchObject([{ download_kbps: 100_000 }]);
  }, 60_000);

  it('is named while a device does not answer, and converged at once when somebody asks', async () => {
    const id = service(3);
    const [fast] = await world.rows<{ id: number }>(`SELECT id FROM plans WHERE sku = 'C-300'`);
    world.nas.setFaults([{ fault: 'silence' }]);
    await world.use(ChangeServicePlan).execute({ actor: ACTOR, serviceId: id, planId: fast?.id ?? 0, when: 'now' });
    const stuck = await world.until(
      'unreachable',
      async () => {
        const now = await onTheNetwork(id);
        return now.convergence.state === 'unreachable' && now;
      },
      30_000,
    );
    expect(stuck).toMatchObject({
      convergence: { error: 'The device did not answer in time.' },
      desired: { download_kbps: 300_000 },
      observed: { sessions: [{ download_kbps: 100_000 }] },
    });
    world.nas.setFaults([]);
    // Its own next try may be a minute away.
    await world.rows(
      `UPDATE work_items SET not_before = now() + interval '1 hour', due_at = now() + interval '1 hour'
        WHERE name = 'network.converge' AND dedupe_key = $1 AND status = 'queued'`,
      [String(id)],
    );
    expect((await call('POST', `services/${id}/converge`)).status).toBe(202);
    await world.until('confirmed', async () => (await onTheNetwork(id)).convergence.state === 'confirmed', 20_000);
    expect((await onTheNetwork(id)).observed.sessions).toMatchObject([{ download_kbps: 300_000 }]);
    expect((await call('POST', 'services/999999/converge')).status).toBe(404);
  }, 90_000);
});

it('is for those who may see it, and repaired by those who may repair it', async () => {
  const [nobody, reader] = [await keyWith(['service.read']), await keyWith(['drift.read'])];
  const asked = async (by: string) =>
    (
      await Promise.all([
        call('GET', 'network/drift', undefined, by),
        call('GET', `services/${service(0)}/network`, undefined, by),
        call('POST', 'network/reconcile', undefined, by),
        call('POST', `services/${service(0)}/converge`, undefined, by),
      ])
    ).map(({ status }) => status);
  expect(await asked(nobody)).toEqual([403, 403, 403, 403]);
  expect(await asked(reader)).toEqual([200, 200, 403, 403]);
  const { pagination } = (await call('GET', 'network/drift?per_page=1')).json<{ pagination: { total: number } }>();
  expect(pagination.total).toBeGreaterThanOrEqual(3);
  expect((await call('GET', 'network/drift?kind=nothing')).status).toBe(400);
});
