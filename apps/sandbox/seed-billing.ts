import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Clock, addMonths, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { SANDBOX_MONTHS } from './seed-customers.js';
import { SEEDER } from './seeder.js';

// Who pays how is told from the customer's number: most pay on the day, every ninth is late with the last month, every
// fourteenth has paid half of it (both had longer for it, and are late for days only), every seventeenth has not paid for
// three months.
const DRAFTS = statement(
  'sandbox-billing-drafts',
  `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, period_from, period_until, due_on,
          subtotal_amount, tax_amount, total_amount, created_by, created_at, updated_at)
   SELECT s.partner_id, s.customer_id, a.id, 'invoice', 'recurring', 'person', s.currency, m.first::date, (m.first + interval '1 month')::date,
          CASE WHEN m.first = $2 AND (s.customer_id % 9 = 0 OR s.customer_id % 14 = 0) THEN $3::date - s.customer_id % 5 ELSE m.first::date + 14 END, net.amount, tax.amount, net.amount + tax.amount, 'system:sandbox', at.midnight, at.midnight
     FROM generate_series($1::date, $2::date, interval '1 month') AS m (first)
    CROSS JOIN services s JOIN billing_accounts a ON a.partner_id = s.partner_id AND a.customer_id = s.customer_id AND a.currency = s.currency
     JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
    CROSS JOIN LATERAL (SELECT round(s.monthly_amount, 2) AS amount) net
    CROSS JOIN LATERAL (SELECT round(s.monthly_amount * v.tax_percent / 100, 2) AS amount) tax
    CROSS JOIN LATERAL (SELECT m.first::timestamp AT TIME ZONE a.time_zone AS midnight) at
    WHERE s.id <= 100 AND s.customer_id <= 100 AND s.bundle_id IS NULL AND m.first >= date_trunc('month', s.activated_at AT TIME ZONE 'UTC')
    ORDER BY m.first, s.id`,
);
const LINES = statement(
  'sandbox-billing-lines',
  `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, service_id, description, from_on, until_on,
          amount, tax_amount, taxes, inputs)
   SELECT i.partner_id, i.customer_id, i.account_id, i.id, 1, 'recurring', s.id, p.name, i.period_from, i.period_until, i.subtotal_amount,
          i.tax_amount, jsonb_build_array(jsonb_build_object('code', 'plan', 'name', 'Tax', 'percent', v.tax_percent::text, 'inclusive', false,
            'amount', i.tax_amount::text)),
          jsonb_build_object('rule', 'by_hand', 'unit_amount', s.monthly_amount::text, 'quantity', '1', 'proration_factor', '1')
     FROM invoices i JOIN services s ON s.customer_id = i.customer_id AND s.id <= 100 AND s.bundle_id IS NULL
     JOIN plans p ON p.id = s.plan_id JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
    WHERE i.status = 'draft' AND i.created_by = 'system:sandbox' ORDER BY i.id`,
);
const COVERAGE = statement(
  'sandbox-billing-coverage',
  `INSERT INTO invoice_coverage (partner_id, customer_id, account_id, invoice_id, service_id, days)
   SELECT i.partner_id, i.customer_id, i.account_id, i.id, l.service_id, daterange(i.period_from, i.period_until)
     FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id WHERE i.status = 'draft' AND i.created_by = 'system:sandbox'`,
);
const ISSUE = statement(
  'sandbox-billing-issue',
  `SELECT FROM (
     SELECT created_at, array_agg(id ORDER BY id) AS ids, array_agg(period_from ORDER BY id) AS days, array_agg(due_on ORDER BY id) AS due_days
       FROM invoices WHERE status = 'draft' AND created_by = 'system:sandbox' GROUP BY 1 ORDER BY 1) d
    CROSS JOIN LATERAL issue_documents(d.ids, d.created_at, d.days, d.due_days)`,
);
const PAYMENTS = statement(
  'sandbox-billing-payments',
  `INSERT INTO payments (partner_id, customer_id, account_id, currency, amount, method, reference, received_at, created_by, created_at, updated_at)
   SELECT i.partner_id, i.customer_id, i.account_id, i.currency, CASE WHEN i.customer_id % 14 = 0 AND age.months = 0 THEN round(i.total_amount / 2, 2)
            ELSE i.total_amount END, (ARRAY['bank_transfer', 'card', 'direct_debit'])[1 + i.customer_id % 3], i.number,
          i.issued_at + interval '5 days', 'system:sandbox', i.issued_at + interval '5 days', i.issued_at + interval '5 days'
     FROM invoices i CROSS JOIN LATERAL (SELECT ($1::date - i.period_from) / 28 AS months) age
    WHERE i.created_by = 'system:sandbox' AND i.issued_at + interval '5 days' < $2
      AND NOT (i.customer_id % 9 = 0 AND age.months = 0) AND NOT (i.customer_id % 17 = 0 AND age.months < 3) ORDER BY i.id`,
);
const ALLOCATE = statement(
  'sandbox-billing-allocate',
  `INSERT INTO allocations (partner_id, customer_id, account_id, invoice_id, payment_id, amount, at)
   SELECT p.partner_id, p.customer_id, p.account_id, i.id, p.id, p.amount, p.received_at
     FROM payments p JOIN invoices i ON i.number = p.reference WHERE p.created_by = 'system:sandbox' ORDER BY p.id`,
);
const THERE = statement('sandbox-billing-there', 'SELECT EXISTS (SELECT FROM invoices) AS there');

/** A year of invoices and payments of the test customers, always the same; nothing where there are invoices already. */
export async function seedBilling(app: NestFastifyApplication): Promise<void> {
  const now = app.get<Clock>(CLOCK, { strict: false }).now();
  const thisMonth = `${localDate(now, 'UTC').slice(0, 8)}01`;
  const last = addMonths(thisMonth, -1);
  await app.get(UnitOfWork).run(SEEDER, async (tx) => {
    if ((await tx.one<{ there: boolean }>(THERE))?.there) return;
    await tx.execute(DRAFTS, [addMonths(thisMonth, -SANDBOX_MONTHS), last, localDate(now, 'UTC')]);
    for (const statement of [LINES, COVERAGE, ISSUE]) await tx.execute(statement);
    await tx.execute(PAYMENTS, [last, now]);
    await tx.execute(ALLOCATE);
  });
}
