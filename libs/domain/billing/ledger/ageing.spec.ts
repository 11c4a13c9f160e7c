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
  }
}, 120_000);
afterAll(closeServices);

/** As it is defined, one invoice after the other: what day it is, is asked of each account. */
const plainly = (group: string) =>
  sql<AgeingRow>(`
    SELECT o.currency, ${group}, count(DISTINCT o.account_id)::integer AS accounts, count(*)::integer AS invoices, sum(o.amount)::text AS total,
           ${['<= 0', 'BETWEEN 1 AND 30', 'BETWEEN 31 AND 60', 'BETWEEN 61 AND 90', '> 90']
             .map((when, n) => `coalesce(sum(o.amount) FILTER (WHERE o.late ${when}), 0)::text AS "${STEPS[n] ?? ''}"`)
             .join(', ')}
      FROM (SELECT i.*, i.total_amount - i.settled_amount AS amount,
                   ('${clock.now().toISOString()}'::timestamptz AT TIME ZONE a.time_zone)::date - i.due_on AS late
              FROM invoices i JOIN billing_accounts a ON a.id = i.account_id WHERE i.status IN ('pending', 'partially_paid', 'overdue')) o
     GROUP BY 1, 2, 3 ORDER BY 1, 2 NULLS FIRST, 3 NULLS FIRST`);
const STEPS = ['notDue', 'days30', 'days60', 'days90', 'older'];
const GROUPS = {
  currency: 'NULL::integer AS "partnerId", NULL::integer AS "customerId"',
  partner: 'o.partner_id AS "partnerId", NULL::integer AS "customerId"',
  customer: 'o.partner_id AS "partnerId", o.customer_id AS "customerId"',
} as const;
/** A day, in which every zone has another one once. */
const HOURS = [0, 4, 8, 12, 16, 20];

it.each(Object.entries(GROUPS))('is, by %s, what each invoice is where its account is', async (groupBy, group) => {
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
  expect(all).toHaveLength(ZONES.length);
  expect((await list({}, 2)).rows).toEqual(all.slice(2, 4));
  expect((await list({}, 4)).total).toBe(ZONES.length);
  const { customerId } = all[3] as AgeingRow;
  expect((await list({ customerId: customerId ?? 0 }, 0)).rows).toEqual([{ ...all[3], rows: 1 }]);
});
