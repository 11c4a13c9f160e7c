import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { query } from '../support/embedded-postgres.js';

let world: ApiWorld;
let staff: string;
let north: string;

beforeAll(async () => {
  world = await apiWorld();
  await query(
    world.database.ownerUrl,
    `INSERT INTO partners (name, kind) VALUES ('North', 'isp');
     INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount)
     VALUES ('RES-100', 'Home Fiber 100', 'Residential', 'internet', 100, 20, 79.99);
     INSERT INTO customers (partner_id, name, email, phone, status) VALUES
       (1, 'One', 'one@example.com', '+10000001', 'active'), (2, 'Two', 'two@example.com', '+10000002', 'terminated'),
       (2, 'Three', 'three@example.com', '+10000003', 'active');
     INSERT INTO services (partner_id, customer_id, service_type, plan_id, status, monthly_amount, activation_amount, currency)
     VALUES (1, 1, 'internet', 1, 'active', 79.99, 0, 'USD')`,
  );
  const scopes = ['customer.read', 'product.read'] as const;
  [staff, north] = [await world.keyOf(1, scopes, 'all'), await world.keyOf(2, scopes)];
}, 120_000);
afterAll(() => world.close());

const get = (path: string, key = staff) => world.ask(`/operations/v1${path}`, { key });
const ids = async (search: string, key = staff) =>
  (await get(`/customers${search}`, key)).json<{ customer_id: string }[]>().map(({ customer_id: id }) => id);

describe('GET /operations/v1/customers', () => {
  it('answers a bare array', async () => {
    const [first] = (await get('/customers')).json<Record<string, unknown>[]>();
    expect(first).toMatchObject({
      customer_id: 'CUST-10001',
      subscription_plan: 'Home Fiber 100',
      monthly_recurring_revenue: 79.99,
      billing_cycle: 'Monthly',
    });
  });

  it.each([
    ['', ['CUST-10001', 'CUST-10002', 'CUST-10003']],
    ['?status=Active', ['CUST-10001', 'CUST-10003']],
    ['?status=Churned', ['CUST-10002']],
    ['?status=active', []],
    ['?status=', ['CUST-10001', 'CUST-10002', 'CUST-10003']],
    ['?status=Nonsense&limit=1', []],
    ['?stranger=1&limit=', ['CUST-10001', 'CUST-10002', 'CUST-10003']],
    ['?limit=1&after_id=CUST-10001', ['CUST-10002']],
    ['?after_id=%00', ['CUST-10001', 'CUST-10002', 'CUST-10003']],
  ])('finds for %j', async (search, found) => expect(await ids(search)).toEqual(found));

  it.each(['0', '-1', 'x', '1.5'])('refuses a limit of %s in its own words', async (limit) => {
    const answer = await get(`/customers?limit=${limit}`);
    expect([answer.status, answer.json()]).toEqual([400, { detail: 'limit: must be a positive whole number' }]);
  });

  it('shows a partner its own', async () => expect(await ids('', north)).toEqual(['CUST-10002', 'CUST-10003']));
});

describe('GET /operations/v1/products', () => {
  it('answers a bare array', async () => {
    expect((await get('/products', north)).json()).toEqual([
      {
        sku: 'RES-100',
        product_name: 'Home Fiber 100',
        category: 'Residential',
        bandwidth: '100 Mbps',
        monthly_cost_usd: 79.99,
        sla_uptime: '99%',
      },
    ]);
  });
});

describe('refusals of the operations API', () => {
  it('says why in its own words', async () => {
    const answers = [
      await world.ask('/operations/v1/customers'),
      await get('/nothing'),
      await get('/products', await world.keyOf(2, ['customer.read'])),
    ];
    expect(answers.map((answer) => [answer.status, answer.json()])).toEqual([
      [401, { detail: 'Not authenticated' }],
      [404, { detail: 'Not Found' }],
      [403, { detail: 'Forbidden' }],
    ]);
  });
});
