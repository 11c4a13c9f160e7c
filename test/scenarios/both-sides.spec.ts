import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { type Town, buildTown } from '../support/town.js';
import { until } from '../support/until.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

const RIPPLE = 4;
type Body = Record<string, unknown>;
let world: ApiWorld;
let worker: RunningProgram;
let town: Town;
let isp: string;
let operator: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  worker = await workerBeside(world);
  [isp, operator] = [await world.keyOf(RIPPLE, PERMISSIONS), await world.keyOf(1, PERMISSIONS, 'all')];
  town = await buildTown(world.sql, 5);
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
}, 60_000);

async function call<T = Body>(key: string, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await world.ask(path, { method, key, ...(body === undefined ? {} : { body }) });
  expect([path, answer.status, answer.status < 300 ? '' : answer.text]).toEqual([path, answer.status, '']);
  return answer.text === '' ? ({} as T) : answer.json<T>();
}
const asIsp = <T = Body>(method: string, path: string, body?: unknown) =>
  call<T>(isp, method, `/wholesale${path}`, body);
const asOperator = <T = Body>(method: string, path: string, body?: unknown) =>
  call<T>(operator, method, `/v1${path}`, body);

/** A customer who ordered on a premise: what both sides call the same things. */
async function ordered() {
  const at = town.plots[0];
  const customer = {
    first_name: 'Both',
    last_name: 'Sides',
    email: 'both.sides@example.com',
    mobile_number: '+27821234567',
  };
  const premise = { external_reference: at?.reference };
  const placed = await asIsp<{ service: { service_id: string }; customer: { id: string } }>('POST', '/services/full', {
    customer,
    premise,
    service: { product_id: town.product },
  });
  const guid = placed.service.service_id;
  const [row] = await world.sql<{ id: number; customer: number; work: number }>(
    `SELECT s.id, s.customer_id AS customer, w.id AS work FROM services s JOIN work_orders w ON w.service_id = s.id WHERE s.guid = '${guid}'`,
  );
  return { guid, customerGuid: placed.customer.id, ...(row as { id: number; customer: number; work: number }) };
}

interface Told {
  readonly type: string;
  readonly data: Body;
}
const told = async (partnerId: number): Promise<Told[]> =>
  (
    await world.sql<{ payload: string }>(
      `SELECT payload FROM webhook_events WHERE partner_id = ${partnerId} AND type LIKE 'wholesale.%' ORDER BY id`,
    )
  ).map(({ payload }) => {
    const { event: type, data } = JSON.parse(payload) as { event: string; data: Body };
    return { type, data };
  });

const STEPS = ['New Order', 'Scheduled', 'On Hold', 'Assigned', 'In Progress', 'Completed'];

