import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import { loadConfig } from '@isp/platform/config';
import type { ChargeOrder, RefundOrder } from './payment-gateway.port.js';
import { signatureOf } from './signed-body.js';
import { StripeGateway } from './stripe.adapter.js';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly form: URLSearchParams;
}
type Reply = readonly [status: number, body: unknown] | 'hang up';

const SECRET = 'whsec_a_secret_of_the_spec';
const signal = () => AbortSignal.timeout(5_000);
let seen: Seen[] = [];
let intents: Map<string, Record<string, unknown>>;
let refunds: Map<string, Record<string, unknown>>;
/** What the next charge comes to. */
let next: (form: URLSearchParams) => Reply;
let stripe: StripeGateway;

/** Plays what the adapter needs of Stripe's API: objects by id, lists, and one result for each Idempotency-Key. */
function play(seenNow: Seen): Reply {
  const { method, path, form, key } = seenNow;
  const [, , resource = '', id = '', verb = ''] = (path.split('?')[0] ?? '').split('/');
  const held = resource === 'refunds' ? refunds : intents;
  if (resource === 'payment_methods') return paymentMethod(id, verb, form);
  if (resource === 'customers') return [200, { id: 'cus_1' }];
  if (method === 'GET' && id.includes('_'))
    return held.has(id) ? [200, held.get(id)] : [404, { error: { type: 'invalid_request_error' } }];
  if (method === 'GET') return [200, { data: [...held.values()].reverse(), has_more: false }];
  if (verb === 'cancel') return [200, { ...held.get(id), status: 'canceled' }];
  const known = [...held.values()].find((one) => one['key'] === key);
  if (known) return [200, known];
  return next(form);
}
function paymentMethod(id: string, verb: string, form: URLSearchParams): Reply {
  if (id === 'pm_missing') return [404, { error: { type: 'invalid_request_error', code: 'resource_missing' } }];
  const card = { brand: 'visa', last4: '4242', exp_month: 2, exp_year: 2028 };
  return [200, { id, type: 'card', customer: verb === 'attach' ? form.get('customer') : null, card }];
}
const make = (form: URLSearchParams, status: string, more: object = {}) => {
  const id = `pi_${intents.size + 1}`;
  const metadata = { isp_key: form.get('metadata[isp_key]') ?? '' };
  const about = { id, status, amount: Number(form.get('amount')), currency: form.get('currency'), metadata };
  intents.set(id, { ...about, amount_received: about.amount, key: seen.at(-1)?.key, ...more });
  return intents.get(id);
};

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    const { method = '', url = '', headers } = request;
    const key = headers['idempotency-key'] as string | undefined;
    if (headers.authorization !== 'Bearer sk_test_spec')
      return void response.writeHead(401).end('{"error":{"type":"x"}}');
    seen.push({ method, path: url, key, form: new URLSearchParams(body) });
    const reply = play(seen.at(-1) as Seen);
    if (reply === 'hang up') return void request.socket.destroy();
    response.writeHead(reply[0], { 'content-type': 'application/json' }).end(JSON.stringify(reply[1]));
  });
});

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const config = loadConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1/none',
    ISP_MASTER_KEYS: `test:${Buffer.alloc(32, 'k').toString('base64')}`,
    ISP_STRIPE_SECRET_KEY: 'sk_test_spec',
    ISP_STRIPE_WEBHOOK_SECRETS: `whsec_another_one,${SECRET}`,
    ISP_STRIPE_URL: `http://127.0.0.1:${port}`,
    ISP_PAYMENT_RETURN_URL: 'https://portal.example/paid',
  });
  stripe = new StripeGateway(config, systemClock);
});
afterAll(() => void server.close());
beforeEach(() => {
  [seen, intents, refunds] = [[], new Map(), new Map()];
  next = (form) => [200, make(form, 'succeeded')];
});

const order: ChargeOrder = {
  key: 'd9a7c9b5-9a55-4b86-9a4d-0d2b5b8f5f11',
  amount: '86.39',
  currency: 'USD',
  kind: 'card',
  token: 'pm_1',
  holderToken: 'cus_1',
  offSession: true,
  description: 'Charge 1',
  reference: null,
  askedAt: systemClock.now(),
};
const silent = expect.objectContaining({ code: 'billing.gateway.silent' }) as never;

