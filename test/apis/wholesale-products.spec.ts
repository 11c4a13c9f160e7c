import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreatePartner } from '@isp/domain/partners';
import { EVERYTHING, factory, person, PASSWORD } from '../support/api-fixtures.js';
import { type ApiWorld, FIRST_PLAN_GUID, MovableClock, apiWorld } from '../support/api-world.js';

const RIPPLE = 4;
const clock = new MovableClock();
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let ripple: string;
let other: string;
let otherIsp: number;
let operator: string;
let areas: Record<'live' | 'second' | 'empty' | 'building' | 'planned', number>;

const get = (path: string, token = ripple) => world.ask(path, { token });
const post = (path: string, body: unknown, token = ripple) => world.ask(path, { method: 'POST', token, body });
const put = (path: string, body: unknown, token = ripple) => world.ask(path, { method: 'PUT', token, body });
const at = (latitude: number, longitude: number, token = ripple) =>
  get(`/wholesale/products/availability/${latitude}/${longitude}`, token);

interface Product {
  readonly id: string;
  readonly name: string;
  readonly type_name: string;
  readonly effective_date: string;
  readonly pricing: readonly { readonly value: number; readonly value_incl: number; readonly id: string }[];
}
const items = async (answer: Promise<{ json<T>(): T }>) => (await answer).json<{ items: Product[] }>().items;
const names = async (answer: Promise<{ json<T>(): T }>) => (await items(answer)).map(({ name }) => name);

/** A square with its corner at a point, in whole 1e-7 degrees, and in it a hole where one is given. */
async function area(
  connectivity: string,
  [south, west]: [number, number],
  dates: string,
  hole = false,
): Promise<number> {
  const square = (inset: number) => {
    const [bottom, left, size] = [south * 1e7 + inset, west * 1e7 + inset, 1_000_000 - 2 * inset];
    const corners = [
      [left, bottom],
      [left + size, bottom],
      [left + size, bottom + size],
      [left, bottom + size],
    ];
    return `'(${corners.map(([x, y]) => `(${x},${y})`).join()})'`;
  };
  const [row] = await world.sql<{ id: string }>(
    `INSERT INTO areas (operator_id, name, connectivity, live_on, planned_on)
     SELECT guid, '${connectivity}', '${connectivity}', ${dates} FROM partners WHERE id = 1 RETURNING id`,
  );
  await world.sql(
    `INSERT INTO area_rings (area_id, part, ring, outline) VALUES (${row?.id}, 1, 0, ${square(0)})
     ${hole ? `, (${row?.id}, 1, 1, ${square(400_000)})` : ''}`,
  );
  return Number(row?.id);
}

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  ripple = await world.tokenOf('isp');
  operator = await world.tokenOf('billing');
  const values = { name: 'Second ISP', kind: 'isp', currency: 'ZAR', timeZone: 'Africa/Johannesburg' } as const;
  otherIsp = (await made.use(CreatePartner).execute({ actor: EVERYTHING, ...values })).id;
  other = await world.tokenOf((await person(world, otherIsp, 'isp')).login, PASSWORD);
  areas = {
    live: await area('live', [-29.8, 30.9], `'2020-01-01', NULL`, true),
    second: await area('live', [-29.8, 31.1], `'2020-01-01', NULL`),
    empty: await area('live', [-29.8, 31.3], `'2020-01-01', NULL`),
    building: await area('building', [-29.8, 31.5], `'2030-03-01', '2029-01-01'`),
    planned: await area('planned', [-29.8, 31.7], `NULL, '2031-06-01'`),
  };
  for (const plan of [1, 2]) await sell(areas.live, { plan_id: plan });
}, 120_000);
afterAll(() => world.close());

async function sell(areaId: number, body: object): Promise<number> {
  const answer = await post(`/v1/areas/${areaId}/products`, body, operator);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.json<{ id: number }>().id;
}

