import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { type ApiWorld, StoppedClock, apiWorld } from '../support/api-world.js';
import { factory } from '../support/api-fixtures.js';
import { violations } from '../support/invariants.js';

interface Invoice {
  readonly id: number;
  readonly total_amount: number;
  readonly paid_amount: number;
  readonly applied_credit_amount: number;
  readonly written_off_amount: number;
  readonly amount_due: number;
}
interface WriteOff {
  readonly id: number;
  readonly invoice_id: number;
}

const clock = new StoppedClock();
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let key: string;

beforeAll(async () => {
  clock.set('2025-02-10T12:00:00Z');
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
}, 120_000);
afterAll(async () => {
  expect(await violations(world.database.ownerUrl)).toEqual({});
  await world.close();
});

const ask = (path: string) => world.ask(`/v1${path}`, { key });
const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  world.ask(`/v1/billing${path}`, { method: 'POST', key, body, headers });
const invoice = async (id: number) => (await ask(`/billing/invoices/${id}`)).json<Invoice>();
/** An invoice of a plan whose tax is 8 %. */
async function billed(amount: number) {
  const serviceId = Number(await made.make.active_service(1));
  const [row] = await world.sql<{ customer_id: number; id: number }>(
    `SELECT a.customer_id, a.id FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE s.id = ${serviceId}`,
  );
  const [customerId, accountId] = [row?.customer_id ?? 0, row?.id ?? 0];
  const items = [{ service_id: serviceId, description: 'Work', amount }];
  const body = { customer_id: customerId, invoice_type: 'one_off', line_items: items, due_date: '2025-02-20' };
  const { id } = (await post('/invoices', body)).json<Invoice>();
  return { customerId, accountId, id };
}
const pay = (customerId: number, amount: number, ids?: readonly number[]) =>
  post('/payments', { customer_id: customerId, amount, method: 'cash', ...(ids ? { invoice_ids: ids } : {}) });

describe('what an invoice says of itself', () => {
  it('adds up, whatever settled it', async () => {
    const { customerId, id } = await billed(100);
    await pay(customerId, 8);
    await post(`/invoices/${id}/credit-notes`, { reason: 'Late', lines: [{ line: 1, amount: 25 }] });
    await post(`/invoices/${id}/write-offs`, { reason: 'settlement', amount: 3 });
    const parts = { paid_amount: 8, applied_credit_amount: 27, written_off_amount: 3, amount_due: 70 };
    expect(await invoice(id)).toMatchObject({ status: 'partially_paid', total_amount: 108, ...parts });
    expect(await invoice(id)).toMatchObject({ written_off_at: '2025-02-10T12:00:00Z', credited_amount: 27 });
  });

  it('is not that the customer paid what was credited', async () => {
    const { id } = await billed(100);
    await post(`/invoices/${id}/credit-notes`, { reason: 'Wrong' });
    const credited = { paid_amount: 0, credited_amount: 108, applied_credit_amount: 108, amount_due: 0 };
    expect(await invoice(id)).toMatchObject({ status: 'paid', ...credited });
    const notes = (await ask(`/billing/credit-notes?invoice_id=${id}`)).json<{ credit_notes: Invoice[] }>();
    expect(notes.credit_notes).toMatchObject([{ total_amount: -108, paid_amount: 108, applied_credit_amount: 0 }]);
  });
});