describe('a charge at Stripe', () => {
  it('is a confirmed PaymentIntent under our key, in minor units', async () => {
    expect(await stripe.charge(order, signal())).toEqual({ state: 'succeeded', reference: 'pi_1' });
    expect(Object.fromEntries(seen[0]?.form ?? [])).toEqual({
      amount: '8639',
      currency: 'usd',
      payment_method: 'pm_1',
      'payment_method_types[]': 'card',
      confirm: 'true',
      description: 'Charge 1',
      'metadata[isp_key]': order.key,
      customer: 'cus_1',
      off_session: 'true',
    });
    expect([seen[0]?.key, seen[0]?.path]).toEqual([order.key, '/v1/payment_intents']);
    const yen = { ...order, key: 'other', amount: '1200', currency: 'JPY' };
    await stripe.charge(yen, signal());
    expect(seen[1]?.form.get('amount')).toBe('1200');
  });

  it.each([
    ['ISK', '1200', '120000'],
    ['UGX', '1200', '120000'],
    ['MGA', '1200.00', '1200'],
    ['KWD', '1.230', '1230'],
  ])('in %s of %s is %s of its units, there and back', async (currency, amount, units) => {
    expect(await stripe.charge({ ...order, amount, currency }, signal())).toMatchObject({ state: 'succeeded' });
    expect(seen[0]?.form.get('amount')).toBe(units);
  });

  it.each([
    ['KWD', '1.234'],
    ['MGA', '10.50'],
  ])('in %s of %s is refused before Stripe is asked', async (currency, amount) => {
    const refused = { state: 'failed', reference: null, code: 'unfit_amount' };
    expect(await stripe.charge({ ...order, amount, currency }, signal())).toEqual(refused);
    const back = { key: 'r', amount, currency, chargeReference: 'pi_1', reference: null };
    expect(await stripe.refund(back, signal())).toEqual(refused);
    expect(seen).toEqual([]);
  });

  it('whose answer is lost is found by our key, and the same key makes no second one', async () => {
    next = (form) => (make(form, 'succeeded'), 'hang up');
    await expect(stripe.charge(order, signal())).rejects.toEqual(silent);
    expect(await stripe.find(order, signal())).toEqual({ state: 'succeeded', reference: 'pi_1' });
    expect(await stripe.charge(order, signal())).toEqual({ state: 'succeeded', reference: 'pi_1' });
    expect(intents.size).toBe(1);
    expect(await stripe.find({ ...order, key: 'unknown' }, signal())).toBeUndefined();
  });

  it.each([
    [
      402,
      { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds', payment_intent: { id: 'pi_9' } },
      'insufficient_funds',
      'pi_9',
    ],
    [402, { type: 'card_error', code: 'authentication_required' }, 'authentication_required', null],
    [400, { type: 'invalid_request_error', code: 'parameter_missing' }, 'refused_request', null],
  ])('that is refused with %i %j fails', async (status, error, code, reference) => {
    next = () => [status, { error }];
    expect(await stripe.charge(order, signal())).toEqual({ state: 'failed', code, reference });
  });

  it.each([
    [500, { error: { type: 'api_error' } }],
    [429, { error: { type: 'rate_limit' } }],
    [409, { error: { type: 'idempotency_error' } }],
    [400, { error: { type: 'idempotency_error' } }],
    [401, { error: { type: 'invalid_request_error' } }],
    [200, { id: 'pi_1' }],
  ])('that is answered with %i %j is not known', async (status, body) => {
    next = () => [status, body];
    await expect(stripe.charge(order, signal())).rejects.toEqual(silent);
  });

  it('of which another amount was taken is not ours to book', async () => {
    next = (form) => [200, make(form, 'succeeded', { amount_received: 8638 })];
    await expect(stripe.charge(order, signal())).rejects.toEqual(silent);
  });

  it('may wait for its holder, and is called off', async () => {
    const url = 'https://hooks.stripe.example/3ds';
    next = (form) => [200, make(form, 'requires_action', { next_action: { redirect_to_url: { url } } })];
    const asked = await stripe.charge({ ...order, offSession: false }, signal());
    expect(asked).toEqual({ state: 'requires_action', reference: 'pi_1', actionUrl: url });
    expect(seen[0]?.form.get('return_url')).toBe('https://portal.example/paid');
    expect(await stripe.cancel({ ...order, reference: 'pi_1' }, signal())).toMatchObject({ code: 'canceled' });
  });
});

describe('the rest of Stripe', () => {
  it('tells what a method is, and keeps it for the customer', async () => {
    expect(await stripe.adopt('pm_1', 7, null, signal())).toEqual({
      kind: 'card',
      holderToken: 'cus_1',
      brand: 'visa',
      lastDigits: '4242',
      expiresOn: '2028-02-29',
    });
    const unknown = expect.objectContaining({ code: 'billing.method.unknown_token' }) as never;
    await expect(stripe.adopt('pm_missing', 7, null, signal())).rejects.toEqual(unknown);
  });

  it('gives money back once for each key', async () => {
    const back: RefundOrder = {
      key: 'r-1',
      amount: '10.00',
      currency: 'USD',
      chargeReference: 'pi_1',
      reference: null,
    };
    next = (form) => {
      const made = {
        id: 're_1',
        status: 'succeeded',
        metadata: { isp_key: form.get('metadata[isp_key]') },
        key: 'r-1',
      };
      refunds.set('re_1', made);
      return 'hang up';
    };
    await expect(stripe.refund(back, signal())).rejects.toEqual(silent);
    expect(await stripe.findRefund(back, signal())).toEqual({ state: 'succeeded', reference: 're_1' });
    expect(await stripe.refund(back, signal())).toEqual({ state: 'succeeded', reference: 're_1' });
    expect([refunds.size, seen[0]?.form.get('amount')]).toEqual([1, '1000']);
  });

  it('says how much a dispute took, where that can be read', () => {
    const notice = (object: object) => {
      const event = { id: 'evt_2', type: 'charge.dispute.funds_withdrawn', data: { object } };
      const bytes = Buffer.from(JSON.stringify(event));
      return stripe.verify(bytes, signatureOf(SECRET, bytes, systemClock.now()));
    };
    const dispute = { id: 'dp_1', payment_intent: 'pi_1' };
    expect(notice({ ...dispute, amount: 8639, currency: 'usd' })).toMatchObject({
      concerns: 'dispute',
      reference: 'pi_1',
      taken: { amount: '86.39', currency: 'USD' },
    });
    expect(notice({ ...dispute, amount: 500, currency: 'jpy' }).taken).toEqual({ amount: '500', currency: 'JPY' });
    for (const unread of [{}, { amount: 1 }, { amount: 1, currency: 'u$d' }, { amount: -1, currency: 'usd' }])
      expect(notice({ ...dispute, ...unread }).taken).toBeNull();
  });

  it('signs its webhooks over the exact bytes', () => {
    const object = { id: 'pi_1', metadata: { isp_key: order.key } };
    const bytes = Buffer.from(JSON.stringify({ id: 'evt_1', type: 'payment_intent.succeeded', data: { object } }));
    const now = systemClock.now();
    const good = signatureOf(SECRET, bytes, now);
    expect(stripe.verify(bytes, good)).toEqual({
      eventId: 'evt_1',
      type: 'payment_intent.succeeded',
      concerns: 'charge',
      reference: 'pi_1',
      key: order.key,
    });
    const forged = expect.objectContaining({ code: 'billing.gateway.forged' }) as never;
    const old = new Date(now.getTime() - 10 * 60_000);
    for (const [body, signature] of [
      [Buffer.concat([bytes, Buffer.from(' ')]), good],
      [bytes, signatureOf('whsec_of_somebody_else', bytes, now)],
      [bytes, signatureOf(SECRET, bytes, old)],
      [bytes, good.replace('v1=', 'v0=')],
      [bytes, ''],
      [bytes, 't=,v1='],
    ] as const)
      expect(() => stripe.verify(body, signature)).toThrow(forged);
  });
});
