import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { DeviceQueries } from '@isp/domain/network';
import { SandboxNetwork } from '../../apps/sandbox/sandbox-network.js';
import { EVERYTHING, factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { until } from '../support/until.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

const PACE = { everyMs: 200, redialMs: 200, patienceMs: 400, spreadMs: 0, tickMs: 200 };
let world: ApiWorld;
let worker: RunningProgram;
let network: SandboxNetwork;
let key: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  worker = await workerBeside(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  // Roles belong to the whole cluster of the tests: every spec gives this one the same password.
  const login = { ownerUrl: world.database.superUrl, password: 'radius-of-the-tests' };
  network = await SandboxNetwork.start(world.program.app, { ...login, pace: PACE });
}, 120_000);
afterAll(async () => {
  await network.stop();
  await worker.stop(0);
  await world.close();
}, 60_000);

interface Session {
  readonly session_id: string;
  readonly username: string;
  readonly nas_address: string;
  readonly nas_identifier: string;
  readonly framed_ip_address: string | null;
  readonly bytes_downloaded: number;
  readonly terminate_cause: string | null;
}

const get = async <T>(path: string): Promise<T> => (await world.ask(path, { key })).json<T>();
const sessionsOf = async (serviceId: number, state: 'open' | 'closed') =>
  (await get<{ sessions: Session[] }>(`/v1/services/${serviceId}/sessions?state=${state}`)).sessions;
const openSession = (serviceId: number, isIt: (session: Session) => boolean = () => true) =>
  until(`a session of service ${serviceId}`, async () => (await sessionsOf(serviceId, 'open')).find(isIt));

const moved = async (serviceId: number, verb: 'suspend' | 'reactivate', body: object = {}): Promise<void> => {
  const answer = await world.ask(`/v1/services/${serviceId}/${verb}`, { method: 'POST', key, body });
  expect([verb, answer.status]).toEqual([verb, 200]);
};

it('shows the session of a service once it is provisioned, and what the network does with it afterwards', async () => {
  const serviceId = Number(await factory(world).make.service(2));
  expect(await sessionsOf(serviceId, 'open')).toEqual([]);
  const provisioning_data = { router_id: 1 };
  const accepted = await world.ask(`/v1/services/${serviceId}/provision`, {
    method: 'POST',
    key,
    body: { provisioning_data },
  });
  expect(accepted.status).toBe(202);
  const first = await openSession(serviceId);
  expect(first).toMatchObject({ nas_identifier: 'bng-1', nas_address: '127.0.0.1', terminate_cause: null });
  expect(first.framed_ip_address).toMatch(/^(192\.168\.1|100\.64)\./);

  // A session comes up before its service is active, and the last step of the job writes what the network is to do.
  await until('active', async () => (await get<{ status: string }>(`/v1/services/${serviceId}`)).status === 'active');

  await moved(serviceId, 'suspend', { reason: 'spec', walled_garden: true });
  const walled = await openSession(serviceId, ({ session_id }) => session_id !== first.session_id);
  expect(walled.framed_ip_address).toBeNull();
  const closed = await until('the Stop of the first session', async () =>
    (await sessionsOf(serviceId, 'closed')).find(({ session_id }) => session_id === first.session_id),
  );
  expect(closed.terminate_cause).toBe('Admin-Reset');
  expect(closed.bytes_downloaded).toBeGreaterThan(0);

  await moved(serviceId, 'reactivate');
  const again = await openSession(serviceId, ({ session_id }) => session_id !== walled.session_id);
  expect(again.framed_ip_address).toBe(first.framed_ip_address);

  await moved(serviceId, 'suspend', { reason: 'spec', walled_garden: false });
  await until('a refusal', async () => {
    const path = `/v1/services/${serviceId}/auth-attempts?result=rejected`;
    return (await get<{ auth_attempts: unknown[] }>(path)).auth_attempts.length > 0;
  });
  await until('nothing open', async () => (await sessionsOf(serviceId, 'open')).length === 0);
  await moved(serviceId, 'reactivate');
  expect((await openSession(serviceId)).framed_ip_address).toBe(first.framed_ip_address);
}, 120_000);

it('dials in whoever the seed gave a service, at both routers of the seed', async () => {
  const { pagination } = await get<{ pagination: { total: number } }>('/v1/services?status=active&per_page=1');
  expect(pagination.total).toBeGreaterThan(0);
  await until('most seeded sessions', async () => {
    const open = await get<{ pagination: { total: number } }>('/v1/network/sessions?state=open&per_page=1');
    return open.pagination.total > 80;
  });
}, 60_000);

it('knows where its equipment stands and how it is', async () => {
  const devices = world.program.app.get(DeviceQueries, { strict: false });
  const listed = await devices.list(EVERYTHING, {}, { limit: 200, offset: 0 });
  const kinds = listed.rows.map(({ kind }) => kind);
  expect([kinds.filter((kind) => kind === 'bng').length, kinds.filter((kind) => kind === 'olt').length]).toEqual([
    2, 1,
  ]);
  const onts = listed.rows.filter(({ kind }) => kind === 'ont');
  expect(onts.length).toBeGreaterThan(80);
  expect(onts.every(({ serviceId, pollIntervalSeconds }) => serviceId !== null && pollIntervalSeconds === 300)).toBe(
    true,
  );
  await until('answers of the equipment', async () => {
    const { total } = await devices.list(EVERYTHING, { reachability: 'up' }, { limit: 1, offset: 0 });
    return total >= onts.length;
  });
}, 60_000);
