import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { CollectDue } from '@isp/domain/billing';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, MovableClock, apiWorld, askUntilServed } from '../support/api-world.js';
import { violations } from '../support/invariants.js';
import { freshToken } from '../support/payment-fixtures.js';
import { until } from '../support/until.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

interface Charge {
  readonly id: number;
  readonly status: string;
  readonly code: string | null;
  readonly payment_id: number | null;
  readonly action_url: string | null;
  readonly reference: string;
  readonly attempt: number;
  readonly retry_at: string | null;
}
const DAY = 86_400;
const clock = new MovableClock();
let world: ApiWorld;
let worker: RunningProgram;
let key: string;
let made: ReturnType<typeof factory>;

beforeAll(async () => {
  world = await apiWorld({ clock });
  worker = await workerBeside(world, {}, clock);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  made = factory(world);
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  const found = Object.keys(await violations(world.database.ownerUrl));
  await world.close();
  expect(found.filter((name) => /ledger|refund|charge|gateway|bank|allocations/.test(name))).toEqual([]);
}, 60_000);

const get = async <T>(path: string): Promise<T> => (await world.ask(`/v1/billing${path}`, { key })).json<T>();
const post = (path: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}) =>
  askUntilServed(`${world.program.url}/v1/billing${path}`, { method: 'POST', key, body, headers });
const ended = (id: number) =>
  until(`charge ${id}`, async () => {
    const charge = await get<Charge>(`/charges/${id}`);
    return ['succeeded', 'failed'].includes(charge.status) && charge;
  });
const takings = async (customerId: number) =>
  (
    await world.sql<{ n: number; total: string }>(
      `SELECT count(*)::integer AS n, coalesce(sum(s.amount), 0)::text AS total FROM sandbox_gateway.charges s JOIN charges c ON c.key = s.key
        WHERE c.customer_id = ${customerId} AND s.later_state = 'succeeded'`,
    )
  )[0];
const payments = (customerId: number) =>
  get<{ payments: { id: number; amount: number; status: string; reference: string }[] }>(
    `/payments?customer_id=${customerId}`,
  );

/** A customer who owes, with a method that behaves as its token says. */
async function owing(amount: number, what: string, due = '2199-01-01') {
  const customerId = Number(await made.make.customer(1));
  const body = { customer_id: customerId, invoice_type: 'one_off', line_items: [{ description: 'Work', amount }] };
  const invoiceId = (await post('/invoices', { ...body, due_date: due })).json<{ id: number }>().id;
  const method = { customer_id: customerId, gateway: 'sandbox', token: freshToken(what) };
  const added = await post('/payment-methods', method);
  expect([added.status, added.text]).toEqual([201, expect.anything()]);
  const [account] = await world.sql<{ id: number }>(
    `SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`,
  );
  return { customerId, invoiceId, accountId: account?.id ?? 0, methodId: added.json<{ id: number }>().id };
}
const charge = async (customerId: number, more: object = {}) => {
  const answer = await post('/charges', { customer_id: customerId, ...more });
  expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
  return answer.json<Charge>();
};
const statusOf = async (invoiceId: number) => (await get<{ status: string }>(`/invoices/${invoiceId}`)).status;

