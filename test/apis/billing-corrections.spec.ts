import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { CarryOutRun, ReviewDrafts } from '@isp/domain/billing';
import { addDays, addMonths, systemClock } from '@isp/kernel';
import { type ApiWorld, MovableClock, apiWorld } from '../support/api-world.js';
import { factory } from '../support/api-fixtures.js';
import { violations } from '../support/invariants.js';

interface Invoice {
  readonly id: number;
  readonly invoice_number: string | null;
  readonly status: string;
  readonly total_amount: number;
  readonly due_date: string | null;
  readonly notes: string | null;
  readonly lines: readonly { kind: string; amount: number; from: string; to: string }[];
}

const clock = new MovableClock();
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let key: string;
// A month that has begun long ago by the clock of this spec, so that whole periods are on both sides of it.
const FIRST = '2031-03-01';

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  clock.shiftSeconds = (Date.parse(`${FIRST}T12:00:00Z`) - systemClock.now().getTime()) / 1000;
}, 120_000);
afterAll(async () => {
  expect(await violations(world.database.ownerUrl)).toEqual({});
  await world.close();
});

const send = (method: string, path: string, body?: unknown) =>
  world.ask(`/v1/billing${path}`, { method, key, ...(body === undefined ? {} : { body }) });
const get = async <T>(path: string) => (await send('GET', path)).json<T>();
const post = (path: string, body: unknown = {}) => send('POST', path, body);
const codeOf = (answer: { status: number; text: string }): string =>
  `${answer.status} ${/"code":"(\w+)"/.exec(answer.text)?.[1] ?? ''}`;
/** A customer with a service for 79.99 and 8 % since the first of March. */
async function subscriber() {
  const serviceId = Number(await made.make.active_service(1));
  const [row] = await world.sql<{ customer_id: number; id: number }>(
    `UPDATE services SET activated_at = '${FIRST}', activation_amount = 0 WHERE id = ${serviceId};
     UPDATE service_terms SET valid_from = '${FIRST}' WHERE service_id = ${serviceId};
     UPDATE billing_accounts SET starts_on = '${FIRST}', next_run_on = NULL, time_zone = 'UTC' WHERE customer_id = (SELECT customer_id FROM services WHERE id = ${serviceId});
     UPDATE billing_account_terms SET from_on = '${FIRST}' WHERE customer_id = (SELECT customer_id FROM services WHERE id = ${serviceId});
     SELECT a.customer_id, a.id FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE s.id = ${serviceId}`,
  );
  return { customerId: row?.customer_id ?? 0, serviceId, accountId: row?.id ?? 0 };
}
const invoice = (customerId: number, more: object = {}) => post('/invoices', { customer_id: customerId, ...more });
const lastDay = (first: string): string => addDays(addMonths(first, 1), -1);
const month = (first: string) => ({ billing_period: { start_date: first, end_date: lastDay(first) } });
const charge = async (accountId: number, amount: number) =>
  (await post(`/accounts/${accountId}/charges`, { description: 'Visit', unit_amount: amount })).json<{ id: number }>()
    .id;
const preview = (accountId: number, on?: string) =>
  get<Invoice & { on: string }>(`/accounts/${accountId}/preview${on ? `?on=${on}` : ''}`);

describe('a period that is invoiced before it is due', () => {
  it('brings nothing but itself, and leaves nothing behind when it is voided', async () => {
    const { customerId, accountId } = await subscriber();
    const [march, april, may] = [FIRST, '2031-04-01', '2031-05-01'] as const;
    expect((await preview(accountId)).on).toBe(march);
    expect((await preview(accountId)).total_amount).toBe(86.39);
    const early = (await invoice(customerId, month(may))).json<Invoice>();
    expect([early.total_amount, early.lines.map(({ from }) => from)]).toEqual([86.39, [may]]);
    expect((await invoice(customerId)).json<Invoice>().lines.map(({ from }) => from)).toEqual([march]);
    expect((await preview(accountId)).on).toBe(april);
    const draft = (await invoice(customerId, { ...month(april), draft: true })).json<Invoice>();
    expect((await post(`/invoices/${draft.id}/void`)).status).toBe(200);
    expect((await post(`/invoices/${early.id}/void`)).status).toBe(200);
    expect(codeOf(await invoice(customerId))).toBe('409 INVOICE_NOTHING_DUE');
    expect(await preview(accountId)).toMatchObject({ on: april, total_amount: 86.39 });
    expect(codeOf(await invoice(customerId, month('2033-01-01')))).toBe('422 PERIOD_TOO_FAR');
  });

  it('is not one in arrears, which is not over', async () => {
    const { customerId, accountId } = await subscriber();
    await world.sql(`UPDATE billing_account_terms SET timing = 'arrears' WHERE account_id = ${accountId}`);
    expect(codeOf(await invoice(customerId, month(FIRST)))).toBe('422 PERIOD_NOT_OVER');
  });
});