describe('write-offs', () => {
  it('are made once, shown, recovered and taken back', async () => {
    const { customerId, accountId, id } = await billed(100);
    const body = { reason: 'bankruptcy', note: 'Case 7', reclaim_tax: true };
    const [first, again] = [
      await post(`/invoices/${id}/write-offs`, body, { 'idempotency-key': 'write-off-1' }),
      await post(`/invoices/${id}/write-offs`, body, { 'idempotency-key': 'write-off-1' }),
    ];
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    const made1 = first.json<WriteOff>();
    expect(made1).toMatchObject({ invoice_id: id, amount: 108, reclaimed_tax_amount: 8, reversed_amount: 0 });
    expect(await invoice(id)).toMatchObject({ status: 'uncollectible', amount_due: 0, written_off_amount: 108 });
    expect((await ask(`/billing/accounts/${accountId}`)).json()).toMatchObject({ open_amount: 0, credit_balance: 0 });
    expect((await post(`/invoices/${id}/write-offs`, body)).status).toBe(409);

    clock.set('2025-03-10T12:00:00Z');
    await pay(customerId, 54, [id]);
    const found = (await ask(`/billing/write-offs/${made1.id}`)).json();
    expect(found).toMatchObject({
      reversed_amount: 54,
      reversed_tax_amount: 4,
      reversals: [{ amount: 54, reclaimed_tax_amount: 4, reason: null, created_at: '2025-03-10T12:00:00Z' }],
    });
    const back = await post(`/write-offs/${made1.id}/reverse`, { reversal_reason: 'The estate pays' });
    expect(back.json()).toMatchObject({ reversed_amount: 108, reversed_tax_amount: 8 });
    expect((await post(`/write-offs/${made1.id}/reverse`, { reversal_reason: 'Again' })).status).toBe(409);
    expect(await invoice(id)).toMatchObject({ status: 'partially_paid', paid_amount: 54, amount_due: 54 });
    const { entries } = (await ask(`/billing/accounts/${accountId}/statement`)).json<{ entries: object[] }>();
    expect(entries.map((entry) => [(entry as { event: string }).event, (entry as { amount: number }).amount])).toEqual([
      ['invoice.write_off_reversed', 108],
      ['payment.received', -54],
      ['invoice.written_off', -108],
      ['invoice.issued', 108],
    ]);
    const list = (await ask(`/billing/write-offs?invoice_id=${id}&reason=bankruptcy`)).json<{ write_offs: object[] }>();
    expect(list.write_offs).toHaveLength(1);
    const report = async (month: string) =>
      (await ask(`/reports/bad-debt?from=${month}&to=${month}`)).json<{ bad_debt: object[] }>().bad_debt;
    expect(await report('2025-02')).toContainEqual(
      expect.objectContaining({ reason: 'bankruptcy', written_off: 108, reclaimed_tax: 8, loss: 100 }),
    );
    expect(await report('2025-03')).toEqual([
      {
        month: '2025-03',
        currency: 'USD',
        reason: 'bankruptcy',
        written_off: 0,
        recovered: -54,
        reversed: -54,
        reclaimed_tax: -8,
        loss: -100,
      },
    ]);
  });

  it('are of an account as a whole, and of small balances once they were looked at', async () => {
    clock.set('2025-02-10T12:00:00Z');
    const [whole, small] = [await billed(50), await billed(10)];
    await pay(small.customerId, 9.81, [small.id]);
    const all = await post(`/accounts/${whole.accountId}/write-offs`, { reason: 'deceased' });
    expect([all.status, all.json()]).toMatchObject([201, { amount: 54, write_offs: [{ invoice_id: whole.id }] }]);
    clock.set('2025-06-10T12:00:00Z');
    const wanted = { currency: 'USD', below: 1, older_than_days: 90 };
    const shown = (await post('/write-offs/small-balances', wanted)).json<{ invoices: { invoice_id: number }[] }>();
    expect(shown).toMatchObject({ dry_run: true, invoices: [{ invoice_id: small.id, amount: 0.99 }], remaining: 0 });
    expect(await invoice(small.id)).toMatchObject({ amount_due: 0.99 });
    const done = await post('/write-offs/small-balances', { ...wanted, dry_run: false });
    expect(done.json()).toMatchObject({ dry_run: false, amount: 0.99, invoices: [{ invoice_id: small.id }] });
    expect(await invoice(small.id)).toMatchObject({ status: 'uncollectible', paid_amount: 9.81, amount_due: 0 });
  });

  it('say why', async () => {
    const { id } = await billed(1);
    for (const body of [{}, { reason: 'other' }, { reason: 'lost' }, { reason: 'other', note: 'x', amount: -1 }])
      expect((await post(`/invoices/${id}/write-offs`, body)).status).toBe(400);
    expect((await post(`/invoices/${id}/write-offs`, { reason: 'other', note: 'Lost' })).status).toBe(201);
  });
});

