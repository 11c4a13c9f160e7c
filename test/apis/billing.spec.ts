import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { type ApiWorld, MovableClock, apiWorld, askUntilServed } from '../support/api-world.js';
import { factory } from '../support/api-fixtures.js';
import { violations } from '../support/invariants.js';

interface Invoice {
  readonly id: number;
  readonly invoice_number: string;
  readonly status: string;
  readonly total_amount: number;
  readonly amount_due: number;
  readonly paid_amount: number;
  readonly credited_amount: number;
  readonly lines: readonly { kind: string; amount: number; from: string; to: string }[];
}

const clock = new MovableClock();
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let key: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
}, 120_000);
afterAll(async () => {
  expect(await violations(world.database.ownerUrl)).toEqual({});
  await world.close();
});

const get = (path: string) => world.ask(`/v1/billing${path}`, { key });
const post = (path: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}) =>
  askUntilServed(`${world.program.url}/v1/billing${path}`, { method: 'POST', key, body, headers });
const invoice = async (id: number) => (await get(`/invoices/${id}`)).json<Invoice>();
/** A customer with one service that works since the first of a month. */
async function subscriber(since = '2025-01-01'): Promise<{ customerId: number; serviceId: number; accountId: number }> {
  const serviceId = Number(await made.make.active_service(1));
  const [row] = await world.sql<{ customer_id: number; id: number }>(
    `UPDATE services SET activated_at = '${since}', activation_amount = 0 WHERE id = ${serviceId};
     UPDATE service_terms SET valid_from = '${since}' WHERE service_id = ${serviceId};
     UPDATE billing_accounts SET starts_on = '${since}' WHERE customer_id = (SELECT customer_id FROM services WHERE id = ${serviceId});
     UPDATE billing_account_terms SET from_on = '${since}' WHERE customer_id = (SELECT customer_id FROM services WHERE id = ${serviceId});
     SELECT a.customer_id, a.id FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE s.id = ${serviceId}`,
  );
  return { customerId: row?.customer_id ?? 0, serviceId, accountId: row?.id ?? 0 };
}
const february = (customerId: number, serviceId: number) => ({
  customer_id: customerId,
  invoice_type: 'recurring',
  billing_period: { start_date: '2025-02-01', end_date: '2025-02-28' },
  line_items: [
    {
      service_id: serviceId,
      description: 'Internet Service - 100/10 Mbps',
      amount: 79.99,
      quantity: 1,
      proration_factor: 1.0,
    },
  ],
  due_date: '2025-02-15',
});
const oneOff = async (customerId: number, amount: number, due = '2199-01-01') =>
  (
    await post('/invoices', {
      customer_id: customerId,
      invoice_type: 'one_off',
      line_items: [{ description: 'Work', amount }],
      due_date: due,
    })
  ).json<Invoice>();
const pay = async (customerId: number, amount: number, more: object = {}) =>
  post('/payments', { customer_id: customerId, amount, method: 'cash', ...more });