describe('what the engine took back', () => {
  it('is not credited by hand as well', async () => {
    const { customerId, accountId } = await subscriber();
    await invoice(customerId);
    const id = await charge(accountId, 70);
    const billed = (await invoice(customerId)).json<Invoice>();
    expect(billed.total_amount).toBe(70);
    await post(`/accounts/${accountId}/charges/${id}/cancel`);
    const back = (await invoice(customerId)).json<Invoice>();
    expect(back).toMatchObject({ total_amount: -70, lines: [{ kind: 'repair', corrects_invoice_id: billed.id }] });
    const credit = (lines?: object[]) => post(`/invoices/${billed.id}/credit-notes`, { reason: 'Again', lines });
    expect(codeOf(await credit())).toBe('409 CREDIT_NOTHING_LEFT');
    expect(codeOf(await credit([{ line: 1, amount: 1 }]))).toBe('409 CREDIT_TOO_MUCH');
    expect(await get(`/accounts/${accountId}`)).toMatchObject({ open_amount: 86.39 });
  });

  it('is what was not credited of it before', async () => {
    const { customerId, accountId } = await subscriber();
    const billed = (await invoice(customerId)).json<Invoice>();
    await post(`/invoices/${billed.id}/credit-notes`, { reason: 'Kindness' });
    const half = { name: 'Half', percent: 50, from: FIRST };
    expect((await post(`/accounts/${accountId}/discounts`, half)).status).toBe(201);
    expect(codeOf(await invoice(customerId))).toBe('409 INVOICE_NOTHING_DUE');
    const other = await subscriber();
    const some = (await invoice(other.customerId)).json<Invoice>();
    await post(`/invoices/${some.id}/credit-notes`, { reason: 'Kindness', lines: [{ line: 1, amount: 10 }] });
    await post(`/accounts/${other.accountId}/discounts`, half);
    const back = (await invoice(other.customerId)).json<Invoice>();
    // Half of 79.99 is 40.00, of which 10.00 were credited; 3.20 of tax, of which 0.80.
    expect([back.total_amount, back.lines.map(({ amount }) => amount)]).toEqual([-32.4, [-40, 10]]);
    expect(await get(`/invoices/${back.id}/proof`)).toMatchObject({ proven: true });
  });
});

describe('a draft', () => {
  it('is corrected by being computed again, and not issued when something else is due', async () => {
    const { customerId, accountId } = await subscriber();
    await invoice(customerId);
    const id = await charge(accountId, 9);
    const draft = (await invoice(customerId, { draft: true })).json<Invoice>();
    expect(draft).toMatchObject({ status: 'draft', total_amount: 9 });
    await post(`/accounts/${accountId}/charges/${id}/cancel`);
    expect(codeOf(await invoice(customerId))).toBe('409 INVOICE_NOTHING_DUE');
    expect(codeOf(await post(`/invoices/${draft.id}/issue`))).toBe('409 INVOICE_STALE');
    await charge(accountId, 5);
    expect((await invoice(customerId)).json<Invoice>().total_amount).toBe(5);
    expect((await post(`/invoices/${draft.id}/void`)).status).toBe(200);
    expect(codeOf(await invoice(customerId))).toBe('409 INVOICE_NOTHING_DUE');
  });

  it('says what a person wants beside its lines', async () => {
    const { customerId } = await subscriber();
    const draft = (await invoice(customerId, { draft: true })).json<Invoice>();
    const change = (body: object, id = draft.id) => send('PATCH', `/invoices/${id}`, body);
    expect((await change({ due_date: '2031-06-30', notes: 'Agreed' })).json()).toMatchObject({
      due_date: '2031-06-30',
      notes: 'Agreed',
      status: 'draft',
    });
    expect((await change({ notes: null })).json()).toMatchObject({ due_date: '2031-06-30', notes: null });
    expect(codeOf(await change({ due_date: '1901-01-01' }))).toBe('422 DAY_FAR');
    expect((await post(`/invoices/${draft.id}/issue`)).json()).toMatchObject({
      status: 'pending',
      due_date: '2031-06-30',
    });
    expect(codeOf(await change({ notes: 'Later' }))).toBe('409 INVOICE_NOT_DRAFT');
  });

  it('of a run is issued with the others of it, as it is by then', async () => {
    await world.sql(`UPDATE billing_accounts SET next_run_on = '2199-01-01'`);
    const [one, two] = [await subscriber(), await subscriber()];
    for (const { accountId } of [one, two]) await send('PATCH', `/accounts/${accountId}`, { review_hours: 72 });
    const { id } = (await post('/runs')).json<{ id: number }>();
    await world.program.app.get(CarryOutRun, { strict: false }).execute(id);
    await post(`/accounts/${two.accountId}/discounts`, { name: 'Ten', percent: 10, from: FIRST });
    const answer = await post(`/runs/${id}/issue-drafts`);
    expect([answer.status, answer.json()]).toEqual([202, { run_id: id, drafts: 2 }]);
    expect(codeOf(await post(`/runs/${id}/issue-drafts`))).toBe('409 RUN_NO_DRAFTS');
    await world.program.app.get(ReviewDrafts, { strict: false }).execute();
    const totals = async ({ accountId }: { accountId: number }) =>
      (await get<{ invoices: Invoice[] }>(`/invoices?account_id=${accountId}&sort=id`)).invoices.map(
        ({ status, total_amount: total }) => `${status} ${total}`,
      );
    expect([await totals(one), await totals(two)]).toEqual([['pending 86.39'], ['void 86.39', 'pending 77.75']]);
  });
});

