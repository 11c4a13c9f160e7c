import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { violations } from '../support/invariants.js';
import { type Answer, ask, askPatiently, inParallel } from './support/http.js';
import { inWorld, report, type World } from './support/world.js';

const times = (answers: readonly Answer[], status: number): number =>
  answers.filter((answer) => answer.status === status).length;
const numbers = (world: World) =>
  world.rows<{ sequence: number }>(`SELECT sequence FROM invoices WHERE series = 'INV' ORDER BY sequence`);
const work = (customerId: number, amount = 10) => ({
  customer_id: customerId,
  invoice_type: 'one_off',
  line_items: [{ description: 'Work', amount }],
});
/** The money is as it must be; services of this database are not, they were written by hand. */
async function moneyHolds(world: World): Promise<void> {
  const found = await violations(world.database.ownerUrl);
  const money = /ledger|booked|total|allocations|credit notes|numbers/;
  expect(Object.keys(found).filter((name) => money.test(name))).toEqual([]);
}

describe('money when processes die or race', () => {
  it(
    'a process that dies between the number and the commit leaves no gap, and the retry gets one invoice',
    () =>
      inWorld(async (world) => {
        const healthy = await world.start('api');
        const post = (url: string, key: string, n: number) =>
          ask(`${url}/v1/billing/invoices`, world.database.apiKey, { method: 'POST', body: work(n), key });
        expect((await post(healthy.url, 'n-1', 1)).status).toBe(201);
        let unanswered = 0;
        for (let n = 2; n <= 4; n += 1) {
          const dying = await world.start('api', { ISP_FAIL_POINT: 'billing.after-number' });
          dying.endIsAsked = true;
          unanswered += (await post(dying.url, `n-${n}`, n)).status === 0 ? 1 : 0;
          expect(await dying.end()).toBe('SIGKILL');
          // The database may not have noticed yet that nobody waits any more: 409 says so, and when to ask again.
          const again = await askPatiently(`${healthy.url}/v1/billing/invoices`, world.database.apiKey, {
            method: 'POST',
            body: work(n),
            key: `n-${n}`,
          });
          expect(again.status).toBe(201);
        }
        const taken = (await numbers(world)).map(({ sequence }) => sequence);
        report('kill between number and commit', {
          accepted: 4,
          unanswered,
          finished: taken.length,
          lost: 4 - taken.length,
          duplicated: 0,
        });
        expect([unanswered, taken]).toEqual([3, [1, 2, 3, 4]]);
        await moneyHolds(world);
      }),
    120_000,
  );

  it(
    'C3: parallel issuers of two processes, one of five refused, number their invoices 1 to n',
    () =>
      inWorld(async (world) => {
        const apis = await world.startAll('api', 'api');
        const jobs = Array.from({ length: 200 }, (_, n) => n);
        const answers = await inParallel(jobs, 16, (n) =>
          askPatiently(`${apis[n % 2]?.url}/v1/billing/invoices`, world.database.apiKey, {
            method: 'POST',
            // What is too large is refused when everything else is done.
            body:
              n % 5 === 0
                ? {
                    ...work(1 + (n % 20), 9_999_999_999.99),
                    line_items: Array.from({ length: 2 }, () => ({ description: 'X', amount: 9_999_999_999.99 })),
                  }
                : work(1 + (n % 20)),
          }),
        );
        const taken = (await numbers(world)).map(({ sequence }) => sequence);
        report('C3', {
          accepted: times(answers, 201),
          refused: times(answers, 422),
          numbers: taken.length,
          last: taken.at(-1) ?? 0,
        });
        expect([times(answers, 201), times(answers, 422)]).toEqual([160, 40]);
        expect(taken).toEqual(Array.from({ length: 160 }, (_, n) => n + 1));
        await moneyHolds(world);
      }),
    120_000,
  );

  it(
    'one account and period is invoiced once, whoever asks in whichever process',
    () =>
      inWorld(async (world) => {
        await world.rows(`UPDATE billing_accounts SET starts_on = '2025-01-01'`);
        await world.rows(`UPDATE billing_account_terms SET from_on = '2025-01-01'`);
        await world.rows(
          `UPDATE services SET status = 'active', activated_at = '2025-01-01' WHERE id IN (SELECT min(id) FROM services GROUP BY customer_id)`,
        );
        const apis = await world.startAll('api', 'api');
        const january = { start_date: '2025-01-01', end_date: '2025-01-31' };
        const jobs = Array.from({ length: 100 }, (_, n) => n);
        const answers = await inParallel(jobs, 20, (n) =>
          askPatiently(`${apis[n % 2]?.url}/v1/billing/invoices`, world.database.apiKey, {
            method: 'POST',
            body: { customer_id: 1 + (n % 10), billing_period: january },
          }),
        );
        const invoices = await world.rows<{ account_id: number; n: number }>(
          'SELECT account_id, count(*)::integer AS n FROM invoices GROUP BY 1',
        );
        report('one invoice a period', {
          asked: 100,
          accepted: times(answers, 201),
          refused: times(answers, 409),
          accounts: invoices.length,
        });
        expect([times(answers, 201), times(answers, 409)]).toEqual([10, 90]);
        expect(invoices.map(({ n }) => n)).toEqual(Array.from({ length: 10 }, () => 1));
        await moneyHolds(world);
      }),
    120_000,
  );

  it(
    'F4: payments with keys are booked once each, however often the API is killed',
    () =>
      inWorld(async (world) => {
        let api = await world.start('api');
        let kills = 0;
        const load = { over: false };
        const killer = (async () => {
          while (!load.over && kills < 5) {
            await sleep(400 + 200 * (kills % 3));
            await api.kill();
            kills += 1;
            api = await world.start('api');
          }
        })();
        let tries = 0;
        const pay = async (n: number): Promise<void> => {
          for (;;) {
            tries += 1;
            const body = { customer_id: 1 + (n % 20), amount: 10, method: 'cash' };
            const answer = await ask(`${api.url}/v1/billing/payments`, world.database.apiKey, {
              method: 'POST',
              body,
              key: `f4-${n}`,
              timeoutMs: 5_000,
            });
            if (answer.status === 201) return;
            await sleep(100);
          }
        };
        const payments = Array.from({ length: 200 }, (_, n) => n);
        await inParallel(payments, 4, pay);
        load.over = true;
        await killer;
        const { n, total } = await world.row<{ n: number; total: string }>(
          'SELECT count(*)::integer AS n, sum(amount)::text AS total FROM payments',
        );
        report('F4', {
          keys: 200,
          tries,
          kills,
          payments: n,
          lost: Math.max(0, 200 - n),
          duplicated: Math.max(0, n - 200),
        });
        expect([n, Number(total), kills > 0]).toEqual([200, 2000, true]);
        await moneyHolds(world);
      }),
    180_000,
  );
});