async function retail(name: string, over: object = {}, token = ripple): Promise<Product> {
  const pricing = [{ price_type: 'Monthly', tax: 15, value: 477.3913 }];
  const answer = await post('/wholesale/products', { parent_id: FIRST_PLAN_GUID, name, pricing, ...over }, token);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.json<Product>();
}

describe('what can be ordered at a place', () => {
  it('is the product of the document, to the letter', async () => {
    const logo = '/Images/Logos/ripple.jpg';
    const { id } = await retail('ips product 10/2 Mbps', { description: 'ips product 10/2 Mbps', logo });
    const first = (await items(at(-29.7872215658, 30.9134343322))).find((product) => product.id === id);
    expect(Object.keys(first ?? {})).toEqual([
      ...['id', 'provider_id', 'parent_id', 'name', 'description', 'speed_up', 'speed_down', 'min_contract'],
      ...['effective_date', 'status', 'type_name', 'provider', 'pricing', 'logo'],
    ]);
    const [provider] = await world.sql<{ guid: string }>(
      `SELECT upper(guid::text) AS guid FROM partners WHERE id = ${RIPPLE}`,
    );
    expect(first).toMatchObject({
      id,
      provider_id: provider?.guid,
      parent_id: FIRST_PLAN_GUID.toUpperCase(),
      speed_up: 10,
      speed_down: 100,
      min_contract: 1,
      status: 'Active',
      type_name: 'ISP',
      provider: 'Ripple Fibre',
      logo,
    });
    expect(first?.effective_date).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0200$/);
    const price = { price_type: 'Monthly', currency_code: 'ZAR', tax: 15, value: 477.3913, value_incl: 549 };
    expect(first?.pricing).toEqual([{ id: expect.stringMatching(/^[0-9A-F-]{36}$/), ...price }]);
  });

  it('leaves out what a product does not have', async () => {
    await retail('School Service', { pricing: [] });
    const found = (await items(at(-29.79, 30.91))).find(({ name }) => name === 'School Service');
    expect(found).toMatchObject({ pricing: [] });
    expect(Object.keys(found ?? {})).not.toEqual(expect.arrayContaining(['description']));
    expect(Object.keys(found ?? {})).not.toEqual(expect.arrayContaining(['logo']));
  });

  it('is the caller’s own and the operator’s, and nothing of another ISP', async () => {
    await retail('Of the other', {}, other);
    expect(await names(at(-29.79, 30.91, other))).toEqual(['Of the other', 'Home 100', 'Home Fiber 50']);
    const own = await names(at(-29.79, 30.91));
    expect(own).not.toContain('Of the other');
    const all = await items(at(-29.79, 30.91));
    const wholesale = all.find(({ name }) => name === 'Home 100') as Product & Record<string, unknown>;
    expect(wholesale).toMatchObject({
      id: FIRST_PLAN_GUID.toUpperCase(),
      type_name: 'Wholesale',
      provider: 'ISP Framework operator',
    });
    expect(wholesale['parent_id']).toBeUndefined();
    // 79.99 and 99 plus 8 %, the two golden figures of the operator's own price list.
    expect(wholesale.pricing.map(({ value, value_incl: incl }) => [value, incl])).toEqual([
      [79.99, 86.39],
      [99, 106.92],
    ]);
  });

  it.each([
    [-29.75, 30.95, 'in a hole', { reason: 'no_coverage', connectivity: null, available_from: null }],
    [0, 0, 'in the sea', { reason: 'no_coverage', connectivity: null, available_from: null }],
    [-29.75, 31.35, 'where nothing is sold', { reason: 'not_sold', connectivity: 'live', available_from: null }],
    [
      -29.75,
      31.55,
      'where it is being built',
      { reason: 'building', connectivity: 'building', available_from: '2030-03-01' },
    ],
    [
      -29.75,
      31.75,
      'where it is planned',
      { reason: 'planned', connectivity: 'planned', available_from: '2031-06-01' },
    ],
  ])('is nothing at %d, %d, %s, and says why', async (latitude, longitude, _, why) => {
    const answer = await at(latitude, longitude);
    expect([answer.status, answer.json()]).toEqual([200, { items: [], ...why, message: expect.any(String) }]);
  });

  it.each([
    ['90.0000001', '30', 'latitude', 90],
    ['-91', '30', 'latitude', 90],
    ['30', '180.5', 'longitude', 180],
    ['NaN', '30', 'latitude', 90],
    ['1e1', '30', 'latitude', 90],
    ['0x10', '30', 'latitude', 90],
    ['%20', '30', 'latitude', 90],
    ['+1', '30', 'latitude', 90],
    ['1,5', '30', 'latitude', 90],
    ["1'--", '30', 'latitude', 90],
    ['30', 'Infinity', 'longitude', 180],
    ['30', '%00', 'longitude', 180],
  ])('is refused at %j, %j', async (latitude, longitude, field, max) => {
    const answer = await get(`/wholesale/products/availability/${latitude}/${longitude}`);
    const phrase = `must be a number between -${max} and ${max}`;
    expect([answer.status, answer.json()]).toEqual([
      400,
      { code: 400, errors: { [field]: [phrase] }, full_errors: [`${field} ${phrase}`] },
    ]);
  });

  it('takes the ends of the earth', async () => {
    for (const [latitude, longitude] of [
      [90, 180],
      [-90, -180],
      [-0, 0],
    ]) {
      expect((await at(latitude as number, longitude as number)).status).toBe(200);
    }
  });

  it('begins and ends with the sale in the area, and can be one ISP’s alone', async () => {
    const soon = new Date(clock.now().getTime() + 3 * 86_400_000);
    const id = await sell(areas.second, { plan_id: 2, partner_id: otherIsp });
    await sell(areas.second, { plan_id: 3, sold_from: soon.toISOString() });
    const exclusive = await at(-29.75, 31.15, other);
    expect(exclusive.json<{ items: Product[] }>().items.map(({ name }) => name)).toEqual(['Home Fiber 50']);
    const none = (await at(-29.75, 31.15)).json<Record<string, unknown>>();
    const local = new Intl.DateTimeFormat('sv', { timeZone: 'Africa/Johannesburg' }).format(soon);
    expect(none).toMatchObject({ items: [], reason: 'not_sold', available_from: local });
    clock.shiftSeconds = 3 * 86_400 + 5;
    // The tokens of three days ago are spent.
    const token = await world.tokenOf('isp');
    expect(await names(at(-29.75, 31.15, token))).toEqual(['Home Fiber 300']);
    clock.shiftSeconds = 0;
    const end = { method: 'DELETE', token: operator };
    expect((await world.ask(`/v1/areas/${areas.second}/products/${id}`, end)).status).toBe(204);
    expect(await names(at(-29.75, 31.15, other))).toEqual([]);
    const twice = await post(`/v1/areas/${areas.live}/products`, { plan_id: 1 }, operator);
    expect([twice.status, twice.json<{ error: { code: string } }>().error.code]).toEqual([409, 'AREA_SOLD_ALREADY']);
  });
});

