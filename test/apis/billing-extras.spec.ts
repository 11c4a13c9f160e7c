import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { CarryOutRun, MarkOverdue, ReviewDrafts } from '@isp/domain/billing';
import { systemClock } from '@isp/kernel';
import { type ApiWorld, MovableClock, apiWorld, askUntilServed } from '../support/api-world.js';
import { factory } from '../support/api-fixtures.js';
import { violations } from '../support/invariants.js';

interface Preview {
  readonly total_amount: number;
  readonly lines: readonly { kind: string; amount: number; description: string }[];
}

const clock = new MovableClock();
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let key: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  await world.sql(`UPDATE billing_accounts SET next_run_on = '2199-01-01'`);
}, 120_000);
afterAll(async () => {
  expect(await violations(world.database.ownerUrl)).toEqual({});
  await world.close();
});

function goTo(at: string): void {
  clock.shiftSeconds = (Date.parse(at) - systemClock.now().getTime()) / 1000;
}
const ask = (method: string, path: string, body?: unknown) =>
  askUntilServed(`${world.program.url}/v1/billing${path}`, { method, key, ...(body === undefined ? {} : { body }) });
const get = async <T>(path: string) => (await ask('GET', path)).json<T>();
const post = (path: string, body: unknown = {}) => ask('POST', path, body);
async function run(): Promise<{ counts: Record<string, number> }> {
  const { id } = (await post('/runs')).json<{ id: number }>();
  await world.program.app.get(CarryOutRun, { strict: false }).execute(id);
  return get(`/runs/${id}`);
}
/** A customer with one service for 79.99 plus 8 % since the first of January 2031, billed nothing yet. */
async function subscriber(): Promise<{ accountId: number; serviceId: number; customerId: number }> {
  const serviceId = Number(await made.make.active_service(1));
  const [row] = await world.sql<{ customer_id: number; id: number }>(
    `UPDATE services SET activated_at = '2031-01-01', activation_amount = 0 WHERE id = ${serviceId};
     UPDATE service_terms SET valid_from = '2031-01-01' WHERE service_id = ${serviceId};
     UPDATE billing_accounts SET starts_on = '2031-01-01', next_run_on = NULL, time_zone = 'UTC'
      WHERE customer_id = (SELECT customer_id FROM services WHERE id = ${serviceId});
     UPDATE billing_account_terms SET from_on = '2031-01-01' WHERE customer_id = (SELECT customer_id FROM services WHERE id = ${serviceId});
     SELECT a.customer_id, a.id FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE s.id = ${serviceId}`,
  );
  return { accountId: row?.id ?? 0, serviceId, customerId: row?.customer_id ?? 0 };
}
const totals = (accountId: number) =>
  world.sql<{ total: string; status: string }>(
    `SELECT total_amount::numeric(18, 2)::text AS total, status FROM invoices WHERE account_id = ${accountId} ORDER BY id`,
  );

