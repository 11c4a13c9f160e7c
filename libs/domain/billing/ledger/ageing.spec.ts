import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { AgeingQueries, type AgeingRow } from './ageing.queries.js';

/** The ends of the earth, and what lies between them: two or three days at once. */
/** Whose customer owes nothing but invoices. */
const INVOICED_ALONE = 'UTC';
const ZONES = ['Pacific/Kiritimati', 'Asia/Kolkata', 'UTC', 'America/New_York', 'Pacific/Pago_Pago'];
/** Days since they were due in UTC: both sides of every step. */
const AGES = [-1, 0, 1, 2, 29, 30, 31, 32, 59, 60, 61, 62, 89, 90, 91, 92];

beforeAll(async () => {
  await openServices(BillingModule);
  for (const zone of ZONES) {
    const id = await customer();
    await sql(`UPDATE billing_accounts SET time_zone = '${zone}' WHERE customer_id = ${id}`);
    await sql(`SELECT set_config('app.unrestricted', 'on', true);
      WITH made AS (
        INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, due_on, subtotal_amount, tax_amount, total_amount, created_by)
        SELECT partner_id, customer_id, id, 'invoice', 'one_off', 'person', currency, current_date - age, 100 + age, 0, 100 + age, 'ages'
          FROM billing_accounts, unnest(ARRAY[${AGES.join(',')}]) age WHERE customer_id = ${id} RETURNING *)
      INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
      SELECT partner_id, customer_id, account_id, id, 1, 'fee', 'Work', total_amount, 0, '[]', '{"rule": "once"}' FROM made;
      SELECT FROM (SELECT array_agg(id) AS ids, array_agg(current_date - 1) AS days, array_agg(due_on) AS due FROM invoices WHERE customer_id = ${id}) d
       CROSS JOIN LATERAL issue_documents(d.ids, now(), d.days, d.due)`);
    if (zone !== INVOICED_ALONE) await takenBack(id);
  }
  await takenBack(await customer());
}, 120_000);
afterAll(closeServices);

/** Payments of 50 of which 30 were refunded, and of which a bank took 45: 25 are owed again, of which 5 were paid for one of them. */
async function takenBack(customerId: number): Promise<void> {
  await sql(`SELECT set_config('app.unrestricted', 'on', true);
    INSERT INTO payments (partner_id, customer_id, account_id, currency, amount, method, reference, received_at, created_by)
    SELECT partner_id, customer_id, id, currency, 50, 'card', 'age-' || id || '-' || age, now() - interval '200 days', 'ages'
      FROM billing_accounts, unnest(ARRAY[${AGES.join(',')}]) age WHERE customer_id = ${customerId} AND age > 0;
    INSERT INTO refunds (partner_id, customer_id, account_id, payment_id, currency, amount, channel, status, reason, created_by, created_at, finished_at, updated_at)
    SELECT partner_id, customer_id, account_id, id, currency, 30, 'hand', 'succeeded', 'Spec', 'ages', now(), now(), now() FROM payments WHERE customer_id = ${customerId};
    UPDATE payments SET status = 'reversed', reversal_reason = 'Spec', excess_amount = 25,
           reversed_at = now() - interval '1 day' * split_part(reference, '-', 3)::integer WHERE customer_id = ${customerId};
    INSERT INTO payments (partner_id, customer_id, account_id, currency, amount, method, reference, received_at, created_by)
    SELECT partner_id, customer_id, id, currency, 5, 'cash', 'age-' || id, now(), 'ages' FROM billing_accounts WHERE customer_id = ${customerId};
    INSERT INTO allocations (partner_id, customer_id, account_id, excess_of_id, payment_id, amount, at)
    SELECT p.partner_id, p.customer_id, p.account_id, (SELECT min(e.id) FROM payments e WHERE e.customer_id = p.customer_id AND e.excess_amount > 0), p.id, 5, now() - interval '36 hours'
      FROM payments p WHERE p.customer_id = ${customerId} AND p.status = 'received'`);
}