describe('the town of the sandbox', () => {
  it('sells what the operator and the ISP sell there', async () => {
    const found = await items(at(-26.198, 27.702));
    const sold = found.map(({ name, type_name: type, pricing }) => [name, type, pricing[0]?.value_incl]);
    expect(sold).toEqual(
      expect.arrayContaining([
        ['Ripple 50', 'ISP', 549],
        ['Ripple 100', 'ISP', 849],
        ['Ripple Business 100', 'ISP', 1499],
        ['Home Fiber 50', 'Wholesale', 53.99],
      ]),
    );
    const promotions = (await get('/wholesale/promotions')).json<{ items: { code: string }[] }>().items;
    expect(promotions.map(({ code }) => code)).toEqual(['RIPPLE-3']);
  });

  it.each([
    [-26.2 + 0.004 * 2.5, 27.7 + 0.004 * 2.5, 'no_coverage'],
    [-26.2 + 0.004 * 6, 27.7 + 0.004 * 2.5, 'building'],
    [-26.2 + 0.004 * 6, 27.7 + 0.004 * 10, 'planned'],
  ])('says at %d, %d: %s', async (latitude, longitude, reason) => {
    expect((await at(latitude, longitude)).json()).toMatchObject({ items: [], reason });
  });
});

describe('prices', () => {
  it('take effect when they say, and never change what was', async () => {
    const { id, pricing } = await retail('Dated');
    const soon = new Date(clock.now().getTime() + 3_600_000).toISOString();
    const past = await put(`/wholesale/products/${id}`, {
      pricing: [{ price_type: 'Monthly', tax: 15, value: 1, effective_date: '2020-01-01T00:00:00Z' }],
    });
    expect([past.status, past.json<{ errors: unknown }>().errors]).toEqual([
      400,
      { effective_date: ['must not be in the past'] },
    ]);
    const price = { price_type: 'Monthly', tax: 15, value: 499, effective_date: soon };
    const changed = await put(`/wholesale/products/${id}`, { pricing: [price] });
    expect(changed.json<Product>().pricing).toEqual(pricing);
    clock.shiftSeconds = 3_700;
    const token = await world.tokenOf('isp');
    const [found] = (await get(`/wholesale/products/${id}`, token)).json<Product>().pricing;
    expect([found?.value, found?.value_incl]).toEqual([499, 573.85]);
    const list = (await get(`/wholesale/products/${id}/prices`, token)).json<{
      items: { value: number }[];
      total: number;
    }>();
    expect([list.items.map(({ value }) => value), list.total]).toEqual([[499, 477.3913], 2]);
    clock.shiftSeconds = 0;
  });

  it('are refused when they are none', async () => {
    const { id } = await retail('Refused prices');
    const refused = async (price: object) =>
      (await put(`/wholesale/products/${id}`, { pricing: [{ price_type: 'Monthly', tax: 15, value: 1, ...price }] }))
        .status;
    const bad = [
      { value: -1 },
      { value: 1.00001 },
      { value: '1' },
      { tax: 101 },
      { tax: 1.2345 },
      { price_type: 'Weekly' },
    ];
    for (const price of [...bad, { currency_code: 'rand' }, { extra: 1 }, { value: 1e20 }])
      expect(await refused(price)).toBe(400);
  });
});