describe('what else is invoiced', () => {
  it('charges once, gives back, and takes back what was cancelled', async () => {
    goTo('2031-01-01T12:00:00Z');
    const { accountId, serviceId } = await subscriber();
    const charge = (body: object) => post(`/accounts/${accountId}/charges`, { description: 'Visit', ...body });
    const visit = (await charge({ service_id: serviceId, quantity: 1.5, unit_amount: 60 })).json<{ id: number }>();
    expect((await charge({ unit_amount: -5 })).status).toBe(201);
    expect((await charge({ unit_amount: 0 })).status).toBe(400);
    expect((await charge({ unit_amount: 1, service_id: 1 })).status).toBe(422);
    await run();
    // 79.99 × 1.08 + 1.5 × 60.00 × 1.08 − 5.00 = 86.39 + 97.20 − 5.00
    expect(await totals(accountId)).toEqual([{ total: '178.59', status: 'pending' }]);
    const { charges } = await get<{ charges: { id: number; invoice_id: number | null }[] }>(
      `/accounts/${accountId}/charges`,
    );
    expect(charges.every(({ invoice_id }) => invoice_id !== null)).toBe(true);
    expect((await post(`/accounts/${accountId}/charges/${visit.id}/cancel`)).status).toBe(200);
    expect((await post(`/accounts/${accountId}/charges/${visit.id}/cancel`)).status).toBe(409);
    goTo('2031-02-01T12:00:00Z');
    await run();
    // 86.39 − 97.20
    expect((await totals(accountId)).at(-1)?.total).toBe('-10.81');
  });

  it('carries forward what is less than the minimum', async () => {
    goTo('2031-02-10T12:00:00Z');
    const { accountId } = await subscriber();
    await ask('PATCH', `/accounts/${accountId}`, { minimum_amount: 100, language: 'de-AT' });
    expect(await get(`/accounts/${accountId}`)).toMatchObject({ minimum_amount: 100, language: 'de-AT' });
    const { counts } = await run();
    expect(counts).toMatchObject({ carried_forward: 1, invoices: 1 });
    expect(await totals(accountId)).toEqual([{ total: '172.78', status: 'pending' }]);
  });

  it('redeems a code once an account, as often as it is good for', async () => {
    goTo('2031-02-10T12:00:00Z');
    const [one, two] = [await subscriber(), await subscriber()];
    const code = { code: 'half-off', name: 'Half', percent: 50, months: 1, from: '2031-01-01', most_redemptions: 1 };
    const promotion = (await post('/promotions', { ...code, plan_id: 1 })).json<{ id: number; code: string }>();
    expect(promotion.code).toBe('HALF-OFF');
    expect((await post('/promotions', code)).status).toBe(409);
    const answers = await Promise.all(
      [one, two].map(({ accountId }) => post(`/accounts/${accountId}/promotions`, { code: 'HALF-OFF' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(
      (await get<{ promotions: { redemptions: number }[] }>('/promotions?code=half-off')).promotions,
    ).toMatchObject([{ redemptions: 1 }]);
    expect((await post(`/promotions/${promotion.id}/end`, { on: '2031-02-11' })).status).toBe(200);
    // Not later than it ended, and nothing that is not there.
    expect((await post(`/promotions/${promotion.id}/end`, { on: '2031-02-12' })).status).toBe(422);
    expect((await post(`/promotions/2000000/end`, { on: '2031-02-12' })).status).toBe(404);
    await run();
  });

  it('C13: of 100 accounts that redeem the last use of a code at once one has it', async () => {
    goTo('2031-02-10T12:00:00Z');
    const accounts = await world.sql<{ id: number }>(`SELECT id FROM billing_accounts ORDER BY id LIMIT 100`);
    const code = { code: 'last-one', name: 'Last', percent: 5, months: 1, from: '2031-01-01', most_redemptions: 1 };
    expect((await post('/promotions', code)).status).toBe(201);
    const answers = await Promise.all(
      accounts.map(({ id }) => post(`/accounts/${id}/promotions`, { code: 'last-one' })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect([accounts.length, statuses]).toEqual([100, [201, ...Array.from({ length: 99 }, () => 422)]]);
    expect((await get<{ promotions: unknown[] }>('/promotions?code=last-one')).promotions).toMatchObject([
      { redemptions: 1 },
    ]);
  });

  it('charges usage above the data limit when the period is over, and corrects it', async () => {
    goTo('2031-03-01T12:00:00Z');
    const { accountId, serviceId, customerId } = await subscriber();
    await world.sql(`UPDATE billing_accounts SET starts_on = '2031-03-01' WHERE id = ${accountId}`);
    await world.sql(`INSERT INTO plan_billing_policies VALUES (1, '2031-03-01', 'prorate', 'prorate', 'prorate', 'credit', 'charge', 'prorate', 'charge', 0.5)
      ON CONFLICT (plan_id, from_on) DO UPDATE SET overage_amount = 0.5;
      UPDATE plan_versions SET data_limit_gb = 100 WHERE plan_id = 1;
      INSERT INTO usage_daily (partner_id, customer_id, service_id, day, input_octets, output_octets) VALUES (1, ${customerId}, ${serviceId}, '2031-03-10', 20000000000, 100000000000)`);
    await run();
    goTo('2031-04-01T12:00:00Z');
    // 79.99 and (120 − 100) GB × 0.50, plus 8 %: 86.39 + 10.80
    expect(await get(`/accounts/${accountId}/preview?on=2031-04-01`)).toMatchObject({ total_amount: 97.19 });
    await run();
    expect((await totals(accountId)).at(-1)?.total).toBe('97.19');
    await world.sql(`UPDATE usage_daily SET output_octets = 90000000000 WHERE service_id = ${serviceId}`);
    goTo('2031-05-01T12:00:00Z');
    await run();
    // 86.39 − 10 GB × 0.50 × 1.08
    expect((await totals(accountId)).at(-1)?.total).toBe('80.99');
    await world.sql(
      `UPDATE plan_versions SET data_limit_gb = NULL WHERE plan_id = 1; DELETE FROM plan_billing_policies WHERE plan_id = 1`,
    );
  });
});

describe('a review of drafts', () => {
  it('issues what is due at its end, computed again', async () => {
    goTo('2031-06-01T12:00:00Z');
    const [same, changed] = [await subscriber(), await subscriber()];
    for (const { accountId } of [same, changed]) {
      await world.sql(`UPDATE billing_accounts SET starts_on = '2031-06-01' WHERE id = ${accountId}`);
      await ask('PATCH', `/accounts/${accountId}`, { review_hours: 48 });
    }
    expect((await run()).counts).toMatchObject({ drafts: 2 });
    expect(await totals(same.accountId)).toEqual([{ total: '86.39', status: 'draft' }]);
    const review = world.program.app.get(ReviewDrafts, { strict: false });
    await post(`/accounts/${changed.accountId}/discounts`, { name: 'Tenth', percent: 10, from: '2031-06-01' });
    goTo('2031-06-03T11:00:00Z');
    expect(await review.execute()).toBe(0);
    goTo('2031-06-03T13:00:00Z');
    expect(await review.execute()).toBe(2);
    expect(await totals(same.accountId)).toEqual([{ total: '86.39', status: 'pending' }]);
    // 79.99 − 8.00, each plus 8 %: 86.39 − 8.64
    expect(await totals(changed.accountId)).toEqual([
      { total: '86.39', status: 'void' },
      { total: '77.75', status: 'pending' },
    ]);
    expect(await review.execute()).toBe(0);
  });
});

describe('what if', () => {
  it('computes a change as the engine will, and writes nothing', async () => {
    goTo('2031-07-10T12:00:00Z');
    const { accountId, serviceId } = await subscriber();
    await world.sql(
      `UPDATE billing_accounts SET starts_on = '2031-07-01', next_run_on = '2199-01-01' WHERE id = ${accountId}`,
    );
    const whatIf = async (change: object, on = '2031-08-01') =>
      (await post(`/accounts/${accountId}/what-if`, { on, change })).json<{
        without: Preview;
        with: Preview;
        difference: number;
      }>();
    const [plan] = await world.sql<{ monthly: number; activation: number }>(
      'SELECT monthly_amount::float8 AS monthly, activation_amount::float8 AS activation FROM plans WHERE id = 2',
    );
    const cancelled = await whatIf({ kind: 'cancel', service_id: serviceId });
    expect(cancelled.without.total_amount).toBe(172.78);
    // August is gone, and who leaves within the contract pays for it.
    expect(cancelled.with.lines.map(({ kind }) => kind).sort()).toEqual(['fee', 'recurring']);
    const other = await whatIf({ kind: 'change_plan', service_id: serviceId, plan_id: 2 });
    expect(other.with.lines.filter(({ kind }) => kind === 'recurring').map(({ amount }) => amount)).toEqual([
      79.99,
      plan?.monthly,
    ]);
    const more = await whatIf({ kind: 'add', plan_id: 2 });
    expect(more.with.lines.length).toBeGreaterThan(more.without.lines.length);
    expect(
      (await post(`/accounts/${accountId}/what-if`, { on: '2031-07-01', change: { kind: 'add', plan_id: 2 } })).status,
    ).toBe(422);
    expect((await post(`/accounts/${accountId}/what-if`, { change: { kind: 'cancel', service_id: 1 } })).status).toBe(
      422,
    );
    expect(await totals(accountId)).toEqual([]);
  });
});

describe('an invoice that is late', () => {
  it('is overdue when its day is over where the account is, once, unless it was paid', async () => {
    goTo('2031-09-01T12:00:00Z');
    const customers = [await subscriber(), await subscriber()];
    const ids: number[] = [];
    for (const { accountId, customerId } of customers) {
      await world.sql(
        `UPDATE billing_accounts SET next_run_on = '2199-01-01', time_zone = 'America/St_Johns' WHERE id = ${accountId}`,
      );
      const lines = { line_items: [{ description: 'Work', amount: 10 }], due_date: '2031-09-10' };
      ids.push(
        (await post('/invoices', { customer_id: customerId, invoice_type: 'one_off', ...lines })).json<{ id: number }>()
          .id,
      );
    }
    await post('/payments', { customer_id: customers[1]?.customerId, amount: 10, method: 'cash' });
    const late = world.program.app.get(MarkOverdue, { strict: false });
    const status = async () => (await get<{ status: string }>(`/invoices/${ids[0]}`)).status;
    // The 11th has begun in UTC, in St. John's it is 23:29 of the 10th.
    goTo('2031-09-11T01:59:00Z');
    await late.execute();
    expect(await status()).toBe('pending');
    goTo('2031-09-11T02:31:00Z');
    await Promise.all([late.execute(), late.execute()]);
    await late.execute();
    expect([await status(), (await get<{ status: string }>(`/invoices/${ids[1]}`)).status]).toEqual([
      'overdue',
      'paid',
    ]);
    expect(
      await world.sql(
        `SELECT count(*)::integer AS n FROM outbox WHERE name = 'billing.invoice.overdue.v1' AND (payload->>'invoice_id')::integer IN (${ids})`,
      ),
    ).toEqual([{ n: 1 }]);
  });
});

describe('services in another currency', () => {
  it('have an account from their beginning, so that nothing is billed to nobody', async () => {
    const { serviceId, customerId } = await subscriber();
    await world.sql(`INSERT INTO services (partner_id, customer_id, service_type, plan_id, download_mbps, upload_mbps, monthly_amount, activation_amount, currency)
      SELECT partner_id, customer_id, service_type, plan_id, download_mbps, upload_mbps, monthly_amount, activation_amount, 'EUR' FROM services WHERE id = ${serviceId}`);
    expect(
      await world.sql(`SELECT name, currency FROM billing_accounts WHERE customer_id = ${customerId} ORDER BY id`),
    ).toEqual([
      { name: 'Main', currency: 'USD' },
      { name: 'Main EUR', currency: 'EUR' },
    ]);
  });
});
