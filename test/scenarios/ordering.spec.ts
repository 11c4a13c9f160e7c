import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS, type Permission } from '@isp/contracts';
import { monotonicMs } from '@isp/kernel';
import { loadConfig } from '@isp/platform/config';
import { type RunningProgram, startProgram } from '../../apps/wiring/program.js';
import { type Answered, type ApiWorld, apiWorld, MASTER_KEYS } from '../support/api-world.js';
import { violations } from '../support/invariants.js';
import { type Plot, type Town, buildTown } from '../support/town.js';

const ISP: readonly Permission[] = [
  'customer.create',
  'customer.read',
  'service.create',
  'service.read',
  'order.update',
  'order.cancel',
  'work_order.read',
  'credential.reveal',
];
const GUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const MISSING = '00000000-0000-4000-8000-000000000000';
let world: ApiWorld;
let worker: RunningProgram | undefined;
let town: Town;
let north: string;
let south: string;
let operator: string;
let serial = 0;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  const settings = { DATABASE_URL: world.database.appUrl, ISP_MASTER_KEYS: MASTER_KEYS, ISP_LOG_LEVEL: 'silent' };
  worker = await startProgram(loadConfig({ ...settings, PORT: '0' }), { api: false, worker: true });
  await world.sql(
    `INSERT INTO partners (name, kind, time_zone) VALUES ('North Net', 'isp', 'Africa/Johannesburg'), ('South Net', 'isp', 'UTC')`,
  );
  const ids = await world.sql<{ id: number }>(
    `SELECT id FROM partners WHERE name IN ('North Net', 'South Net') ORDER BY id`,
  );
  const [first, second] = ids.map(({ id }) => id) as [number, number];
  [north, south] = [await world.keyOf(first, ISP), await world.keyOf(second, ISP)];
  operator = await world.keyOf(1, PERMISSIONS, 'all');
  town = await buildTown(world.sql, 40);
}, 120_000);
afterAll(async () => {
  await worker?.stop(0);
  expect(await violations(world.database.ownerUrl)).toEqual({});
  await world.close();
}, 60_000);

type Body = Record<string, unknown>;
const get = (path: string, key = north) => world.ask(`/wholesale${path}`, { key });
const send = (method: string, path: string, body?: unknown, key = north, headers = {}) =>
  world.ask(`/wholesale${path}`, { method, key, headers, ...(body === undefined ? {} : { body }) });
const asOperator = async (method: string, path: string, body?: unknown): Promise<Answered> =>
  world.ask(`/v1${path}`, { method, key: operator, ...(body === undefined ? {} : { body }) });

let taken = 0;
/** A premise that nobody has ordered on. */
const plot = (): Plot => town.plots[(taken += 1)] as Plot;
const person = (n = (serial += 1)) => ({
  first_name: 'Thandi',
  last_name: `Nkosi${n}`,
  email: `thandi${n}@example.com`,
  mobile_number: '+27821234567',
});

async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  for (const start = monotonicMs(); monotonicMs() - start < 30_000; await sleep(50)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(`not in time: ${what}`);
}

async function ordered(at: Plot = plot(), key = north): Promise<{ service: string; customer: string }> {
  const body = {
    customer: person(),
    premise: { external_reference: at.reference },
    service: { product_id: town.product },
  };
  const answer = await send('POST', '/services/full', body, key);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  const made = answer.json<{ customer: { id: string }; service: { service_id: string } }>();
  return { service: made.service.service_id, customer: made.customer.id };
}
const serviceOf = async (id: string, key = north) => (await get(`/services/${id}`, key)).json<Body>();
const statusIs = (id: string, status: string) =>
  until(`${id} is ${status}`, async () => (await serviceOf(id))['status'] === status);

async function workOrderOf(service: string): Promise<number> {
  const [row] = await world.sql<{ id: number }>(
    `SELECT w.id FROM work_orders w JOIN services s ON s.id = w.service_id WHERE s.guid = '${service}'`,
  );
  return row?.id ?? 0;
}
const complete = async (service: string, body: Body = {}) =>
  asOperator('POST', `/work-orders/${await workOrderOf(service)}/complete`, body);
const premiseOf = async ({ guid }: Plot) =>
  (await world.sql<{ status: string }>(`SELECT status FROM premises WHERE guid = '${guid}'`))[0]?.status;