describe('POST /v1/billing/invoices', () => {
  it('answers as documented', async () => {
    const { customerId, serviceId } = await subscriber();
    const answer = await post('/invoices', february(customerId, serviceId));
    expect(answer.status).toBe(201);
    const body = answer.json<Invoice>();
    expect(body).toMatchObject({
      customer_id: customerId,
      subtotal: 79.99,
      tax_amount: 6.4,
      total_amount: 86.39,
      due_date: '2025-02-15',
      status: 'pending',
    });
    expect(body.invoice_number).toMatch(/^INV-\d{4}-\d{6}$/);
    expect(answer.headers.get('location')).toBe(`/v1/billing/invoices/${body.id}`);
    expect((await post('/invoices', february(customerId, serviceId))).json()).toMatchObject({
      error: { code: 'PERIOD_ALREADY_INVOICED' },
    });
    const proof = (await get(`/invoices/${body.id}/proof`)).json<{
      proven: boolean;
      lines: { arithmetic: string }[];
    }>();
    expect(proof).toMatchObject({ proven: true, unchanged: true, totals_match: true });
    expect(proof.lines[0]?.arithmetic).toBe('79.99 × 1 × 1 = 79.99');
  });

  it('keeps cents that a price with four decimals was made for', async () => {
    const { customerId } = await subscriber();
    await world.sql(`INSERT INTO tax_rates (region, code, name, percent, valid_from) VALUES ('VAT15', 'vat', 'VAT', 15, '2000-01-01');
      UPDATE billing_account_terms SET tax_region = 'VAT15' WHERE customer_id = ${customerId}`);
    expect(await oneOff(customerId, 477.3913)).toMatchObject({
      subtotal: 477.39,
      tax_amount: 71.61,
      total_amount: 549,
    });
  });

  it.each([
    [{ due_date: '2025-02-30' }, 400],
    [{ line_items: [] }, 400],
    [{ line_items: [{ description: 'X', amount: -0.01 }] }, 400],
    [{ line_items: [{ description: 'X', amount: 0.00001 }] }, 400],
    [{ line_items: [{ description: 'X', amount: 1e20 }] }, 400],
    [{ line_items: [{ description: 'X', amount: '1' }] }, 400],
    [{ line_items: [{ description: 'X', amount: 1, proration_factor: 1.1 }] }, 400],
    [{ total_amount: 1 }, 400],
    [{ customer_id: 2_000_000 }, 422],
    [{ billing_period: { start_date: '2025-02-02', end_date: '2025-02-01' } }, 422],
    [{ billing_period: undefined }, 422],
    [{ line_items: [{ service_id: 2_000_000, description: 'X', amount: 1 }] }, 422],
    [{ line_items: [{ description: 'X', amount: 9_999_999_999, quantity: 1000 }] }, 422],
  ])('refuses %j with %i', async (change, status) => {
    const { customerId, serviceId } = await subscriber();
    expect((await post('/invoices', { ...february(customerId, serviceId), ...change })).status).toBe(status);
  });
});

