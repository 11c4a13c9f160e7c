import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { monotonicMs, systemClock } from '@isp/kernel';
import { deriveKey, hmacSha256Hex } from '@isp/platform/crypto';
import { violations } from '../support/invariants.js';
import { MASTER_KEYS } from './support/fault-database.js';
import { type Answer, ask, askPatiently, inParallel } from './support/http.js';
import { inWorld, report, type World } from './support/world.js';

const SECRET = deriveKey(
  Buffer.from(MASTER_KEYS.split(':')[1] as string, 'base64'),
  'billing/sandbox-gateway',
).toString('hex');
const CHARGES = 40;
const times = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
const signed = (body: unknown, seconds = Math.floor(systemClock.now().getTime() / 1000), secret = SECRET) => ({
  'stripe-signature': `t=${seconds},v1=${hmacSha256Hex(secret, `${seconds}.${JSON.stringify(body)}`)}`,
});

/** Customers with a method at the sandbox's gateway that behaves as its token says. */
async function withMethods(world: World, url: string, what: readonly string[]): Promise<void> {
  await inParallel(
    what.map((token, index) => ({ token: `tok_${token}.${index}`, customer_id: index + 1 })),
    4,
    async (method) => {
      const body = { gateway: 'sandbox', ...method };
      const added = await askPatiently(`${url}/v1/billing/payment-methods`, world.database.apiKey, {
        method: 'POST',
        body,
      });
      expect([added.status, added.body]).toEqual([201, expect.anything()]);
    },
  );
}
async function over(world: World, charges: number): Promise<void> {
  for (const start = monotonicMs(); monotonicMs() - start < 150_000; await sleep(200)) {
    const { n } = await world.row<{ n: number }>(
      `SELECT count(*)::integer AS n FROM charges WHERE status IN ('succeeded', 'failed')`,
    );
    if (n === charges) return;
  }
  throw new Error('charges are not over');
}
async function moneyHolds(world: World): Promise<void> {
  const found = Object.keys(await violations(world.database.ownerUrl));
  expect(found.filter((name) => /ledger|booked|total|allocations|refund|charge|gateway|bank/.test(name))).toEqual([]);
}

