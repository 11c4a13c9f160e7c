import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { systemClock } from '@isp/kernel';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, MovableClock, apiWorld, askUntilServed } from '../support/api-world.js';
import { violations } from '../support/invariants.js';

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
const post = (path: string, body: object) =>
  askUntilServed(`${world.program.url}/v1/billing${path}`, { method: 'POST', key, body });
const account = async (customerId: number): Promise<number> =>
  (await world.sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`))[0]?.id ?? 0;

it('C4: at a year’s end each account is numbered in the year of its own day, without a gap in either', async () => {
  const year = systemClock.now().getUTCFullYear();
  // On the last day of the year in UTC: the new year has begun on Kiritimati, and in Honolulu it has not.
  clock.shiftSeconds = (Date.UTC(year, 11, 31, 11) - systemClock.now().getTime()) / 1_000;
  const customers = await Promise.all(Array.from({ length: 8 }, async () => Number(await made.make.customer(1))));
  const east = customers.filter((_, n) => n % 2 === 0);
  await world.sql(`UPDATE billing_accounts SET time_zone = CASE WHEN customer_id IN (${east.join(', ')})
    THEN 'Pacific/Kiritimati' ELSE 'Pacific/Honolulu' END WHERE customer_id IN (${customers.join(', ')})`);
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, n) =>
      post('/invoices', {
        customer_id: customers[n % customers.length],
        invoice_type: 'one_off',
        // Every eighth is refused after everything else was done.
        line_items: [{ description: 'Work', amount: n % 8 === 7 ? 9_999_999_999_999 : n + 1 }],
        due_date: '2199-01-01',
      }),
    ),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(56);
  const rows = await world.sql<{ year: number; n: number; first: number; last: number; east: number }>(
    `SELECT year, count(DISTINCT sequence)::integer AS n, min(sequence) AS first, max(sequence) AS last,
            count(*) FILTER (WHERE customer_id IN (${east.join(', ')}))::integer AS east
       FROM invoices WHERE series = 'INV' AND customer_id IN (${customers.join(', ')}) GROUP BY 1 ORDER BY 1`,
  );
  expect(rows.map(({ year: of, east: ofEast }) => [of, ofEast])).toEqual([
    [year, 0],
    [year + 1, 32],
  ]);
  for (const { n, first, last } of rows) expect(last - first + 1).toBe(n);
  expect(rows[1]?.first).toBe(1);
  clock.shiftSeconds = 0;
});

it('C11: of a credit of 100, a hundred who take 10 at once get it ten times', async () => {
  const customerId = Number(await made.make.customer(1));
  const paid = await post('/payments', { customer_id: customerId, amount: 100, method: 'cash' });
  const { id } = paid.json<{ id: number }>();
  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      post(`/payments/${id}/refunds`, { reason: 'Asked for it', amount: 10, channel: 'hand' }),
    ),
  );
  const statuses = answers.map(({ status }) => status);
  expect([
    statuses.filter((one) => one === 201).length,
    statuses.filter((one) => [409, 422].includes(one)).length,
  ]).toEqual([10, 90]);
  expect((await get(`/accounts/${await account(customerId)}`)).json()).toMatchObject({
    credit_balance: 0,
    open_amount: 0,
  });
  expect((await get(`/payments/${id}`)).json()).toMatchObject({ refunded_amount: 100 });
});