describe('what the engine computes', () => {
  const generate = (customerId: number, start: string, end: string) =>
    post('/invoices', { customer_id: customerId, billing_period: { start_date: start, end_date: end } });

  it('is invoiced once, whoever asks at the same time, and corrected by the difference', async () => {
    const { customerId, serviceId } = await subscriber();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => generate(customerId, '2025-01-01', '2025-01-31')),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    const first = answers.find(({ status }) => status === 201)?.json<Invoice>() as Invoice;
    expect(first.total_amount).toBe(86.39);
    // It turns out that the service ended on the 14th: 79.99 × 14 ÷ 31 = 36.1245
    await world.sql(`UPDATE services SET status = 'terminated', terminated_at = '2025-01-14T12:00:00Z' WHERE id = ${serviceId};
      INSERT INTO plan_billing_policies VALUES (1, '2000-01-01', 'prorate', 'prorate', 'prorate', 'credit', 'charge', 'prorate', 'waive') ON CONFLICT DO NOTHING`);
    const credit = (await generate(customerId, '2025-01-01', '2025-01-31')).json<Invoice & { document: string }>();
    expect(credit).toMatchObject({
      document: 'credit_note',
      total_amount: -47.38,
      status: 'issued',
      paid_amount: 47.38,
    });
    expect(credit.invoice_number).toMatch(/^CN-\d{4}-\d{6}$/);
    expect(await invoice(first.id)).toMatchObject({ status: 'partially_paid', amount_due: 39.01 });
    expect((await generate(customerId, '2025-01-01', '2025-01-31')).status).toBe(409);
    expect((await get(`/invoices/${credit.id}/proof`)).json()).toMatchObject({ proven: true });
  });

  it('is previewed as it will be, left alone where a person invoiced, and due again when voided', async () => {
    const { customerId, serviceId, accountId } = await subscriber();
    const preview = (await get(`/accounts/${accountId}/preview?on=2025-02-01`)).json<{ total_amount: number }>();
    await post('/invoices', february(customerId, serviceId));
    const january = (await generate(customerId, '2025-02-01', '2025-02-28')).json<Invoice>();
    expect([preview.total_amount, january.total_amount]).toEqual([172.78, 86.39]);
    expect((await generate(customerId, '2025-02-02', '2025-02-28')).status).toBe(422);
    expect((await post(`/invoices/${january.id}/void`, { reason: 'Mistake' })).json()).toMatchObject({
      status: 'void',
      amount_due: 0,
    });
    expect((await post(`/invoices/${january.id}/void`)).status).toBe(409);
    expect((await generate(customerId, '2025-01-01', '2025-01-31')).json()).toMatchObject({ total_amount: 86.39 });
  });

  it('parks an account rather than to issue nonsense', async () => {
    const { customerId, accountId } = await subscriber();
    await world.ask(`/v1/billing/accounts/${accountId}`, { method: 'PATCH', key, body: { limit_amount: 50 } });
    expect((await generate(customerId, '2025-01-01', '2025-01-31')).status).toBe(409);
    expect((await get(`/accounts/${accountId}`)).json()).toMatchObject({ parked_for: 'too_much' });
    await world.ask(`/v1/billing/accounts/${accountId}`, { method: 'PATCH', key, body: { limit_amount: null } });
    expect((await generate(customerId, '2025-01-01', '2025-01-31')).status).toBe(409);
    expect((await post(`/accounts/${accountId}/unpark`)).status).toBe(200);
    expect((await generate(customerId, '2025-01-01', '2025-01-31')).status).toBe(201);
  });

  it('can wait as a draft that has no number', async () => {
    const { customerId, serviceId } = await subscriber();
    const draft = (await post('/invoices', { ...february(customerId, serviceId), draft: true })).json<Invoice>();
    expect([draft.status, draft.invoice_number]).toEqual(['draft', null]);
    const issued = (await post(`/invoices/${draft.id}/issue`)).json<Invoice>();
    expect([issued.status, /^INV/.test(issued.invoice_number)]).toEqual(['pending', true]);
    expect((await post(`/invoices/${draft.id}/issue`)).status).toBe(409);
  });

  it('is paid by another account from the end of the period on', async () => {
    const [child, parent] = [await subscriber(), await subscriber()];
    const change = (accountId: number, body: object) =>
      world.ask(`/v1/billing/accounts/${accountId}`, { method: 'PATCH', key, body });
    expect((await change(child.accountId, { payer_account_id: parent.accountId })).status).toBe(200);
    expect((await change(parent.accountId, { payer_account_id: child.accountId })).status).toBe(422);
    const [{ from_on: from } = { from_on: '' }] = await world.sql<{ from_on: string }>(
      `SELECT from_on::text FROM billing_payers WHERE account_id = ${child.accountId}`,
    );
    const preview = async (accountId: number, on: string) =>
      (await get(`/accounts/${accountId}/preview?on=${on}`)).json<{
        lines: { service_id: number; from: string }[];
      }>().lines;
    const later = from.replace(/^\d{4}/, (year) => String(Number(year) + 1));
    expect((await preview(child.accountId, later)).every((line) => line.from < from)).toBe(true);
    expect(
      (await preview(parent.accountId, from))
        .filter((line) => line.service_id === child.serviceId)
        .map((line) => line.from),
    ).toEqual([from]);
  });
});