describe('products and promotions of one’s own', () => {
  it('are created, changed and retired, and one name is on sale once', async () => {
    const { id } = await retail('Unique name');
    const twice = await post('/wholesale/products', { parent_id: FIRST_PLAN_GUID, name: 'Unique name' });
    expect([twice.status, twice.json<{ full_errors: string[] }>().full_errors]).toEqual([
      400,
      ['name is already taken'],
    ]);
    // The other ISP may call its own the same.
    await retail('Unique name', {}, other);
    const changed = await put(`/wholesale/products/${id.toLowerCase()}`, {
      description: 'Now with words',
      min_contract: 12,
    });
    expect(changed.json()).toMatchObject({ id, description: 'Now with words', min_contract: 12 });
    const retired = await post(`/wholesale/products/${id}/retire`, undefined);
    expect([retired.status, retired.json<{ status: string }>().status]).toEqual([200, 'Retired']);
    expect((await put(`/wholesale/products/${id}`, { name: 'Again' })).status).toBe(400);
    expect(await names(at(-29.79, 30.91))).not.toContain('Unique name');
    await retail('Unique name');
  });

  it('are nobody else’s to see, also under the own partner’s path', async () => {
    const { id } = await retail('Secret');
    const missing = '/wholesale/products/00000000-0000-4000-8000-000000000000';
    const [foreign, none] = [await get(`/wholesale/products/${id}`, other), await get(missing, other)];
    expect([foreign.status, foreign.text]).toEqual([404, none.text]);
    const [row] = await world.sql<{ id: number }>(`SELECT id FROM partner_products WHERE guid = '${id}'`);
    const paths = [`/v1/partners/${otherIsp}/products/${row?.id}`, `/v1/partners/${RIPPLE}/products/${row?.id}`];
    for (const path of paths) {
      expect((await get(path, other)).status).toBe(404);
      expect((await world.ask(path, { method: 'PATCH', token: other, body: { name: 'Mine' } })).status).toBe(404);
    }
    expect((await get(`/v1/partners/${RIPPLE}/products/${row?.id}`, operator)).status).toBe(200);
    const promotion = { code: 'FOREIGN', name: 'X', percent: 10, months: 1, product_ids: [id] };
    expect((await post('/wholesale/promotions', promotion, other)).status).toBe(400);
  });

  it('a wholesale product that is sold nowhere to the caller is not there', async () => {
    const [plan] = await world.sql<{ guid: string }>(`SELECT guid FROM plans WHERE sku = 'DARK-10G'`);
    expect((await get(`/wholesale/products/${plan?.guid}`)).status).toBe(404);
    const listed = (await get('/wholesale/products?count=100')).json<{ items: Product[]; total: number }>();
    expect(listed.items.map(({ name }) => name)).not.toContain('Dark Fiber Lease');
    expect(listed.items).toHaveLength(listed.total);
  });

  it('promotions make sense or are refused', async () => {
    const body = { code: 'spring-3', name: 'Spring', percent: 50, months: 3, max_uses: 2 };
    const created = await post('/wholesale/promotions', body);
    expect([created.status, created.json()]).toEqual([201, expect.objectContaining({ code: 'SPRING-3', uses: 0 })]);
    const { id } = created.json<{ id: string }>();
    expect(created.headers.get('location')).toBe(`/wholesale/promotions/${id}`);
    const refused = [
      { ...body },
      { ...body, code: 'BOTH', value: 10 },
      { ...body, code: 'NEITHER', percent: null },
      { ...body, code: 'NOTHING', percent: 0 },
      { ...body, code: 'BACKWARDS', start_date: '2030-01-02T00:00:00Z', end_date: '2030-01-01T00:00:00Z' },
      { ...body, code: 'no code!' },
      { ...body, code: 'LONG', months: 0 },
    ];
    for (const one of refused)
      expect([one.code, (await post('/wholesale/promotions', one)).status]).toEqual([one.code, 400]);
    const amount = await post('/wholesale/promotions', { code: 'LESS', name: 'Less', value: 100, months: 1 });
    expect(amount.json()).toMatchObject({ value: 100, currency_code: 'ZAR', percent: null });
    expect((await put(`/wholesale/promotions/${id}`, { max_uses: 9 })).json()).toMatchObject({ max_uses: 9 });
    const product = await retail('Promoted');
    const promoted = async (promo: string) => get(`/wholesale/products/${product.id}?promo_code=${promo}`);
    // 238.70 and 35.80; 377.39 and 56.61: net and tax, each half-up.
    expect((await promoted('Spring-3')).json()).toMatchObject({
      pricing: [{ value: 477.3913, value_incl: 549 }],
      promotion: { code: 'SPRING-3', months: 3, pricing: [{ value: 238.6957, value_incl: 274.5 }] },
    });
    const less = (await promoted('LESS')).json<{ promotion: object }>().promotion;
    expect(less).toMatchObject({ months: 1, pricing: [{ value: 377.3913, value_incl: 434 }] });
    expect((await promoted('NO-SUCH')).json()).toMatchObject({ errors: { promo_code: ['is unknown'] } });
    const wholesale = await get(`/wholesale/products/${FIRST_PLAN_GUID}?promo_code=LESS`);
    expect([wholesale.status, wholesale.json<{ full_errors: unknown }>().full_errors]).toEqual([
      400,
      ['promo_code is not for this product'],
    ]);
    expect((await get(`/wholesale/promotions/${id}`, other)).status).toBe(404);
    expect((await post(`/wholesale/promotions/${id}/retire`, undefined)).json()).toMatchObject({ status: 'Retired' });
    expect((await put(`/wholesale/promotions/${id}`, { months: 2 })).status).toBe(400);
  });
});