describe('an ISP and the operator', () => {
  it('see each other’s changes of one line at once, each in the words of its own API', async () => {
    const { guid, customerGuid, id, customer, work } = await ordered();
    const workOrder = async () => (await asIsp<{ items: Body[] }>('GET', `/work-orders?service=${guid}`)).items[0];
    const both = async () => [
      (await asIsp('GET', `/services/${guid}`))['status'],
      (await asOperator('GET', `/services/${id}`))['status'],
    ];
    // The ISP orders, and the operator has the customer, the service and the work order.
    expect(await both()).toEqual(['Pending installation', 'pending_activation']);
    expect(await asOperator('GET', `/customers/${customer}`)).toMatchObject({ email: 'both.sides@example.com' });
    const dashboard = await call<Body[]>(operator, 'GET', '/operations/v1/customers?limit=10000');
    expect(dashboard.filter(({ contact_email: email }) => email === 'both.sides@example.com')).toHaveLength(1);
    expect(await asOperator('GET', `/work-orders/${work}`)).toMatchObject({ status: 'new', service_id: id });
    // The operator plans, and the ISP reads it.
    await asOperator('POST', `/work-orders/${work}/schedule`, { scheduled_at: '2099-03-01T07:30:00Z' });
    expect(await workOrder()).toMatchObject({ status: 'Scheduled', scheduled_date_time: '2099-03-01 09:30:00 +0200' });
    await asOperator('POST', `/work-orders/${work}/hold`, { reason: 'Nobody at home.' });
    expect(await workOrder()).toMatchObject({ status: 'On Hold', on_hold: true, client_status: 'Order on hold' });
    expect(await workOrder()).toMatchObject({ last_comment: 'Nobody at home.' });
    await asOperator('POST', `/work-orders/${work}/resume`);
    await asOperator('POST', `/work-orders/${work}/comments`, { text: 'Ladder needed.' });
    expect(await workOrder()).toMatchObject({ status: 'Scheduled', last_comment: 'Ladder needed.' });
    await asOperator('POST', `/work-orders/${work}/assign`, { installer: 'Both Splicers' });
    await asOperator('POST', `/work-orders/${work}/start`);
    await asOperator('POST', `/work-orders/${work}/complete`, {});
    expect(await workOrder()).toMatchObject({ status: 'Completed', installer: 'Both Splicers' });
    await until('the service works', async () => (await both())[0] === 'Active');
    // The operator suspends and reactivates.
    await asOperator('POST', `/services/${id}/suspend`, { reason: 'Abuse' });
    expect(await both()).toEqual(['Suspended', 'suspended']);
    await asOperator('POST', `/services/${id}/reactivate`, {});
    expect(await both()).toEqual(['Active', 'active']);
    // The ISP changes what it may, and the operator's core API answers the same row.
    await asIsp('PUT', `/services/${guid}`, { isp_reference: 'BOTH-1' });
    expect((await asIsp<{ items: Body[] }>('GET', '/services?q=BOTH-1')).items.map((item) => item['id'])).toEqual([
      guid,
    ]);
    // Both sides' hooks: everything that happened, in the words of this API.
    const seen = await until('the events', async () => {
      const events = (await told(RIPPLE)).filter(({ data }) => data['service_id'] === guid);
      const count = (status: string) => events.filter(({ data }) => data['status'] === status).length;
      // In any order: a listener that had to try again is later than one that came after it.
      return count('Active') >= 2 && ['Pending installation', 'Suspended', ...STEPS].every(count) && events;
    });
    const services = seen.filter(({ type }) => type === 'wholesale.service.updated').map(({ data }) => data['status']);
    expect(services).toEqual(expect.arrayContaining(['Pending installation', 'Active', 'Suspended']));
    const steps = seen.filter(({ type }) => type === 'wholesale.work_order.updated').map(({ data }) => data['status']);
    expect(steps).toEqual(expect.arrayContaining(STEPS));
    expect(seen.find(({ data }) => data['status'] === 'On Hold')?.data).toEqual({
      id: expect.stringMatching(/^[0-9A-F-]{36}$/),
      service_id: guid,
      reference: expect.stringMatching(/^\d{8}-\d{9}$/),
      type: 'Installation',
      status: 'On Hold',
      client_status: 'Order on hold',
      on_hold: true,
      scheduled_date_time: '2099-03-01 09:30:00 +0200',
      last_comment: expect.any(String),
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0200$/),
    });
    const { isp_reference: reference, ...suspended } =
      seen.find(({ data }) => data['status'] === 'Suspended')?.data ?? {};
    // As it was when the event was told.
    expect([null, 'BOTH-1']).toContain(reference);
    expect(suspended).toEqual({
      service_id: guid,
      customer_id: customerGuid,
      product_id: town.product.toUpperCase(),
      premise_id: town.plots[0]?.guid.toUpperCase(),
      status: 'Suspended',
      last_updated_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    // Nobody but ISPs is told in these words.
    expect(await told(1)).toEqual([]);
    expect(await told(2)).toEqual([]);
  }, 120_000);
});