describe('issued documents', () => {
  it('cannot be changed by anybody, and a changed byte fails the proof', async () => {
    const { customerId } = await subscriber();
    const { id } = await oneOff(customerId, 10);
    for (const change of [
      'total_amount = 0, subtotal_amount = 0',
      `due_on = '2030-01-01'`,
      'sequence = 999999',
      `status = 'draft'`,
      'customer_id = 1',
    ])
      await expect(world.sql(`UPDATE invoices SET ${change} WHERE id = ${id}`)).rejects.toThrow(
        /cannot be changed|violates/,
      );
    for (const statement of [
      `DELETE FROM invoices WHERE id = ${id}`,
      `UPDATE invoice_lines SET amount = 0 WHERE invoice_id = ${id}`,
      `DELETE FROM invoice_lines WHERE invoice_id = ${id}`,
      `UPDATE ledger_transfers SET amount = 1`,
      `DELETE FROM ledger_transfers`,
      'UPDATE allocations SET amount = 1',
    ])
      await expect(world.sql(statement)).rejects.toThrow(/stays|cannot be changed|only ever added to/);
    await world.sql(`BEGIN; ALTER TABLE invoice_lines DISABLE TRIGGER invoice_lines_keep;
      UPDATE invoice_lines SET description = 'Worl' WHERE invoice_id = ${id}; ALTER TABLE invoice_lines ENABLE TRIGGER invoice_lines_keep; COMMIT`);
    expect((await get(`/invoices/${id}/proof`)).json()).toMatchObject({
      proven: false,
      unchanged: false,
      totals_match: true,
    });
  });

  it('are credited in parts that together never exceed them', async () => {
    const { customerId, serviceId } = await subscriber();
    const { id } = (await post('/invoices', february(customerId, serviceId))).json<Invoice>();
    const credit = (amount?: number) =>
      post(`/invoices/${id}/credit-notes`, {
        reason: 'Two days without service',
        ...(amount ? { lines: [{ line: 1, amount }] } : {}),
      });
    // 6.40 × 10 ÷ 79.99 = 0.80; thrice, and the rest is 49.99 with 4.00
    const parts = [await credit(10), await credit(10), await credit(10)].map((answer) => answer.json<Invoice>());
    expect(parts.map((part) => part.total_amount)).toEqual([-10.8, -10.8, -10.8]);
    expect((await credit(50)).status).toBe(409);
    const [left, right] = await Promise.all([credit(), credit()]);
    const done = [left, right].filter(({ status }) => status === 201);
    expect(done.map((answer) => answer.json<Invoice>().total_amount)).toEqual([-53.99]);
    expect(await invoice(id)).toMatchObject({ status: 'paid', credited_amount: 86.39, amount_due: 0 });
    for (const part of parts) expect((await get(`/invoices/${part.id}/proof`)).json()).toMatchObject({ proven: true });
    const listed = (await get(`/credit-notes?invoice_id=${id}`)).json<{ credit_notes: unknown[] }>();
    expect(listed.credit_notes).toHaveLength(4);
  });
});

