import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { SandboxNetwork } from '../../apps/sandbox/sandbox-network.js';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { violations } from '../support/invariants.js';
import { freshToken } from '../support/payment-fixtures.js';
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
  const login = { ownerUrl: world.database.superUrl, password: 'radius-of-the-tests' };
  network = await SandboxNetwork.start(world.program.app, { ...login, pace: PACE });
}, 120_000);
afterAll(async () => {
  await network.stop();
  await worker.stop(0);
  const found = Object.keys(await violations(world.database.superUrl));
  await world.close();
  expect(found.filter((name) => /ledger|balance|prepaid|period|allocations/.test(name))).toEqual([]);
}, 60_000);

const get = async <T>(path: string): Promise<T> => (await world.ask(path, { key })).json<T>();
async function post<T>(path: string, body: object, status = 201): Promise<T> {
  const answer = await world.ask(path, { method: 'POST', key, body });
  expect([path, answer.status, answer.text]).toEqual([path, status, expect.anything()]);
  return answer.json<T>();
}
interface Service {
  readonly status: string;
  readonly suspended_for: readonly string[];
}
const service = (id: number) => get<Service>(`/v1/services/${id}`);
const active = (id: number) => until(`service ${id} works`, async () => (await service(id)).status === 'active');
const blocked = (id: number) =>
  until(`service ${id} is blocked`, async () => (await service(id)).suspended_for.join() === 'balance');
const balance = (accountId: number) =>
  get<{ state: string; balance: number; missing: number; paid_until: string | null }>(
    `/v1/billing/accounts/${accountId}/balance`,
  );
const pay = (customerId: number, accountId: number, amount: number) =>
  post('/v1/billing/payments', { customer_id: customerId, account_id: accountId, amount, method: 'cash' });
const documents = async (accountId: number) =>
  (await world.sql<{ status: string }>(`SELECT status FROM invoices WHERE account_id = ${accountId} ORDER BY id`)).map(
    ({ status }) => status,
  );

/** A customer of one service, whose account pays ahead. */
async function ahead() {
  const serviceId = Number(await factory(world).make.service(1));
  const [row] = await world.sql<{ accountId: number; customerId: number }>(
    `SELECT a.id AS "accountId", a.customer_id AS "customerId" FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE s.id = ${serviceId}`,
  );
  const { accountId, customerId } = row ?? { accountId: 0, customerId: 0 };
  await post(`/v1/billing/accounts/${accountId}/convert`, { kind: 'prepaid' }, 200);
  return { serviceId, accountId, customerId };
}

it('the network follows the balance: the session ends with it, and a top-up brings it back', async () => {
  const { serviceId, accountId, customerId } = await ahead();
  await pay(customerId, accountId, 500);
  await post(`/v1/services/${serviceId}/provision`, { provisioning_data: { router_id: 1 } }, 202);
  const sessions = async (state: 'open' | 'closed') =>
    (
      await get<{ sessions: { session_id: string; framed_ip_address: string | null }[] }>(
        `/v1/services/${serviceId}/sessions?state=${state}`,
      )
    ).sessions;
  const first = await until('a session', async () => (await sessions('open'))[0]);
  await active(serviceId);
  await until('the first period is bought', async () => (await balance(accountId)).state === 'on');
  expect(await documents(accountId)).toEqual(['paid']);
  const [payment] = await world.sql<{ id: number }>(`SELECT id FROM payments WHERE account_id = ${accountId}`);
  await post(`/v1/billing/payments/${payment?.id}/reverse`, { reason: 'Returned' }, 200);
  await blocked(serviceId);
  const closed = await until('the end of the session', async () =>
    (await sessions('closed')).find(({ session_id }) => session_id === first.session_id),
  );
  const walled = await until('a session in the garden', async () =>
    (await sessions('open')).find(({ session_id }) => session_id !== closed.session_id),
  );
  expect(walled.framed_ip_address).toBeNull();
  await pay(customerId, accountId, (await balance(accountId)).missing);
  await active(serviceId);
  await until('a session outside of the garden', async () =>
    (await sessions('open')).find(({ session_id }) => session_id !== walled.session_id),
  );
  expect(await balance(accountId)).toMatchObject({ state: 'on', balance: 0 });
}, 240_000);

/** What brings the balance up to the price, or the price down to the balance; `missing` is the difference. */
type Cover = (it: Awaited<ReturnType<typeof ahead>>, missing: number) => Promise<unknown>;
const COVERS: Readonly<Record<string, Cover>> = {
  payment: ({ customerId, accountId }, missing) => pay(customerId, accountId, missing),
  'charge of a gateway': async ({ customerId, accountId }, missing) => {
    const method = { customer_id: customerId, gateway: 'sandbox', token: freshToken('visa') };
    await post('/v1/billing/payment-methods', method);
    await post('/v1/billing/top-ups', { customer_id: customerId, account_id: accountId, amount: missing }, 202);
  },
  'negative charge': ({ accountId }, missing) =>
    post(`/v1/billing/accounts/${accountId}/charges`, { description: 'Gift', unit_amount: -missing }),
  discount: ({ accountId }) =>
    post(`/v1/billing/accounts/${accountId}/discounts`, { name: 'All', percent: 100, from: '2025-01-01' }),
  promotion: async ({ accountId }) => {
    const code = `AHEAD-${accountId}`;
    await post('/v1/billing/promotions', { code, name: 'All', percent: 100, months: 3, from: '2025-01-01' });
    await post(`/v1/billing/accounts/${accountId}/promotions`, { code });
  },
};

it('whatever covers the price wakes the account', async () => {
  const waiting = [];
  for (const [what, cover] of Object.entries(COVERS)) {
    const it = await ahead();
    await world.sql(
      `UPDATE services SET status = 'active', operational_status = 'running', activated_at = now() WHERE id = ${it.serviceId}`,
    );
    await pay(it.customerId, it.accountId, 0.01);
    await blocked(it.serviceId);
    // One cent less than the price.
    await pay(it.customerId, it.accountId, Number(((await balance(it.accountId)).missing - 0.01).toFixed(2)));
    const { missing } = await balance(it.accountId);
    expect([what, missing, (await service(it.serviceId)).status]).toEqual([what, 0.01, 'suspended']);
    await cover(it, missing);
    waiting.push([what, it.serviceId, it.accountId] as const);
  }
  for (const [what, serviceId] of waiting)
    await until(what, async () => (await service(serviceId)).status === 'active');
  for (const [what, , accountId] of waiting) expect([what, await documents(accountId)]).toEqual([what, ['paid']]);
}, 240_000);

it('a charge that is cancelled wakes it too', async () => {
  const it = await ahead();
  await world.sql(
    `UPDATE services SET status = 'active', operational_status = 'running', activated_at = now() WHERE id = ${it.serviceId}`,
  );
  const { id } = await post<{ id: number }>(`/v1/billing/accounts/${it.accountId}/charges`, {
    description: 'Visit',
    unit_amount: 30,
  });
  await blocked(it.serviceId);
  const { missing } = await balance(it.accountId);
  await pay(it.customerId, it.accountId, missing - 10);
  await sleep(500);
  expect((await service(it.serviceId)).status).toBe('suspended');
  await post(`/v1/billing/accounts/${it.accountId}/charges/${id}/cancel`, {}, 200);
  await active(it.serviceId);
}, 90_000);
