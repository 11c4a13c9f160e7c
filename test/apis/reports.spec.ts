import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { type ApiWorld, StoppedClock, apiWorld } from '../support/api-world.js';

const clock = new StoppedClock();
let world: ApiWorld;
let key: string;
let partnerKey: string;

/** Customers 1 to 4 are partner 2's, in UTC; 5 is partner 3's, where it is New Year when it is noon in UTC. */
const SEED = `
INSERT INTO partners (name, kind, time_zone) VALUES ('North', 'isp', 'UTC'), ('=Line Islands', 'isp', 'Pacific/Kiritimati');
INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount, currency, contract_months, sla_uptime_percent, status, tax_percent)
VALUES ('A', 'Alpha', 'Residential', 'internet', 50, 10, 50, 'USD', 0, 99.9, 'active', 8), ('B', 'Beta', 'Residential', 'internet', 90, 10, 80, 'USD', 0, 99.9, 'active', 8);
INSERT INTO customers (partner_id, name, email, phone, created_at)
SELECT CASE WHEN n < 5 THEN 2 ELSE 3 END, 'Customer ' || n, 'c' || n || '@example.com', '+1000000' || n, '2024-12-01Z' FROM generate_series(1, 5) n ORDER BY n;
INSERT INTO services (partner_id, customer_id, service_type, plan_id, status, monthly_amount, activation_amount, currency, created_at, activated_at, terminated_at) VALUES
  (2, 1, 'internet', 1, 'active', 50, 0, 'USD', '2025-01-10Z', '2025-01-10Z', NULL),
  (2, 2, 'internet', 1, 'terminated', 30, 0, 'USD', '2025-01-20Z', '2025-01-20Z', '2025-02-15Z'),
  (2, 2, 'internet', 1, 'active', 40, 0, 'USD', '2025-04-02Z', '2025-04-02Z', NULL),
  (2, 3, 'internet', 1, 'active', 20, 0, 'USD', '2025-02-01Z', '2025-02-01Z', NULL),
  (2, 3, 'internet', 1, 'active', 20, 0, 'USD', '2025-02-01Z', '2025-02-01Z', NULL),
  (2, 4, 'internet', 1, 'terminated', 99, 0, 'USD', '2025-02-03Z', '2025-02-03Z', '2025-02-20Z'),
  (3, 5, 'internet', 1, 'active', 10, 0, 'USD', '2024-12-31T12:00Z', '2024-12-31T12:00Z', NULL);
UPDATE services SET status = 'terminated', terminated_at = '2025-03-10Z' WHERE id = 5;
UPDATE services SET plan_id = 2, monthly_amount = 80 WHERE id = 1;
UPDATE service_terms SET valid_from = '2025-03-05Z' WHERE service_id = 1 AND plan_id = 2;
UPDATE billing_accounts SET currency = 'USD'; UPDATE billing_account_terms SET from_on = '2024-12-01';
`;

beforeAll(async () => {
  world = await apiWorld({ clock });
  await world.sql(SEED);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  partnerKey = await world.keyOf(2, PERMISSIONS);
}, 120_000);
afterAll(() => world.close());

const report = async <T>(path: string, as = key) => {
  const answer = await world.ask(`/v1/reports/${path}`, { key: as });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.json<T>();
};
const post = async (path: string, body: unknown) => {
  const answer = await world.ask(`/v1/billing${path}`, { method: 'POST', key, body });
  expect([answer.text, answer.status]).toEqual([answer.text, 201]);
  return answer.json<{ id: number; total_amount: number }>();
};