describe('a payment of which a part was refunded', () => {
  it('may be taken back in full by a bank: the customer owes that part again', async () => {
    const { customerId, accountId, id: invoiceId } = await billed(100);
    const { id } = (await pay(customerId, 110)).json<{ id: number }>();
    await post(`/payments/${id}/refunds`, { reason: 'Too much', amount: 40, channel: 'hand' });
    const reversed = await post(`/payments/${id}/reverse`, { reason: 'Chargeback', amount: 110 });
    expect(reversed.json()).toMatchObject({ status: 'reversed', excess_amount: 40, excess_paid_amount: 0 });
    const account = async () => (await ask(`/billing/accounts/${accountId}`)).json();
    expect(await account()).toMatchObject({ credit_balance: 0, open_amount: 148 });
    expect((await ask(`/billing/accounts/${accountId}/statement`)).json()).toMatchObject({
      closing_balance: 148,
      entries: expect.arrayContaining([expect.objectContaining({ event: 'payment.reversed', amount: 110 })]),
    });
    expect((await pay(customerId, 148)).json()).toMatchObject({
      allocated_amount: 148,
      allocations: [{ invoice_id: invoiceId, amount: 108 }],
      excess_allocations: [{ payment_id: id, amount: 40 }],
    });
    expect((await ask(`/billing/payments/${id}`)).json()).toMatchObject({ excess_amount: 40, excess_paid_amount: 40 });
    expect(await account()).toMatchObject({ credit_balance: 0, open_amount: 0 });
  });
});

describe('what a bank took and nobody will pay', () => {
  it('is written off like an invoice, and shown with its payment', async () => {
    const { customerId, accountId } = await billed(100);
    const { id } = (await pay(customerId, 110)).json<{ id: number }>();
    await post(`/payments/${id}/refunds`, { reason: 'Too much', amount: 40, channel: 'hand' });
    const off = (body: object) => post(`/payments/${id}/write-offs`, { reason: 'uncollectable', ...body });
    expect((await off({})).status).toBe(409);
    await post(`/payments/${id}/reverse`, { reason: 'Chargeback', amount: 110 });
    for (const [body, status] of [
      [{ amount: 40.01 }, 409],
      [{ amount: 0 }, 422],
      [{ reclaim_tax: true }, 400],
      [{ reason: 'other' }, 400],
    ] as const)
      expect([body, (await off(body)).status]).toEqual([body, status]);
    const written = (await off({ amount: 30 })).json<WriteOff>();
    expect(written).toMatchObject({ payment_id: id, invoice_id: null, invoice_number: null, amount: 30 });
    expect((await ask(`/billing/payments/${id}`)).json()).toMatchObject({
      ...{ excess_amount: 40, excess_paid_amount: 0, excess_written_off_amount: 30 },
    });
    expect((await ask(`/billing/accounts/${accountId}`)).json()).toMatchObject({ open_amount: 118 });
    expect((await ask(`/billing/write-offs?payment_id=${id}`)).json()).toMatchObject({
      write_offs: [{ id: written.id }],
    });
    const back = await post(`/write-offs/${written.id}/reverse`, { reversal_reason: 'Found' });
    expect(back.json()).toMatchObject({ reversed_amount: 30 });
    expect((await ask(`/billing/accounts/${accountId}`)).json()).toMatchObject({ open_amount: 148 });
  });
});