describe('a line from its order to its end', () => {
  it('is ordered, scheduled, assigned, held, completed, and works', async () => {
    const at = plot();
    const customer = { ...person(), username: 'thandi' };
    const order = {
      customer,
      premise: { external_reference: at.reference.toUpperCase() },
      service: { product_id: town.product.toUpperCase() },
    };
    const placed = await send('POST', '/services/full', order);
    expect(placed.status).toBe(201);
    const body = placed.json<{ customer: { id: string }; premise: Body; service: { service_id: string } }>();
    expect(body).toEqual({
      customer: { id: expect.stringMatching(GUID) },
      premise: { external_reference: at.reference.toUpperCase() },
      service: { service_id: expect.stringMatching(GUID) },
    });
    const id = body.service.service_id;
    expect(placed.headers.get('location')).toBe(`/wholesale/services/${id}`);
    expect(await premiseOf(at)).toBe('ordered');

    const fresh = await serviceOf(id);
    expect(fresh).toMatchObject({
      id,
      customer_id: body.customer.id,
      product_id: town.product.toUpperCase(),
      premise_id: at.guid.toUpperCase(),
      preorder: false,
      port_number: null,
      pppoe_username: null,
      pppoe_password: null,
      wifi_username: expect.stringMatching(/^NorthNet_[A-Z0-9]{4}$/),
      wifi_password: expect.stringMatching(/^[a-z0-9]{12}$/),
      provisioned: false,
      provisioned_date: null,
      completed: false,
      cancelled: false,
      auto_configured: false,
      status_id: 2,
      status: 'Pending installation',
      config_info: '<config_info><enable_band_steering>true</enable_band_steering></config_info>',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0200$/),
      serial_number: null,
    });

    const list = (await get(`/work-orders?service=${id}`)).json<{
      items: Body[];
      page: number;
      count: number;
      total: number;
    }>();
    expect(list).toMatchObject({ page: 1, count: 1, total: 1 });
    const [workOrder] = list.items as [Body];
    expect(workOrder).toMatchObject({
      type_id: 1,
      type: 'Installation',
      account_id: id,
      service_id: id,
      reference: expect.stringMatching(/^\d{8}-\d{9}$/),
      on_hold: false,
      status_id: '34A8DC44-7B32-40FF-8F95-FA415BB8D82A',
      status: 'New Order',
      client_status: 'Order in progress',
      last_comment: 'Work Order created on service creation.',
      created_by: 'System',
      device_specified: false,
    });
    expect((await get(`/work-orders/${String(workOrder['id'])}`)).json()).toEqual(workOrder);

    const number = await workOrderOf(id);
    const step = async (verb: string, sent?: Body) => {
      const answer = await asOperator('POST', `/work-orders/${number}/${verb}`, sent);
      expect([verb, answer.status]).toEqual([verb, 200]);
      return (await get(`/work-orders/${String(workOrder['id'])}`)).json<Body>();
    };
    expect(await step('schedule', { scheduled_at: '2099-03-01T07:30:00Z' })).toMatchObject({
      status: 'Scheduled',
      schedule_date: '2099-03-01',
      schedule_time: '09:30',
      scheduled_date_time: '2099-03-01 09:30:00 +0200',
    });
    expect(await step('assign', { installer: 'North Splicers' })).toMatchObject({
      status: 'Assigned',
      installer: 'North Splicers',
      installer_id: expect.stringMatching(GUID),
      assigned: 'North Splicers',
    });
    expect(await step('hold', { reason: 'Nobody at home' })).toMatchObject({ status: 'On Hold', on_hold: true });
    expect((await complete(id)).status).toBe(409);
    expect(await step('resume')).toMatchObject({ status: 'Assigned', on_hold: false });
    expect(await step('start')).toMatchObject({ status: 'In Progress' });
    expect(await step('comments', { text: 'Light is good.' })).toMatchObject({ last_comment: 'Light is good.' });

    const [olt] = await world.sql<{ id: number }>(`SELECT id FROM devices WHERE kind = 'olt' LIMIT 1`);
    const device = { serial_number: 'ONTSCENARIO1', olt_id: olt?.id, pon_port: '0/9/1', onu_index: 1 };
    expect(await step('complete', { device })).toMatchObject({
      status: 'Completed',
      device_specified: true,
      completed_date: expect.any(String),
      close_date: expect.any(String),
    });
    await statusIs(id, 'Active');
    await until('the premise follows', async () => (await premiseOf(at)) === 'in_service');
    await until('the ONT follows', async () => (await serviceOf(id))['auto_configured'] === true);
    const live = await serviceOf(id);
    expect(live).toMatchObject({
      pppoe_username: `${id.toLowerCase().replaceAll('-', '')}@isp.internal`,
      pppoe_password: expect.stringMatching(/^.{16}$/),
      pppoe_ip_address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
      provisioned: true,
      completed: true,
      port_number: '1',
      status_id: 4,
      serial_number: 'ONTSCENARIO1',
    });
    const history = (await asOperator('GET', `/work-orders/${number}/history`)).json<{ history: Body[] }>();
    expect(history.history.map(({ action }) => action)).toEqual([
      'complete',
      'comment',
      'start',
      'resume',
      'hold',
      'assign',
      'schedule',
      'create',
    ]);
    for (const query of [`premise=${at.guid}`, 'q=ONTSCENARIO1', `q=${String(workOrder['reference'])}`]) {
      const found = (await get(`/services?${query}`)).json<{ items: Body[]; total: number }>();
      expect([query, found.total, found.items[0]?.['id']]).toEqual([query, 1, id]);
    }
    const all = (await get(`/customers/${body.customer.id}/services`)).json<{ items: Body[]; total: number }>();
    expect(all).toEqual({ items: [{ ...live, updated_at: expect.any(String) }], total: 1 });
  }, 60_000);

  it('is ordered with three ids, and answers with its place alone', async () => {
    const at = plot();
    const signUp = await send('POST', '/customers', { customer: { ...person(), password: 'a long pass phrase' } });
    const customer = String(signUp.headers.get('location')).split('/').at(-1);
    const body = { customer_id: customer, premise_id: at.guid, product_id: town.product, isp_reference: 'ISP-1' };
    const answer = await send('POST', '/services', body);
    expect([answer.status, answer.text]).toEqual([201, '']);
    const id = String(answer.headers.get('location')).split('/').at(-1) as string;
    expect(await serviceOf(id)).toMatchObject({ customer_id: customer, isp_reference: 'ISP-1' });
    expect((await get('/services?q=isp-1')).json()).toMatchObject({ total: 1 });
  });

  it('takes the customer with the same e-mail address, and makes one otherwise', async () => {
    const customer = person();
    const made: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const premise = { external_reference: plot().reference };
      const answer = await send('POST', '/services/full', { customer, premise, service: { product_id: town.product } });
      made.push(answer.json<{ customer: { id: string } }>().customer.id);
    }
    expect(new Set(made).size).toBe(1);
  });

  it('happens once for one idempotency key', async () => {
    const body = {
      customer: person(),
      premise: { external_reference: plot().reference },
      service: { product_id: town.product },
    };
    const headers = { 'idempotency-key': 'order-1' };
    const [first, again] = [
      await send('POST', '/services/full', body, north, headers),
      await send('POST', '/services/full', body, north, headers),
    ];
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 201, 'true']);
    expect(again.text).toBe(first.text);
  });
});