describe('GET /v1/reports/mrr', () => {
  type Answer = { mrr: Readonly<Record<string, unknown>>[] };

  it('tells every movement of every customer, to the cent', async () => {
    const { mrr } = await report<Answer>('mrr?from=2025-01&to=2025-04');
    const still = { new: 0, reactivation: 0, expansion: 0, contraction: 0, churn: 0, currency: 'USD' };
    expect(mrr).toEqual(
      [
        { month: '2025-01', opening: 0, new: 90, closing: 90, customers: 3, new_customers: 3, arpu: 30 },
        // Who came and went within the month moved nothing.
        {
          month: '2025-02',
          opening: 90,
          new: 40,
          churn: -30,
          closing: 100,
          customers: 3,
          new_customers: 1,
          churned_customers: 1,
          arpu: 33.33,
        },
        { month: '2025-03', opening: 100, expansion: 30, contraction: -20, closing: 110, customers: 3, arpu: 36.67 },
        {
          month: '2025-04',
          opening: 110,
          reactivation: 40,
          closing: 150,
          customers: 4,
          reactivated_customers: 1,
          arpu: 37.5,
        },
      ].map((row) => ({ ...still, new_customers: 0, reactivated_customers: 0, churned_customers: 0, ...row })),
    );
  });

  it('opens with what was before, and fills months in which nothing moved', async () => {
    const { mrr } = await report<Answer>('mrr?from=2025-06&to=2025-07');
    expect(mrr.map(({ month, opening, closing, customers }) => [month, opening, closing, customers])).toEqual([
      ['2025-06', 150, 150, 4],
      ['2025-07', 150, 150, 4],
    ]);
  });

  it('shows a partner its own', async () => {
    const { mrr } = await report<Answer>('mrr?from=2025-04&to=2025-04', partnerKey);
    expect(mrr).toMatchObject([{ closing: 140, customers: 3 }]);
    expect(await report('mrr?from=2025-04&to=2025-04&partner_id=3')).toMatchObject({
      mrr: [{ closing: 10, customers: 1 }],
    });
    expect(await report('mrr?partner_id=3', partnerKey)).toEqual(await report('mrr', partnerKey));
  });

  it('follows every later change by itself', async () => {
    await world.sql(`UPDATE services SET status = 'terminated', terminated_at = '2025-05-09Z' WHERE id = 3`);
    expect(await report('mrr?from=2025-05&to=2025-05')).toMatchObject({ mrr: [{ churn: -40, closing: 110 }] });
    await world.sql(`UPDATE services SET status = 'active', terminated_at = NULL WHERE id = 3`);
    expect(await report('mrr?from=2025-05&to=2025-05')).toMatchObject({ mrr: [{ churn: 0, closing: 150 }] });
  });

  it.each([
    'from=2025-13',
    'from=2025-02&to=2025-01',
    'from=2010-01&to=2025-01',
    'format=xml',
    'currency=usd',
    'nothing=1',
  ])('refuses %s', async (query) => expect((await world.ask(`/v1/reports/mrr?${query}`, { key })).status).toBe(400));
});