describe('the tax of a bad debt', () => {
  it('is in the tax report by its rate, in the month in which it was claimed or given back, to the cent', async () => {
    clock.set('2025-07-10T12:00:00Z');
    const serviceId = Number(await made.make.active_service(1));
    const [row] = await world.sql<{ customer_id: number; id: number }>(
      `SELECT a.customer_id, a.id FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE s.id = ${serviceId}`,
    );
    const { customer_id: customerId, id: accountId } = row ?? { customer_id: 0, id: 0 };
    await world.sql(`INSERT INTO tax_rates (region, code, name, percent, valid_from) VALUES
        ('QQ', 'state', 'State', 5, '2000-01-01'), ('QQ', 'city', 'City', 2.25, '2000-01-01');
      UPDATE billing_account_terms SET tax_region = 'QQ' WHERE account_id = ${accountId}`);
    const items = [{ service_id: serviceId, description: 'Work', amount: 33.33 }];
    const body = { customer_id: customerId, invoice_type: 'one_off', line_items: items, due_date: '2025-07-20' };
    const { id } = (await post('/invoices', body)).json<Invoice>();
    expect(await invoice(id)).toMatchObject({ total_amount: 35.75 });
    const off = await post(`/invoices/${id}/write-offs`, { reason: 'bankruptcy', reclaim_tax: true });
    expect(off.json()).toMatchObject({ reclaimed_tax_amount: 2.42 });
    clock.set('2025-08-10T12:00:00Z');
    await pay(customerId, 10, [id]);
    clock.set('2025-09-10T12:00:00Z');
    await post(`/write-offs/${off.json<WriteOff>().id}/reverse`, { reversal_reason: 'The estate pays' });

    type Row = { month: string; region: string; code: string; reclaimed_tax: number };
    const { tax } = (await ask('/reports/tax?from=2025-07&to=2025-09')).json<{ tax: Row[] }>();
    const own = tax.filter(({ region }) => region === 'QQ');
    expect(own).toEqual([
      {
        ...SHARE,
        month: '2025-07',
        code: 'city',
        name: 'City',
        percent: 2.25,
        documents: 1,
        base: 33.33,
        amount: 0.75,
        reclaimed_tax: 0.75,
      },
      {
        ...SHARE,
        month: '2025-07',
        code: 'state',
        name: 'State',
        percent: 5,
        documents: 1,
        base: 33.33,
        amount: 1.67,
        reclaimed_tax: 1.67,
      },
      { ...SHARE, month: '2025-08', code: 'city', name: 'City', percent: 2.25, reclaimed_tax: -0.21 },
      { ...SHARE, month: '2025-08', code: 'state', name: 'State', percent: 5, reclaimed_tax: -0.47 },
      { ...SHARE, month: '2025-09', code: 'city', name: 'City', percent: 2.25, reclaimed_tax: -0.54 },
      { ...SHARE, month: '2025-09', code: 'state', name: 'State', percent: 5, reclaimed_tax: -1.2 },
    ]);
    const august = (await ask('/reports/tax?from=2025-08&to=2025-08')).json<{ tax: Row[] }>().tax;
    expect(august.filter(({ region }) => region === 'QQ')).toEqual(own.filter(({ month }) => month === '2025-08'));
    const { bad_debt: debts } = (await ask('/reports/bad-debt?from=2025-07&to=2025-09')).json<{ bad_debt: Row[] }>();
    for (const month of ['2025-07', '2025-08', '2025-09']) {
      const sum = (rows: readonly Row[]) => rows.reduce((cents, one) => cents + Math.round(one.reclaimed_tax * 100), 0);
      expect(sum(tax.filter((one) => one.month === month))).toBe(sum(debts.filter((one) => one.month === month)));
    }
    const csv = (await ask('/reports/tax?from=2025-08&to=2025-08&format=csv')).text;
    expect(csv).toContain('documents,base,amount,reclaimed_tax');
    expect(csv).toContain(',city,City,2.25,0,0,0,-0.21');
  });

  it('is of the rates that credit notes left of the invoice', async () => {
    clock.set('2025-10-10T12:00:00Z');
    const { customerId, id } = await billed(100);
    await world.sql(`INSERT INTO tax_rates (region, code, name, percent, valid_from) VALUES ('QR', 'vat', 'VAT', 20, '2000-01-01');
      UPDATE billing_account_terms SET tax_region = 'QR' WHERE customer_id = ${customerId}`);
    const body = {
      customer_id: customerId,
      invoice_type: 'one_off',
      line_items: [{ description: 'Free', amount: 50 }],
    };
    await post('/invoices', body);
    await post(`/invoices/${id}/credit-notes`, { reason: 'Late', lines: [{ line: 1, amount: 25 }] });
    await post(`/invoices/${id}/write-offs`, { reason: 'settlement', reclaim_tax: true });
    type Row = { code: string; amount: number; reclaimed_tax: number };
    const { tax } = (await ask('/reports/tax?from=2025-10&to=2025-10')).json<{ tax: Row[] }>();
    // 8 % of 100, less 25 that were credited, were given up whole.
    expect(tax.reduce((sum, one) => sum + one.reclaimed_tax, 0)).toBe(6);
    expect(tax.filter((one) => one.reclaimed_tax === 6)).toMatchObject([{ amount: 6 }]);
  });
});

/** What a row has of a month in which nothing was sold. */
const SHARE = { currency: 'USD', region: 'QQ', documents: 0, base: 0, amount: 0 };