describe('a charge', () => {
  it('pays what is due, and only once', async () => {
    const { customerId, invoiceId } = await owing(100, 'visa');
    const asked = await charge(customerId);
    expect(asked).toMatchObject({ status: 'processing', invoice_ids: [invoiceId], amount: 100 });
    expect((await post('/charges', { customer_id: customerId })).json()).toMatchObject({
      error: { code: 'CHARGE_NOTHING_DUE' },
    });
    expect(await ended(asked.id)).toMatchObject({ status: 'succeeded', payment_id: expect.any(Number) });
    expect([await statusOf(invoiceId), await takings(customerId)]).toEqual(['paid', { n: 1, total: '100.0000' }]);
  }, 60_000);

  it.each([
    ['late', 'succeeded', 'paid', 1],
    ['duplicate_callback', 'succeeded', 'paid', 1],
    ['timeout', 'succeeded', 'paid', 1],
    ['late_decline', 'failed', 'pending', 0],
    ['decline_stolen_card', 'failed', 'pending', 0],
  ])('of a token %s comes to %s', async (what, outcome, invoice, taken) => {
    const { customerId, invoiceId, methodId } = await owing(20, what);
    const over = await ended((await charge(customerId)).id);
    expect([over.status, await statusOf(invoiceId), (await takings(customerId))?.n]).toEqual([outcome, invoice, taken]);
    const { payments: booked } = await payments(customerId);
    expect(booked.map(({ amount, status }) => [amount, status])).toEqual(taken ? [[20, 'received']] : []);
    const method = await get<{ refused_code: string | null }>(`/payment-methods/${methodId}`);
    expect(method.refused_code).toBe(what === 'decline_stolen_card' ? 'stolen_card' : null);
  });

  it.each([
    [true, 'succeeded', null],
    [false, 'failed', 'authentication_failed'],
  ])('waits for a step that its holder takes (%s)', async (approve, status, code) => {
    const { customerId } = await owing(30, '3ds');
    const { id } = await charge(customerId);
    const waiting = await until('the step', async () => {
      const now = await get<Charge>(`/charges/${id}`);
      return now.status === 'requires_action' && now;
    });
    expect(waiting.action_url).toBe(`/v1/billing/sandbox-actions/${waiting.reference}`);
    // The payer has the address alone, and no key.
    const step = (body?: object) =>
      world.ask(waiting.action_url ?? '', body === undefined ? {} : { method: 'POST', body });
    const page = await step();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toMatch(/<b>30\.00 USD<\/b>\n.*Shall it be paid\?<\/p><p id="step"><button/);
    expect((await step({ approve })).status).toBe(204);
    expect((await step({ approve })).status).toBe(404);
    expect((await step()).text).toMatch(approve ? /It is paid.*hidden/ : /It is not paid.*hidden/);
    expect(await ended(id)).toMatchObject({ status, code });
  });

  it('tops an account up, and the credit pays what comes', async () => {
    const { customerId } = await owing(10, 'visa');
    const asked = (await post('/top-ups', { customer_id: customerId, amount: 35 })).json<Charge>();
    await ended(asked.id);
    const later = { customer_id: customerId, invoice_type: 'one_off', line_items: [{ description: 'W', amount: 25 }] };
    expect((await post('/invoices', later)).json()).toMatchObject({ status: 'paid' });
  }, 60_000);
});

describe('what is due', () => {
  it('is charged by itself, again when the refusal may pass, and never when it may not', async () => {
    const { customerId, invoiceId, accountId } = await owing(40, 'once_insufficient_funds', '2025-01-01');
    const lost = await owing(50, 'decline_lost_card', '2025-01-01');
    const collect = () => worker.app.get(CollectDue, { strict: false }).execute();
    for (const id of [accountId, lost.accountId])
      expect((await post(`/accounts/${id}/autopay`, { enabled: true })).json()).toMatchObject({ autopay: true });
    await collect();
    const list = async (id: number) =>
      (await get<{ charges: Charge[] }>(`/charges?customer_id=${id}`)).charges.filter(
        ({ status }) => status === 'failed',
      );
    const [first] = await until('the refusal', async () => {
      const failed = await list(customerId);
      return failed.length > 0 && failed;
    });
    expect(first).toMatchObject({ code: 'insufficient_funds', attempt: 1, automatic: true });
    const [hard] = await until('the hard refusal', async () => {
      const failed = await list(lost.customerId);
      return failed.length > 0 && failed;
    });
    expect(hard).toMatchObject({ code: 'lost_card', retry_at: null });
    await collect();
    expect((await get<{ charges: Charge[] }>(`/charges?customer_id=${customerId}`)).charges).toHaveLength(1);
    clock.shiftSeconds += 3 * DAY + 60;
    await Promise.all([collect(), collect()]);
    await until('the repetition', async () => (await statusOf(invoiceId)) === 'paid');
    const { charges } = await get<{ charges: Charge[] }>(`/charges?customer_id=${customerId}`);
    expect(charges.map(({ status, attempt }) => [status, attempt])).toEqual([
      ['succeeded', 2],
      ['failed', 1],
    ]);
    clock.shiftSeconds += 30 * DAY;
    await collect();
    expect((await get<{ charges: Charge[] }>(`/charges?customer_id=${lost.customerId}`)).charges).toHaveLength(1);
    clock.shiftSeconds = 0;
  }, 60_000);
});