describe('what was invoiced', () => {
  beforeAll(async () => {
    await world.sql(`INSERT INTO tax_rates (region, code, name, percent, valid_from) VALUES ('ZA', 'vat', 'VAT', 15, '2000-01-01');
      UPDATE billing_account_terms SET tax_region = 'ZA' WHERE customer_id = 3`);
    clock.set('2025-01-01T12:00:00Z');
    // A year in advance: one dollar a day.
    const year = { start_date: '2025-01-01', end_date: '2025-12-31' };
    await post('/invoices', {
      customer_id: 1,
      billing_period: year,
      due_date: '2025-01-15',
      line_items: [{ service_id: 1, description: 'A year', amount: 365 }],
    });
    clock.set('2025-02-10T12:00:00Z');
    await post('/invoices', {
      customer_id: 3,
      invoice_type: 'one_off',
      due_date: '2025-03-01',
      line_items: [{ service_id: 4, description: 'Work', amount: 477.3913 }],
    });
    const untaxed = await post('/invoices', {
      customer_id: 2,
      invoice_type: 'one_off',
      due_date: '2025-04-01',
      line_items: [{ description: 'Cable', amount: 100 }],
    });
    clock.set('2025-03-03T12:00:00Z');
    await post(`/invoices/${untaxed.id}/credit-notes`, { reason: 'Too long', lines: [{ line: 1, amount: 25 }] });
    const wrong = await post('/invoices', {
      customer_id: 2,
      invoice_type: 'one_off',
      due_date: '2025-04-01',
      line_items: [{ description: 'Wrong', amount: 7 }],
    });
    clock.set('2025-04-20T12:00:00Z');
    expect((await world.ask(`/v1/billing/invoices/${wrong.id}/void`, { method: 'POST', key, body: {} })).status).toBe(
      200,
    );
    await post('/payments', { customer_id: 2, amount: 30, method: 'cash' });
  });

  it('is told by plan and by partner', async () => {
    const plans = await report<{ revenue: object[] }>('revenue?from=2025-01&to=2025-03');
    expect(plans.revenue).toMatchObject([
      { month: '2025-01', plan_name: 'Alpha', invoiced: 365, credited: 0, net: 365, tax: 29.2 },
      { month: '2025-02', plan_name: 'Alpha', net: 477.39, tax: 71.61 },
      { month: '2025-02', plan_id: null, net: 100, tax: 0 },
      { month: '2025-03', plan_id: null, invoiced: 0, credited: -25, net: -25 },
    ]);
    const partners = await report<{ revenue: object[] }>('revenue?from=2025-02&to=2025-02&by=partner');
    expect(partners.revenue).toMatchObject([
      { partner_id: 2, partner_name: 'North', plan_id: null, net: 577.39, tax: 71.61 },
    ]);
  });

  it('is told by tax, to the cent, what had none included', async () => {
    const { tax } = await report<{ tax: object[] }>('tax?from=2025-01&to=2025-03');
    expect(tax).toMatchObject([
      { month: '2025-01', region: null, code: 'plan', percent: 8, documents: 1, base: 365, amount: 29.2 },
      { month: '2025-02', region: 'ZA', code: 'vat', percent: 15, base: 477.39, amount: 71.61 },
      { month: '2025-02', region: null, code: null, base: 100, amount: 0 },
      { month: '2025-03', region: null, code: null, base: -25, amount: 0 },
    ]);
  });

  it('is earned by the day', async () => {
    const { deferred_revenue } = await report<{ deferred_revenue: object[] }>(
      'deferred-revenue?from=2025-01&to=2025-12',
    );
    expect(deferred_revenue).toMatchObject([
      { month: '2025-01', opening: 0, invoiced: 365, recognised: 31, closing: 334 },
      { month: '2025-02', opening: 334, invoiced: 577.39, recognised: 605.39, closing: 306 },
      { month: '2025-03', opening: 306, invoiced: -25, recognised: 6, closing: 275 },
      ...[245, 214, 184, 153, 122, 92, 61, 31, 0].map((closing) => ({ invoiced: 0, closing })),
    ]);
  });

  it('is open now, and was on any day before', async () => {
    // Open: 394.20 of January (95 days late), 549.00 of February, 45.00 of what was credited and paid.
    const now = await report<{ ageing: object[] }>('ageing');
    expect(now.ageing).toEqual([
      {
        currency: 'USD',
        partner_id: null,
        partner_name: null,
        customer_id: null,
        customer_name: null,
        accounts: 3,
        invoices: 3,
        total: 988.2,
        not_due: 0,
        days_1_30: 45,
        days_31_60: 549,
        days_61_90: 0,
        days_over_90: 394.2,
      },
    ]);
    expect(await report('ageing?as_of=2025-04-20')).toEqual(await report('ageing'));
    // Before the payment, the credit and the void: 394.20, 549.00, 75.00 and 7.00.
    expect(await report('ageing?as_of=2025-04-19')).toMatchObject({
      ageing: [{ invoices: 4, total: 1025.2, days_1_30: 82 }],
    });
    expect(await report('ageing?as_of=2025-03-02')).toMatchObject({
      ageing: [{ invoices: 3, total: 1043.2, not_due: 100, days_1_30: 549, days_31_60: 394.2 }],
    });
    expect(await report('ageing?as_of=2024-12-31')).toMatchObject({ ageing: [], pagination: { total: 0 } });
    expect(await report('ageing?group_by=customer&per_page=1&page=2')).toMatchObject({
      ageing: [{ customer_id: 2, customer_name: 'Customer 2', partner_name: 'North', total: 45 }],
      pagination: { total: 3, pages: 3 },
    });
    expect(await report('ageing?group_by=partner', partnerKey)).toMatchObject({
      ageing: [{ partner_id: 2, total: 988.2 }],
    });
  });

  it('goes into spreadsheets as text and numbers', async () => {
    const csv = async (path: string) => (await world.ask(`/v1/reports/${path}format=csv`, { key })).text;
    expect((await csv('mrr?from=2025-02&to=2025-02&')).split('\r\n')).toEqual([
      'month,currency,opening,new,reactivation,expansion,contraction,churn,closing,customers,new_customers,reactivated_customers,churned_customers,arpu',
      '2025-02,USD,90,40,0,0,0,-30,100,3,1,0,1,33.33',
      '',
    ]);
    clock.set('2025-05-01T12:00:00Z');
    await post('/invoices', { customer_id: 5, invoice_type: 'one_off', line_items: [{ description: 'X', amount: 1 }] });
    expect(await csv('revenue?from=2025-05&to=2025-05&by=partner&')).toContain(`,3,"'=Line Islands",1,0,1,0`);
  });
});

