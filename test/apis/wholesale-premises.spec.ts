import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ManageAreas, ManagePremises, PremiseOccupancy } from '@isp/domain/premises';
import { UnitOfWork } from '@isp/platform/database';
import { EVERYTHING } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';

const GUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const LINE = '38 (Cottage), Railway Street, Hectorton, Randfontein, ZA, 1765, Gauteng';
let world: ApiWorld;
let north: string;
let south: string;
let guid: string;
let customerGuid: string;

const use = <T>(type: abstract new (...args: never[]) => T): T =>
  world.program.app.get(type as never, { strict: false });
const get = async (path: string, key = north) => {
  const answer = await world.ask(`/wholesale${path}`, { key });
  return { status: answer.status, body: answer.json<unknown>() };
};

beforeAll(async () => {
  world = await apiWorld();
  await world.sql(
    `INSERT INTO partners (name, kind, time_zone) VALUES ('North', 'isp', 'Africa/Johannesburg'), ('South', 'isp', 'UTC');
     INSERT INTO plans (sku, name, category, service_type, monthly_amount) VALUES ('S', 'S', 'S', 'voice', 1);
     INSERT INTO customers (partner_id, name, email, phone) VALUES (2, 'N', 'n@spec.example', '1');
     INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency)
     SELECT 2, c.id, 'voice', p.id, 1, 0, 'USD' FROM customers c, plans p`,
  );
  [north, south] = [await world.keyOf(2, ['premise.read']), await world.keyOf(3, ['premise.read'])];
  const corners = [
    [27, -27],
    [28, -27],
    [28, -26],
    [27, -26],
    [27, -27],
  ];
  const geometry = { type: 'Polygon', coordinates: [corners] };
  await use(ManageAreas).create({ actor: EVERYTHING, name: 'Live', connectivity: 'live', geometry });
  const place = { latitude: -26.1813322, longitude: 27.6936082 };
  const values = { full_text: LINE, street_number: '38', street_name: 'Railway Street', suburb: 'Hectorton', ...place };
  guid = (await use(ManagePremises).create({ actor: EVERYTHING, values })).guid.toUpperCase();
  await use(ManagePremises).create({ actor: EVERYTHING, values: { full_text: '39, Railway Street', ...place } });
  const [customer] = await world.sql<{ id: number; guid: string; service: number }>(
    'SELECT c.id, c.guid, s.id AS service FROM customers c JOIN services s ON s.customer_id = c.id',
  );
  customerGuid = String(customer?.guid).toUpperCase();
  await use(UnitOfWork).run(EVERYTHING, async () => {
    const { premise } = await use(PremiseOccupancy).lockForOrder({ guid });
    const who = { partnerId: 2, customerId: customer?.id ?? 0, customerGuid, serviceId: customer?.service ?? 0 };
    await use(PremiseOccupancy).occupy({ premiseId: premise.id, ...who });
  });
}, 120_000);
afterAll(() => world.close());

describe('GET /wholesale/predefined-premises', () => {
  it('answers the fields of the document, best match first', async () => {
    const { status, body } = await get(`/predefined-premises?count=100&page=1&q=${encodeURIComponent(LINE)}`);
    expect(status).toBe(200);
    const [first] = (body as { items: Record<string, unknown>[] }).items;
    expect(first).toEqual({
      id: expect.any(Number),
      guid: expect.stringMatching(GUID),
      full_text: LINE,
      latitude: -26.1813322,
      longitude: 27.6936082,
      operator_id: expect.stringMatching(GUID),
      premise_id: guid,
      updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+02:00$/),
      created_at: expect.stringMatching(/\+02:00$/),
      deleted_at: null,
      area_id: expect.stringMatching(GUID),
      confidence: 1,
    });
    expect(Object.keys(body as object)).toEqual(['items']);
  });

  it.each([
    "'",
    '%27%20OR%201=1--',
    '%F0%9F%98%80',
    '(((',
    '%26%7C!:*',
    '%5C',
    '%25%25',
    'x'.repeat(300),
    '',
    '12345678901234567890',
  ])('finds nothing, and breaks nothing: %s', async (q) =>
    expect(await get(`/predefined-premises?q=${q}`)).toMatchObject({ status: 200, body: { items: [] } }),
  );

  it.each([
    ['without q', '', 'q'],
    ['NUL', '?q=a%00', 'q'],
    ['escapes that are no UTF-8', '?count=5&q=Railway%ff', 'q'],
    ['no escape', '?q=%zz', 'q'],
    ['a name that is no UTF-8', '?q=a&%c0%80=1', 'query'],
    ['too long', `?q=${'x'.repeat(301)}`, 'q'],
    ['a count over 100', '?q=a&count=101', 'count'],
    ['page 0', '?q=a&page=0', 'page'],
    ['an unknown field', '?q=a&x=1', 'x'],
  ])('is 400 in this API’s words: %s', async (_, query, field) => {
    const { status, body } = await get(`/predefined-premises${query}`);
    expect([status, Object.keys((body as { errors: object }).errors)]).toEqual([400, [field]]);
  });
});

describe('GET /wholesale/premises', () => {
  it('shows a premise with the fields of the document, and the customer to its own ISP alone', async () => {
    const { body } = await get(`/premises/${guid.toLowerCase()}`);
    expect(body).toMatchObject({
      id: guid,
      external_reference: expect.stringMatching(GUID),
      area_id: expect.stringMatching(GUID),
      street_number: '38',
      street_name: 'Railway Street',
      suburb: 'Hectorton',
      country_code: null,
      customer_id: customerGuid,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0200$/),
      status: 'Has Existing Service',
    });
    expect(Object.keys(body as object)).toHaveLength(26);
    const { body: foreign } = await get(`/premises/${guid}`, south);
    expect(foreign).toMatchObject({ id: guid, customer_id: null, status: 'Has Existing Service' });
  });

  it('is 404 for none', async () => {
    for (const id of ['00000000-0000-4000-8000-000000000000', 'x', '1'])
      expect(await get(`/premises/${id}`)).toMatchObject({ status: 404, body: { code: 404, errors: ['not found'] } });
  });

  it('lists what changed since an instant in either notation, and where a customer is', async () => {
    const total = async (query: string, key = north) => {
      const { status, body } = await get(`/premises?${query}`, key);
      return status === 200 ? (body as { total: number }).total : status;
    };
    expect(await total('')).toBe(2);
    for (const since of [
      '2024-10-08',
      '2024-10-08T13:19:29%2B02:00',
      '2024-10-08 13:19:29 +0200',
      '2024-10-08T13:19:29Z',
    ])
      expect([since, await total(`updated_after=${since}`)]).toEqual([since, 2]);
    expect(await total('updated_after=2150-01-01')).toBe(0);
    for (const wrong of ['yesterday', '2024-02-30', '2024-13-01', '1', '9999-01-01'])
      expect([wrong, await total(`updated_after=${wrong}`)]).toEqual([wrong, 400]);
    expect([await total(`customer=${customerGuid}`), await total(`customer=${customerGuid}`, south)]).toEqual([1, 0]);
    expect(await total('customer=nobody')).toBe(400);
  });
});