describe('payments', () => {
  it('are taken back without what was refunded of them, which whoever does so must know', async () => {
    const { customerId, accountId } = await subscriber();
    await oneOff(customerId, 90);
    const { id } = (await pay(customerId, 100)).json<{ id: number }>();
    expect((await post(`/payments/${id}/refunds`, { reason: 'Too much', amount: 40, channel: 'hand' })).status).toBe(
      201,
    );
    const reverse = (amount?: number) =>
      post(`/payments/${id}/reverse`, { reason: 'Bounced', ...(amount ? { amount } : {}) });
    for (const amount of [undefined, 100.01, 40]) {
      const refused = await reverse(amount);
      expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('from 60.00 to 100.00')]);
    }
    expect((await reverse(60)).json()).toMatchObject({ status: 'reversed', refunded_amount: 40, allocations: [] });
    expect((await get(`/accounts/${accountId}`)).json()).toMatchObject({ credit_balance: 0, open_amount: 90 });
  });

  it('have the currency of their account, which is one that there is', async () => {
    const { customerId } = await subscriber();
    const open = (currency: string) => post('/accounts', { customer_id: customerId, name: 'Another', currency });
    expect([(await open('ZZZ')).status, (await open('usd')).status, (await open('EUR')).status]).toEqual([
      400, 400, 201,
    ]);
  });

  it('cannot be received in the future, nor taken back by another amount', async () => {
    const { customerId } = await subscriber();
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const late = await pay(customerId, 10, { received_at: inDays(1.1) });
    expect([late.status, late.text]).toEqual([422, expect.stringContaining('PAYMENT_AHEAD')]);
    const { id } = (await pay(customerId, 10, { received_at: inDays(0.9) })).json<{ id: number }>();
    expect((await post(`/payments/${id}/reverse`, { reason: 'Bounced', amount: 9 })).status).toBe(422);
    expect((await post(`/payments/${id}/reverse`, { reason: 'Bounced', amount: 10 })).status).toBe(200);
  });

  it('pay the oldest first, what is named first, and leave the rest as credit for the next invoice', async () => {
    const { customerId, accountId } = await subscriber();
    const [late, soon] = [await oneOff(customerId, 40, '2199-02-01'), await oneOff(customerId, 60, '2199-01-01')];
    expect((await pay(customerId, 70)).json()).toMatchObject({ allocated_amount: 70, unallocated_amount: 0 });
    expect([(await invoice(soon.id)).status, (await invoice(late.id)).amount_due]).toEqual(['paid', 30]);
    const named = (await pay(customerId, 50, { invoice_ids: [late.id] })).json<{
      id: number;
      unallocated_amount: number;
    }>();
    expect(named.unallocated_amount).toBe(20);
    expect((await get(`/accounts/${accountId}`)).json()).toMatchObject({ credit_balance: 20, open_amount: 0 });
    expect(await oneOff(customerId, 25)).toMatchObject({ status: 'partially_paid', amount_due: 5 });
    // 50.00 paid 30.00 and 20.00; without it both are open again.
    expect((await post(`/payments/${named.id}/reverse`, { reason: 'Bounced' })).json()).toMatchObject({
      status: 'reversed',
      allocations: [],
    });
    expect((await post(`/payments/${named.id}/reverse`, { reason: 'Bounced' })).status).toBe(409);
    expect((await get(`/accounts/${accountId}`)).json()).toMatchObject({ credit_balance: 0, open_amount: 55 });
    const entries = (await get(`/accounts/${accountId}/statement`)).json<{
      entries: { event: string; balance: number }[];
    }>().entries;
    expect(entries.map(({ event, balance }) => `${event} ${balance}`)).toEqual([
      'payment.reversed 55',
      'invoice.issued 5',
      'payment.received -20',
      'payment.received 30',
      'invoice.issued 100',
      'invoice.issued 40',
    ]);
  });

  it('are booked once, however often they are posted', async () => {
    const { customerId } = await subscriber();
    await oneOff(customerId, 100);
    const twice = await Promise.all([1, 2, 3].map(() => pay(customerId, 100, { reference: `R-${customerId}` })));
    expect(twice.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const body = { customer_id: customerId, amount: 5, method: 'cash' };
    const replays = [
      await post('/payments', body, { 'idempotency-key': `p-${customerId}` }),
      await post('/payments', body, { 'idempotency-key': `p-${customerId}` }),
    ];
    expect(new Set(replays.map((answer) => answer.json<{ id: number }>().id)).size).toBe(1);
    const [sum] = await world.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM payments WHERE customer_id = ${customerId}`,
    );
    expect(sum?.n).toBe(2);
  });

  it('C2: 50 full payments of one invoice pay it once and are credit otherwise', async () => {
    const { customerId, accountId } = await subscriber();
    const { id } = await oneOff(customerId, 100);
    const answers = await Promise.all(Array.from({ length: 50 }, () => pay(customerId, 100, { invoice_ids: [id] })));
    const left = answers.map((answer) => answer.json<{ unallocated_amount: number }>().unallocated_amount);
    expect([left.filter((free) => free === 0).length, left.filter((free) => free === 100).length]).toEqual([1, 49]);
    expect((await get(`/accounts/${accountId}`)).json()).toMatchObject({ credit_balance: 4900, open_amount: 0 });
  });

  it.each([[0], [-1], [0.001], [1e15]])('refuse %d', async (amount) => {
    const { customerId } = await subscriber();
    expect([400, 422]).toContain((await pay(customerId, amount)).status);
  });
});

describe('numbers', () => {
  it('have no gap over a year’s end and failed attempts', async () => {
    const { customerId } = await subscriber();
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        n % 5 === 0 ? post('/invoices', february(customerId, 1)) : oneOff(customerId, n + 1),
      ),
    );
    const rows = await world.sql<{ year: number; n: number; last: number; first: number }>(
      `SELECT year, count(*)::int AS n, max(sequence) AS last, min(sequence) AS first FROM invoices WHERE series = 'INV' GROUP BY 1`,
    );
    for (const { n, first, last } of rows) expect([first, last]).toEqual([1, n]);
  });
});