describe('GET /v1/reports/trial-balance', () => {
  interface Row {
    readonly currency: string;
    readonly ledger_account: string;
    readonly debit: number;
    readonly credit: number;
    readonly balance: number;
  }
  const rows = async (query = '', as = key) =>
    Object.fromEntries(
      (await report<{ trial_balance: Row[] }>(`trial-balance?${query}`, as)).trial_balance.map((row) => [
        row.ledger_account,
        row,
      ]),
    );

  it('has both sides of everything, and nothing is left over', async () => {
    clock.set('2025-06-01T12:00:00Z');
    const before = await rows();
    clock.set('2025-06-02T12:00:00Z');
    const line = { description: 'Visit', amount: 100 };
    const { id } = await post('/invoices', { customer_id: 4, invoice_type: 'one_off', line_items: [line] });
    await post('/payments', { customer_id: 4, amount: 60, method: 'cash', invoice_ids: [id] });
    const after = await rows();
    const moved = (account: string) =>
      [after[account]?.debit, after[account]?.credit].map((amount, side) =>
        Number(((amount ?? 0) - (before[account]?.[side === 0 ? 'debit' : 'credit'] ?? 0)).toFixed(2)),
      );
    // 100.00 is owed for what was sold; 60.00 of it came in, through the account's credit.
    expect([moved('receivable'), moved('revenue'), moved('cash'), moved('credit'), moved('total')]).toEqual([
      [100, 60],
      [0, 100],
      [60, 0],
      [60, 60],
      [220, 220],
    ]);
    const accounts = Object.values(after).filter(({ ledger_account: name }) => name !== 'total');
    expect(accounts.reduce((sum, { balance }) => sum + balance, 0)).toBeCloseTo(0, 6);
    expect(after['total']).toMatchObject({ balance: 0, debit: after['total']?.credit });
    expect(await rows('as_of=2025-06-01')).toEqual(before);
    expect(await rows('as_of=2025-06-02')).toEqual(after);
  });

  it('is that of a partner for whom it is one', async () => {
    expect(await rows('', partnerKey)).toEqual(await rows('partner_id=2'));
    expect(await rows('', partnerKey)).not.toEqual(await rows());
    const csv = await world.ask('/v1/reports/trial-balance?format=csv', { key });
    expect(csv.text.split('\r\n')[0]).toBe('currency,ledger_account,debit,credit,balance');
  });
});

describe('GET /v1/reports/page', () => {
  it('is a page without figures that nobody can frame', async () => {
    const page = await world.ask('/v1/reports/page');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.text).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)/);
  });
});
