import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Body, MISSING, OrderingWorld } from '../support/ordering-world.js';
import { until } from '../support/until.js';

let w: OrderingWorld;

beforeAll(async () => {
  w = await OrderingWorld.open();
}, 120_000);
afterAll(() => w.close(), 60_000);

const GUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

describe('a line from its order to its end', () => {
  it('is ordered, scheduled, assigned, held, completed, and works', async () => {
    const at = w.plot();
    const customer = { ...w.person(), username: 'thandi' };
    const order = {
      customer,
      premise: { external_reference: at.reference.toUpperCase() },
      service: { product_id: w.town.product.toUpperCase() },
    };
    const placed = await w.send('POST', '/services/full', order);
    expect(placed.status).toBe(201);
    const body = placed.json<{ customer: { id: string }; premise: Body; service: { service_id: string } }>();
    expect(body).toEqual({
      customer: { id: expect.stringMatching(GUID) },
      premise: { external_reference: at.reference.toUpperCase() },
      service: { service_id: expect.stringMatching(GUID) },
    });
    const id = body.service.service_id;
    expect(placed.headers.get('location')).toBe(`/wholesale/services/${id}`);
    expect(await w.premiseOf(at)).toBe('ordered');

    const fresh = await w.serviceOf(id);
    expect(fresh).toMatchObject({
      id,
      customer_id: body.customer.id,
      product_id: w.town.product.toUpperCase(),
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

    const list = (await w.get(`/work-orders?service=${id}`)).json<{
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
    expect((await w.get(`/work-orders/${String(workOrder['id'])}`)).json()).toEqual(workOrder);

    const number = await w.workOrderOf(id);
    const step = async (verb: string, sent?: Body) => {
      const answer = await w.asOperator('POST', `/work-orders/${number}/${verb}`, sent);
      expect([verb, answer.status]).toEqual([verb, 200]);
      return (await w.get(`/work-orders/${String(workOrder['id'])}`)).json<Body>();
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
    expect(await step('hold', { reason: 'Nobody at home' })).toMatchObject({
      status: 'On Hold',
      on_hold: true,
      last_comment: 'Nobody at home',
    });
    expect((await w.complete(id)).status).toBe(409);
    expect(await step('resume')).toMatchObject({ status: 'Assigned', on_hold: false });
    expect(await step('start')).toMatchObject({ status: 'In Progress' });
    expect(await step('comments', { text: 'Light is good.' })).toMatchObject({ last_comment: 'Light is good.' });

    const [olt] = await w.sql<{ id: number }>(`SELECT id FROM devices WHERE kind = 'olt' LIMIT 1`);
    const device = { serial_number: 'ONTSCENARIO1', olt_id: olt?.id, pon_port: '0/9/1', onu_index: 1 };
    expect(await step('complete', { device })).toMatchObject({
      status: 'Completed',
      device_specified: true,
      completed_date: expect.any(String),
      close_date: expect.any(String),
    });
    await w.statusIs(id, 'Active');
    await until('the premise follows', async () => (await w.premiseOf(at)) === 'in_service');
    await until('the ONT follows', async () => (await w.serviceOf(id))['auto_configured'] === true);
    const live = await w.serviceOf(id);
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
    const history = (await w.asOperator('GET', `/work-orders/${number}/history`)).json<{ history: Body[] }>();
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
      const found = (await w.get(`/services?${query}`)).json<{ items: Body[]; total: number }>();
      expect([query, found.total, found.items[0]?.['id']]).toEqual([query, 1, id]);
    }
    const all = (await w.get(`/customers/${body.customer.id}/services`)).json<{ items: Body[]; total: number }>();
    // The first look at the line may come between the two readings.
    const { updated_at: _touched, last_network_check: _asked, ...lasting } = live;
    expect(all).toMatchObject({ items: [lasting], total: 1 });
    expect(Object.keys(all.items[0] ?? {})).toEqual(Object.keys(live));
  }, 60_000);

  it('is ordered with three ids, and answers with its place alone', async () => {
    const at = w.plot();
    const signUp = await w.send('POST', '/customers', { customer: { ...w.person(), password: 'a long pass phrase' } });
    const customer = String(signUp.headers.get('location')).split('/').at(-1);
    const body = { customer_id: customer, premise_id: at.guid, product_id: w.town.product, isp_reference: 'ISP-1' };
    const answer = await w.send('POST', '/services', body);
    expect([answer.status, answer.text]).toEqual([201, '']);
    const id = String(answer.headers.get('location')).split('/').at(-1) as string;
    expect(await w.serviceOf(id)).toMatchObject({ customer_id: customer, isp_reference: 'ISP-1' });
    expect((await w.get('/services?q=isp-1')).json()).toMatchObject({ total: 1 });
  });

  it('takes the customer with the same e-mail address, and makes one otherwise', async () => {
    const customer = w.person();
    const made: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      const premise = { external_reference: w.plot().reference };
      const answer = await w.send('POST', '/services/full', {
        customer,
        premise,
        service: { product_id: w.town.product },
      });
      made.push(answer.json<{ customer: { id: string } }>().customer.id);
    }
    expect(new Set(made).size).toBe(1);
  });

  it('happens once for one idempotency key', async () => {
    const body = {
      customer: w.person(),
      premise: { external_reference: w.plot().reference },
      service: { product_id: w.town.product },
    };
    const headers = { 'idempotency-key': 'order-1' };
    const [first, again] = [
      await w.send('POST', '/services/full', body, w.north, headers),
      await w.send('POST', '/services/full', body, w.north, headers),
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
    customer: w.person(),
    premise: { external_reference: w.plot().reference },
    service: { product_id: w.town.product },
    ...values,
  });

  it('says what is wrong, and leaves nothing behind', async () => {
    const taken = w.plot();
    await w.ordered(taken, w.south);
    const counts = () =>
      w.sql(`SELECT (SELECT count(*) FROM services) AS services, (SELECT count(*) FROM customers) AS customers,
        (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM work_orders) AS work`);
    const before = await counts();
    const cases: readonly (readonly [Body, Body])[] = [
      [
        order({ premise: { external_reference: taken.reference } }),
        refusal('premise.external_reference', 'has an existing service or order'),
      ],
      [order({ premise: { external_reference: MISSING } }), refusal('premise.external_reference', 'is not known')],
      [
        order({ premise: { external_reference: w.town.remote.reference } }),
        refusal('premise.external_reference', 'is not covered by a network'),
      ],
      [
        order({ premise: { external_reference: w.town.planned.reference } }),
        refusal('premise.external_reference', 'is not live yet: planned, expected from 2099-03-01'),
      ],
      [order({ service: { product_id: w.town.unsold } }), refusal('service.product_id', 'is not sold at this premise')],
      [order({ customer: { id: MISSING } }), refusal('customer.id', 'is not known')],
      [order({ customer: { id: 'x' } }), refusal('customer.id', 'is not a GUID')],
    ];
    for (const [body, expected] of cases) {
      const answer = await w.send('POST', '/services/full', body);
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
    const answer = await w.send('POST', '/services/full', body);
    expect([answer.status, answer.json()]).toEqual([
      400,
      { code: 400, errors: expect.any(Object), full_errors: expect.any(Array) },
    ]);
  });

  it('knows no customer of another ISP', async () => {
    const { customer } = await w.ordered(w.plot(), w.south);
    const [foreign, missing] = [
      await w.send('POST', '/services/full', order({ customer: { id: customer } })),
      await w.send('POST', '/services/full', order({ customer: { id: MISSING } })),
    ];
    expect([foreign.status, foreign.text]).toEqual([400, missing.text]);
  });
});

describe('what an ISP may change', () => {
  it('is its reference and the WiFi, and the ONT follows', async () => {
    const { service } = await w.ordered();
    const [ont] = await w.sql<{ id: number; serial: string }>(
      `SELECT id, serial_number AS serial FROM devices WHERE kind = 'ont' AND service_id IS NOT NULL ORDER BY id LIMIT 1`,
    );
    await w.sql(`UPDATE devices SET service_id = NULL WHERE id = ${ont?.id}`);
    expect((await w.complete(service, { device: { serial_number: ont?.serial } })).status).toBe(200);
    await w.statusIs(service, 'Active');
    const changes = { isp_reference: 'ISP-4711', wifi_username: 'Nkosi ☕', wifi_password: 'kettle and toast' };
    const answer = await w.send('PUT', `/services/${service}`, changes);
    expect([answer.status, answer.json()]).toEqual([200, expect.objectContaining({ id: service, ...changes })]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    await until('the ONT follows', async () => (await w.serviceOf(service))['auto_configured'] === true);
    expect(await w.sql(`SELECT wifi_name FROM simulated_network.cpes WHERE device_id = ${ont?.id}`)).toEqual([
      { wifi_name: 'Nkosi ☕' },
    ]);
    const kept = await w.sql<{ text: string }>(
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
    const { service } = await w.ordered();
    expect((await w.send('PUT', `/services/${service}`, body)).status).toBe(400);
  });

  it('shows passwords to whoever may see them, and puts that on record', async () => {
    const { service } = await w.ordered();
    const [{ partner } = { partner: 0 }] = await w.sql<{ partner: number }>(
      `SELECT partner_id AS partner FROM services WHERE guid = '${service}'`,
    );
    const blind = await w.api.keyOf(partner, ['service.read']);
    expect(await w.serviceOf(service, blind)).toMatchObject({ wifi_password: null });
    const seen = () =>
      w.sql(
        `SELECT 1 FROM audit_entries a JOIN services s ON s.id::text = a.subject_id WHERE a.action = 'credential.reveal' AND s.guid = '${service}'`,
      );
    const before = (await seen()).length;
    await w.serviceOf(service);
    expect((await seen()).length).toBe(before + 1);
  });
});