describe('an order that is refused', () => {
  const refusal = (field: string, phrase: string) => ({
    code: 400,
    errors: { [field]: [phrase] },
    full_errors: [`${field} ${phrase}`],
  });
  const order = (values: Body = {}) => ({
    customer: person(),
    premise: { external_reference: plot().reference },
    service: { product_id: town.product },
    ...values,
  });

  it('says what is wrong, and leaves nothing behind', async () => {
    const taken = plot();
    await ordered(taken, south);
    const counts = () =>
      world.sql(`SELECT (SELECT count(*) FROM services) AS services, (SELECT count(*) FROM customers) AS customers,
        (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM work_orders) AS work`);
    const before = await counts();
    const cases: readonly (readonly [Body, Body])[] = [
      [
        order({ premise: { external_reference: taken.reference } }),
        refusal('premise.external_reference', 'has an existing service or order'),
      ],
      [order({ premise: { external_reference: MISSING } }), refusal('premise.external_reference', 'is not known')],
      [
        order({ premise: { external_reference: town.remote.reference } }),
        refusal('premise.external_reference', 'is not covered by a network'),
      ],
      [
        order({ premise: { external_reference: town.planned.reference } }),
        refusal('premise.external_reference', 'is not live yet: planned, expected from 2099-03-01'),
      ],
      [order({ service: { product_id: town.unsold } }), refusal('service.product_id', 'is not sold at this premise')],
      [order({ customer: { id: MISSING } }), refusal('id', 'is not known')],
      [order({ customer: { id: 'x' } }), refusal('id', 'is not a GUID')],
    ];
    for (const [body, expected] of cases) {
      const answer = await send('POST', '/services/full', body);
      expect([answer.status, answer.json()]).toEqual([400, expected]);
    }
    expect(await counts()).toEqual(before);
  });

  it.each([
    [null],
    [[]],
    ['text'],
    [7],
    [{}],
    [{ customer: null }],
    [{ customer: [], premise: [], service: [] }],
    [{ customer: { id: { $gt: '' } } }],
    [{ customer: { first_name: '\u0000' } }],
    [{ __proto__: { customer: 1 }, customer: 'x' }],
  ])('is a clear 400 for %j', async (body) => {
    const answer = await send('POST', '/services/full', body);
    expect([answer.status, answer.json()]).toEqual([
      400,
      { code: 400, errors: expect.any(Object), full_errors: expect.any(Array) },
    ]);
  });

  it('knows no customer of another ISP', async () => {
    const { customer } = await ordered(plot(), south);
    const [foreign, missing] = [
      await send('POST', '/services/full', order({ customer: { id: customer } })),
      await send('POST', '/services/full', order({ customer: { id: MISSING } })),
    ];
    expect([foreign.status, foreign.text]).toEqual([400, missing.text]);
  });
});