describe('a refund', () => {
  const refund = (paymentId: number, body: object = {}) =>
    post(`/payments/${paymentId}/refunds`, { reason: 'Spec', ...body });

  it('goes back through the gateway, never more than came, however many ask at once', async () => {
    const { customerId, invoiceId } = await owing(100, 'visa');
    const { payment_id: paymentId } = await ended((await charge(customerId)).id);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(Number(paymentId), { amount: 30 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      201,
      201,
      ...Array.from({ length: 7 }, () => 409),
    ]);
    await until('the refunds', async () => {
      const { refunds } = await get<{ refunds: { status: string }[] }>(`/refunds?payment_id=${paymentId}`);
      return refunds.length === 3 && refunds.every(({ status }) => status === 'succeeded');
    });
    expect(await get(`/payments/${paymentId}`)).toMatchObject({ refunded_amount: 90, allocated_amount: 10 });
    expect(await get(`/invoices/${invoiceId}`)).toMatchObject({ status: 'partially_paid', amount_due: 90 });
    const [gone] = await world.sql<{ total: string }>(
      `SELECT sum(r.amount)::text AS total FROM sandbox_gateway.refunds r JOIN sandbox_gateway.charges c ON c.reference = r.charge_reference
         JOIN charges x ON x.key = c.key WHERE x.payment_id = ${paymentId} AND r.state = 'succeeded'`,
    );
    expect(gone?.total).toBe('90.0000');
    expect((await refund(Number(paymentId))).json()).toMatchObject({ amount: 10 });
    expect((await refund(Number(paymentId))).status).toBe(409);
  }, 60_000);

  it('whose answer was lost is found out; one that the gateway refuses leaves the money where it was', async () => {
    const lost = await owing(10, 'timeout');
    const { payment_id: first } = await ended((await charge(lost.customerId)).id);
    await refund(Number(first));
    const refused = await owing(10, 'norefund');
    const { payment_id: second } = await ended((await charge(refused.customerId)).id);
    await refund(Number(second));
    const outcome = (paymentId: number | null) =>
      until(`refund of ${paymentId}`, async () => {
        const { refunds } = await get<{ refunds: { status: string }[] }>(`/refunds?payment_id=${paymentId}`);
        const status = refunds[0]?.status ?? '';
        return ['succeeded', 'failed'].includes(status) && status;
      });
    expect([await outcome(first), await outcome(second)]).toEqual(['succeeded', 'failed']);
    expect([await statusOf(lost.invoiceId), await statusOf(refused.invoiceId)]).toEqual(['pending', 'paid']);
  }, 60_000);

  it('by hand is recorded; free money goes first, and a credit note takes its place', async () => {
    const { customerId, invoiceId } = await owing(50, 'visa');
    const paid = { customer_id: customerId, amount: 80, method: 'cash' };
    const { id } = (await post('/payments', paid)).json<{ id: number }>();
    expect((await refund(id, { amount: 30, reference: 'R-1' })).json()).toMatchObject({
      channel: 'hand',
      status: 'succeeded',
    });
    expect(await statusOf(invoiceId)).toBe('paid');
    await post(`/invoices/${invoiceId}/credit-notes`, { reason: 'Not done' });
    expect((await refund(id)).json()).toMatchObject({ amount: 50 });
    expect(await get(`/invoices/${invoiceId}`)).toMatchObject({ status: 'paid' });
    expect((await refund(id, { channel: 'gateway' })).status).toBe(409);
    // All of it went back: nothing is left to be taken, which is to be said.
    expect((await post(`/payments/${id}/reverse`, { reason: 'Bounced' })).status).toBe(409);
    expect((await post(`/payments/${id}/reverse`, { reason: 'Bounced', amount: 0 })).status).toBe(200);
    const { entries } = await get<{ entries: { balance: number }[] }>(
      `/accounts/${(await get<{ account_id: number }>(`/payments/${id}`)).account_id}/statement`,
    );
    expect(entries[0]?.balance).toBe(0);
  }, 60_000);
});

describe('card numbers', () => {
  it.each([
    ['/payments', { customer_id: 1, amount: 1, method: 'cash', reference: '4242 4242 4242 4242' }],
    ['/payments', { customer_id: 1, amount: 1, method: 'cash', notes: 'card 5555555555554444' }],
    ['/payment-methods', { customer_id: 1, gateway: 'sandbox', token: '4242424242424242' }],
    ['/payments/1/reverse', { reason: '378282246310005' }],
    ['/payments/1/refunds', { reason: '4111-1111-1111-1111' }],
    ['/bank-entries/1/ignore', { reason: '4111-1111-1111-1111' }],
  ])('are refused by %s', async (path, body) => {
    expect((await post(path, body)).status).toBe(400);
  });
});