describe('an account that was parked', () => {
  it('is billed for what it was let go with, and no more', async () => {
    const { customerId, accountId } = await subscriber();
    await send('PATCH', `/accounts/${accountId}`, { limit_amount: 50 });
    expect(codeOf(await invoice(customerId))).toBe('409 ACCOUNT_PARKED');
    expect((await post(`/accounts/${accountId}/unpark`)).status).toBe(200);
    await charge(accountId, 5);
    expect(codeOf(await invoice(customerId))).toBe('409 ACCOUNT_PARKED');
    await post(`/accounts/${accountId}/unpark`);
    expect((await invoice(customerId)).json<Invoice>().total_amount).toBe(91.39);
    await charge(accountId, 60);
    expect(codeOf(await invoice(customerId))).toBe('409 ACCOUNT_PARKED');
  });
});

describe('what cannot be meant', () => {
  it.each([
    ['POST', '/accounts/:id/discounts', { name: 'D', monthly_amount: 0, from: FIRST }, '400 VALIDATION_ERROR'],
    [
      'POST',
      '/promotions',
      { code: 'NIL', name: 'P', monthly_amount: 0, currency: 'USD', months: 3, from: FIRST },
      '400 VALIDATION_ERROR',
    ],
    ['PATCH', '/accounts/:id', { limit_amount: 0 }, '400 VALIDATION_ERROR'],
    ['PATCH', '/accounts/:id', { limit_amount: 10.001 }, '422 AMOUNT_UNFIT'],
    ['PATCH', '/accounts/:id', { minimum_amount: 0.055 }, '422 AMOUNT_UNFIT'],
    ['PATCH', '/accounts/:id', { language: 'xx' }, '400 VALIDATION_ERROR'],
    ['PATCH', '/accounts/:id', { terms: { tax_region: 'NOWHERE' } }, '422 TAX_REGION_UNKNOWN'],
    [
      'PATCH',
      '/accounts/:id',
      { tax_exemptions: [{ code: 'nobodys', from: FIRST, certificate: 'X' }] },
      '422 EXEMPTION_UNKNOWN_CODE',
    ],
    [
      'PATCH',
      '/accounts/:id',
      { tax_exemptions: [{ from: '2031-03-02', until: FIRST, certificate: 'X' }] },
      '422 PERIOD_BACKWARDS',
    ],
    ['POST', '/accounts/:id/charges', { description: 'C', unit_amount: 1, on: '1900-01-01' }, '422 DAY_FAR'],
    ['POST', '/runs', { dry_run: true, until: '2199-01-01' }, '422 DAY_FAR'],
    ['GET', '/accounts/:id/preview?on=2150-01-01', undefined, '422 DAY_FAR'],
    ['GET', '/invoices?issued_from=2031-03-02&issued_to=2031-03-01', undefined, '400 VALIDATION_ERROR'],
  ])('is refused: %s %s %j', async (method, path, body, expected) => {
    const { accountId } = await subscriber();
    expect(codeOf(await send(method, path.replace(':id', String(accountId)), body))).toBe(expected);
  });

  it('is said in words that fit: 0.1 + 0.2 has too many decimals', async () => {
    const { customerId } = await subscriber();
    const answer = await post('/payments', { customer_id: customerId, amount: 0.1 + 0.2, method: 'cash' });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('must not have more than 4 decimals')]);
  });

  it('a credit note that has paid cannot be voided', async () => {
    const { customerId } = await subscriber();
    const billed = (await invoice(customerId)).json<Invoice>();
    const note = (await post(`/invoices/${billed.id}/credit-notes`, { reason: 'Kindness' })).json<Invoice>();
    const answer = await post(`/invoices/${note.id}/void`);
    expect([codeOf(answer), answer.text]).toEqual([
      '409 CREDIT_NOTE_SETTLED',
      expect.stringContaining('one-off charge'),
    ]);
  });
});