/** As it is defined, one debt after the other: what day it is, is asked of each account. */
const plainly = (group: string) =>
  sql<AgeingRow>(`
    SELECT o.currency, ${group}, count(DISTINCT o.account_id)::integer AS accounts, count(o.invoice)::integer AS invoices, sum(o.amount)::text AS total,
           ${['<= 0', 'BETWEEN 1 AND 30', 'BETWEEN 31 AND 60', 'BETWEEN 61 AND 90', '> 90']
             .map((when, n) => `coalesce(sum(o.amount) FILTER (WHERE o.late ${when}), 0)::text AS "${STEPS[n] ?? ''}"`)
             .join(', ')}
      FROM (SELECT i.currency, i.partner_id, i.customer_id, i.account_id, i.id AS invoice, i.total_amount - i.settled_amount AS amount,
                   ('${clock.now().toISOString()}'::timestamptz AT TIME ZONE a.time_zone)::date - i.due_on AS late
              FROM invoices i JOIN billing_accounts a ON a.id = i.account_id WHERE i.status IN ('pending', 'partially_paid', 'overdue')
            UNION ALL
            SELECT p.currency, p.partner_id, p.customer_id, p.account_id, NULL, p.excess_amount - p.covered_amount,
                   ('${clock.now().toISOString()}'::timestamptz AT TIME ZONE a.time_zone)::date - (p.reversed_at AT TIME ZONE a.time_zone)::date
              FROM payments p JOIN billing_accounts a ON a.id = p.account_id WHERE p.excess_amount > p.covered_amount) o
     GROUP BY 1, 2, 3 ORDER BY 1, 2 NULLS FIRST, 3 NULLS FIRST`);
const STEPS = ['notDue', 'days30', 'days60', 'days90', 'older'];
const GROUPS = {
  currency: 'NULL::integer AS "partnerId", NULL::integer AS "customerId"',
  partner: 'o.partner_id AS "partnerId", NULL::integer AS "customerId"',
  customer: 'o.partner_id AS "partnerId", o.customer_id AS "customerId"',
} as const;
/** A day, in which every zone has another one once. */
const HOURS = [0, 4, 8, 12, 16, 20];

it.each(Object.entries(GROUPS))('is, by %s, what each debt is where its account is', async (groupBy, group) => {
  for (const hour of HOURS) {
    clock.shift = hour * 3_600;
    const { rows, total } = await use(AgeingQueries).list(actor, { groupBy: groupBy as keyof typeof GROUPS });
    const shown = rows.map(({ partnerName: _, customerName: __, ...row }) => row);
    const expected = await plainly(group);
    expect(shown).toEqual(expected.map((row) => ({ ...row, rows: expected.length })));
    expect(total).toBe(expected.length);
  }
  clock.shift = 0;
});

it('shows customers by the page, and those of one', async () => {
  const list = (more: object, offset: number) =>
    use(AgeingQueries).list(actor, { groupBy: 'customer', ...more }, { limit: 2, offset });
  const all = (await use(AgeingQueries).list(actor, { groupBy: 'customer' })).rows;
  expect(all).toHaveLength(ZONES.length + 1);
  expect((await list({}, 2)).rows).toEqual(all.slice(2, 4));
  expect((await list({}, 4)).total).toBe(ZONES.length + 1);
  const { customerId } = all[3] as AgeingRow;
  expect((await list({ customerId: customerId ?? 0 }, 0)).rows).toEqual([{ ...all[3], rows: 1 }]);
});

it('says of a day of the past what was owed at its end, and of today what is', async () => {
  for (const groupBy of ['currency', 'partner', 'customer'] as const) {
    const { rows } = await use(AgeingQueries).list(actor, { groupBy, asOf: '2999-12-31' });
    const now = await use(AgeingQueries).list(actor, { groupBy });
    const amountsOf = ({ total, invoices, accounts, customerId }: AgeingRow) => ({
      total,
      invoices,
      accounts,
      customerId,
    });
    expect(rows.map(amountsOf)).toEqual(now.rows.map(amountsOf));
  }
  // Of the last customer, who has no invoice: taken 92 to 1 days ago, 5 were paid a day and a half ago.
  const [{ id: customerId } = { id: 0 }] = await sql<{ id: number }>(`SELECT max(id) AS id FROM customers`);
  const dayOf = async (ago: number) =>
    (await sql<{ day: string }>(`SELECT (current_date - ${ago})::text AS day`))[0]?.day ?? '';
  const owed = async (ago: number) =>
    (await use(AgeingQueries).list(actor, { customerId, asOf: await dayOf(ago) })).rows.map(({ total, invoices }) => [
      Number(total),
      invoices,
    ]);
  expect(await owed(94)).toEqual([]);
  expect(await owed(50)).toEqual([[25 * AGES.filter((age) => age >= 51).length, 0]]);
  expect(await owed(-1)).toEqual([[25 * AGES.filter((age) => age > 0).length - 5, 0]]);
});