describe('payments when processes die or race', () => {
  it(
    'F25: whoever dies between a charge and its record, or loses the answer, charges once',
    () =>
      inWorld(async (world) => {
        const api = await world.start('api');
        await withMethods(
          world,
          api.url,
          Array.from({ length: 20 }, (_, n) => ['visa', 'timeout', 'late', 'duplicate_callback'][n % 4] as string),
        );
        const jobs = Array.from({ length: CHARGES }, (_, n) => n);
        const answers = await inParallel(jobs, 4, (n) =>
          askPatiently(`${api.url}/v1/billing/top-ups`, world.database.apiKey, {
            method: 'POST',
            body: { customer_id: 1 + (n % 20), amount: 10 },
            key: `f25-${n}`,
          }),
        );
        let deaths = 0;
        for (const point of ['billing.before-gateway', 'billing.after-gateway', 'billing.after-gateway'] as const) {
          const dying = await world.startDying('worker', point);
          expect(await dying.end()).toBe('SIGKILL');
          deaths += 1;
        }
        await world.start('worker');
        await over(world, CHARGES);
        const gateway = await world.row<{ n: number; asked: number }>(
          'SELECT count(*)::integer AS n, sum(times_asked)::integer AS asked FROM sandbox_gateway.charges',
        );
        const booked = await world.row<{ n: number; total: string }>(
          'SELECT count(*)::integer AS n, sum(amount)::text AS total FROM payments',
        );
        report('F25', {
          accepted: times(answers, 202),
          deaths,
          finished: booked.n,
          asked: gateway.asked,
          lost: CHARGES - booked.n,
          duplicated: gateway.n - CHARGES,
        });
        expect([times(answers, 202), gateway.n, booked.n, Number(booked.total)]).toEqual([
          CHARGES,
          CHARGES,
          CHARGES,
          CHARGES * 10,
        ]);
        await moneyHolds(world);
      }),
    420_000,
  );

  it(
    'C2: of 50 who charge one invoice at once one does, and of 50 who pay it none overpays in silence',
    () =>
      inWorld(async (world) => {
        const [api, other] = await world.startAll('api', 'api', 'worker');
        const urls = [api?.url ?? '', other?.url ?? ''];
        await withMethods(world, urls[0] as string, ['visa', 'visa']);
        const post = (path: string, body: unknown, n = 0, key?: string) =>
          askPatiently(`${urls[n % 2]}/v1/billing${path}`, world.database.apiKey, { method: 'POST', body, key });
        const work = { invoice_type: 'one_off', line_items: [{ description: 'Work', amount: 100 }] };
        const invoices = [];
        for (const customer_id of [1, 2]) invoices.push(await post('/invoices', { customer_id, ...work }));
        const due = invoices.map(({ body }) => Number(body['amount_due']));
        const jobs = Array.from({ length: 50 }, (_, n) => n);
        const charged = await inParallel(jobs, 25, (n) => post('/charges', { customer_id: 1 }, n, `c-${n}`));
        const paid = await inParallel(jobs, 25, (n) =>
          post('/payments', { customer_id: 2, amount: due[1], method: 'cash' }, n, `p-${n}`),
        );
        await over(world, 1);
        const rows = await world.rows<{ customer_id: number; received: string; allocated: string }>(
          `SELECT customer_id, sum(amount)::text AS received, sum(allocated_amount)::text AS allocated FROM payments GROUP BY 1 ORDER BY 1`,
        );
        report('C2', {
          charges: times(charged, 202),
          refused: times(charged, 409),
          payments: times(paid, 201),
          overpaid: Number(rows[1]?.allocated) - (due[1] ?? 0),
        });
        expect([times(charged, 202), times(charged, 409), times(paid, 201)]).toEqual([1, 49, 50]);
        expect(rows.map(({ received, allocated }) => [Number(received), Number(allocated)])).toEqual([
          [due[0], due[0]],
          [50 * (due[1] ?? 0), due[1]],
        ]);
        await moneyHolds(world);
      }),
    180_000,
  );

  it(
    'W12: callbacks come 50 times, in any order, forged and old: one effect, and no state goes back',
    () =>
      inWorld(async (world) => {
        const [api, other] = await world.startAll('api', 'api', 'worker');
        const urls = [api?.url ?? '', other?.url ?? ''];
        await withMethods(world, urls[0] as string, ['3ds']);
        const asked = await askPatiently(`${urls[0]}/v1/billing/top-ups`, world.database.apiKey, {
          method: 'POST',
          body: { customer_id: 1, amount: 10 },
        });
        expect(asked.status).toBe(202);
        const charge = () =>
          world.row<{ key: string; status: string; reference: string | null }>(
            'SELECT key, status, gateway_reference AS reference FROM charges',
          );
        while ((await charge()).status !== 'requires_action') await sleep(100);
        const { key, reference } = await charge();
        const call = (n: number, id: string, headers?: Readonly<Record<string, string>>) => {
          const body = { id, type: 'charge.updated', reference, key };
          const url = `${urls[n % 2]}/v1/payments/gateways/sandbox/webhook`;
          return askPatiently(url, '', { method: 'POST', body, headers: headers ?? signed(body) });
        };
        // Before anything has happened, and after it: what is said is what the gateway says when it is asked.
        expect((await call(0, 'evt_early')).status).toBe(200);
        await ask(`${urls[0]}/v1/billing/sandbox-actions/${reference}`, world.database.apiKey, {
          method: 'POST',
          body: { approve: true },
        });
        const jobs = Array.from({ length: 50 }, (_, n) => n);
        const good = await inParallel(jobs, 25, (n) => call(n, 'evt_paid'));
        const body = { id: 'evt_forged', type: 'charge.updated', reference, key };
        const seconds = Math.floor(systemClock.now().getTime() / 1000);
        const bad = await Promise.all([
          call(0, 'evt_forged', signed(body, seconds, createHash('sha256').update('guess').digest('hex'))),
          call(0, 'evt_forged', signed(body, seconds - 600)),
          call(0, 'evt_forged', signed({ ...body, id: 'evt_other' })),
          call(0, 'evt_forged', {}),
        ]);
        await over(world, 1);
        expect((await call(1, 'evt_late')).status).toBe(200);
        const events = await world.rows<{ event_id: string }>(
          `SELECT event_id FROM gateway_events WHERE event_id IN ('evt_early', 'evt_paid', 'evt_forged', 'evt_late') ORDER BY 1`,
        );
        const { n } = await world.row<{ n: number }>('SELECT count(*)::integer AS n FROM payments');
        report('W12', {
          accepted: times(good, 200),
          refused: times(bad, 401),
          payments: n,
          lost: 0,
          duplicated: n - 1,
        });
        expect([times(good, 200), bad.map(({ status }) => status), n]).toEqual([50, [401, 401, 401, 401], 1]);
        expect(events.map(({ event_id: id }) => id)).toEqual(['evt_early', 'evt_late', 'evt_paid']);
        expect((await charge()).status).toBe('succeeded');
        await moneyHolds(world);
      }),
    180_000,
  );
});