describe('what an ISP may change', () => {
  it('is its reference and the WiFi, and the ONT follows', async () => {
    const { service } = await ordered();
    const [ont] = await world.sql<{ id: number; serial: string }>(
      `SELECT id, serial_number AS serial FROM devices WHERE kind = 'ont' AND service_id IS NOT NULL ORDER BY id LIMIT 1`,
    );
    await world.sql(`UPDATE devices SET service_id = NULL WHERE id = ${ont?.id}`);
    expect((await complete(service, { device: { serial_number: ont?.serial } })).status).toBe(200);
    await statusIs(service, 'Active');
    const changes = { isp_reference: 'ISP-4711', wifi_username: 'Nkosi ☕', wifi_password: 'kettle and toast' };
    const answer = await send('PUT', `/services/${service}`, changes);
    expect([answer.status, answer.json()]).toEqual([200, expect.objectContaining({ id: service, ...changes })]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    await until('the ONT follows', async () => (await serviceOf(service))['auto_configured'] === true);
    expect(await world.sql(`SELECT wifi_name FROM simulated_network.cpes WHERE device_id = ${ont?.id}`)).toEqual([
      { wifi_name: 'Nkosi ☕' },
    ]);
    const kept = await world.sql<{ text: string }>(
      `SELECT c.wifi_password_sealed || (SELECT string_agg(o.payload::text, '') FROM outbox o) || (SELECT string_agg(a.changes::text, '') FROM audit_entries a) AS text
         FROM cpe_settings c JOIN services s ON s.id = c.service_id WHERE s.guid = '${service}'`,
    );
    expect(kept[0]?.text).not.toContain('kettle and toast');
  }, 60_000);

  it.each([
    [{}],
    [{ wifi_password: 'short' }],
    [{ wifi_password: 'ümlaute sind kein ASCII' }],
    [{ wifi_username: 'a name that is longer than 32 octets' }],
    [{ wifi_username: '' }],
    [{ status: 'Active' }],
    [{ pppoe_password: 'x' }],
  ])('is not %j', async (body) => {
    const { service } = await ordered();
    expect((await send('PUT', `/services/${service}`, body)).status).toBe(400);
  });

  it('shows passwords to whoever may see them, and puts that on record', async () => {
    const { service } = await ordered();
    const [{ partner } = { partner: 0 }] = await world.sql<{ partner: number }>(
      `SELECT partner_id AS partner FROM services WHERE guid = '${service}'`,
    );
    const blind = await world.keyOf(partner, ['service.read']);
    expect(await serviceOf(service, blind)).toMatchObject({ wifi_password: null });
    const seen = () =>
      world.sql(
        `SELECT 1 FROM audit_entries a JOIN services s ON s.id::text = a.subject_id WHERE a.action = 'credential.reveal' AND s.guid = '${service}'`,
      );
    const before = (await seen()).length;
    await serviceOf(service);
    expect((await seen()).length).toBe(before + 1);
  });
});

describe('an order that is cancelled', () => {
  it('by its ISP, before anybody went there, undoes everything', async () => {
    const at = plot();
    const { service } = await ordered(at);
    const answer = await send('DELETE', `/services/${service}?reason=Changed%20their%20mind`);
    expect([answer.status, answer.json()]).toEqual([
      200,
      expect.objectContaining({ status: 'Cancelled', cancelled: true, cancellation_reason: 'Changed their mind' }),
    ]);
    expect((await get(`/work-orders?service=${service}`)).json()).toMatchObject({
      items: [{ status: 'Cancelled', client_status: 'Order cancelled' }],
    });
    expect(await premiseOf(at)).toBe('vacant');
    expect((await send('DELETE', `/services/${service}`)).status).toBe(400);
    await ordered(at, south);
  });

  it('by the operator, with its work order, frees the premise', async () => {
    const at = plot();
    const { service } = await ordered(at);
    const path = `/work-orders/${await workOrderOf(service)}/cancel`;
    expect((await asOperator('POST', path, { reason: 'No duct to the house' })).status).toBe(200);
    expect(await serviceOf(service)).toMatchObject({
      status: 'Cancelled',
      cancellation_reason: 'No duct to the house',
    });
    await until('the premise is vacant', async () => (await premiseOf(at)) === 'vacant');
  });

  it('when it works already, leaves the network', async () => {
    const at = plot();
    const { service } = await ordered(at);
    await complete(service);
    await statusIs(service, 'Active');
    expect((await send('DELETE', `/services/${service}`)).json()).toMatchObject({ status: 'Cancelled' });
    expect(await premiseOf(at)).toBe('vacant');
    await until('it is off the network', async () => {
      const left = await world.sql(
        `SELECT 1 FROM simulated_network.subscribers n JOIN subscribers u USING (username) JOIN services s ON s.id = u.service_id WHERE s.guid = '${service}'`,
      );
      return left.length === 0;
    });
  }, 60_000);

  it('while it is being provisioned, calls the job back', async () => {
    const at = plot();
    const { service } = await ordered(at);
    await complete(service);
    const answer = await send('DELETE', `/services/${service}?reason=Moved`);
    expect(answer.status).toBe(200);
    await statusIs(service, 'Cancelled');
    await until('the premise is vacant', async () => (await premiseOf(at)) === 'vacant');
    expect(await serviceOf(service)).toMatchObject({ cancellation_reason: 'Moved' });
  }, 60_000);

  it('with its service, ended by the operator, takes its work order along', async () => {
    const at = plot();
    const { service } = await ordered(at);
    const [row] = await world.sql<{ id: number }>(`SELECT id FROM services WHERE guid = '${service}'`);
    expect((await asOperator('POST', `/services/${row?.id}/terminate`, { reason: 'Fraud' })).status).toBe(200);
    await until('the premise is vacant', async () => (await premiseOf(at)) === 'vacant');
    await until('nobody goes there', async () => {
      const [order] = (await get(`/work-orders?service=${service}`)).json<{ items: Body[] }>().items;
      return order?.['status'] === 'Cancelled';
    });
  });
});

describe('what is another ISP’s', () => {
  it('is the same 404 as what does not exist, in every operation', async () => {
    const { service, customer } = await ordered(plot(), south);
    const [found] = (await get(`/work-orders?service=${service}`, south)).json<{ items: Body[] }>().items;
    const calls: readonly (readonly [string, string, string, unknown?])[] = [
      ['GET', '/services/:id', service],
      ['GET', '/services/:id/full', service],
      ['PUT', '/services/:id', service, { isp_reference: 'mine' }],
      ['DELETE', '/services/:id', service],
      ['GET', '/customers/:id/services', customer],
      ['GET', '/work-orders?service=:id', service],
      ['GET', '/work-orders/:id', String(found?.['id'])],
    ];
    for (const [method, path, id, body] of calls) {
      const [foreign, missing] = [
        await send(method, path.replace(':id', id), body),
        await send(method, path.replace(':id', MISSING), body),
      ];
      expect([path, foreign.status, foreign.text]).toEqual([path, 404, missing.text]);
      expect(foreign.json()).toEqual({ code: 404, errors: ['not found'] });
    }
    for (const path of [`/services?q=${String(found?.['reference'])}`, '/services?page_size=100'])
      expect((await get(path)).text).not.toContain(service);
  });
});
