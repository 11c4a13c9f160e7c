import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { makeSubscriber } from '../radius/support.js';
import { INVARIANTS, violationsIn } from './invariants.js';
import { query } from './embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from './test-postgres.js';

/** An invoice of which everything was written off. */
const WRITTEN_OFF = `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount, total_amount, created_by)
    SELECT partner_id, customer_id, id, 'invoice', 'one_off', 'person', currency, 10, 2, 12, 'spec' FROM billing_accounts;
    INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
    SELECT partner_id, customer_id, account_id, id, 1, 'fee', 'Work', 10, 2, '[]', '{"rule": "by_hand", "unit_amount": "10", "quantity": "1", "proration_factor": "1"}' FROM invoices;
    SELECT set_config('app.unrestricted', 'on', true);
    SELECT FROM issue_documents(ARRAY(SELECT id FROM invoices), now(), ARRAY(SELECT current_date FROM invoices), ARRAY(SELECT current_date FROM invoices));
    INSERT INTO write_offs (partner_id, customer_id, account_id, invoice_id, currency, amount, reclaimed_tax_amount, reason, created_by, created_at, updated_at)
    SELECT partner_id, customer_id, account_id, id, currency, 12, 2, 'uncollectable', 'spec', now(), now() FROM invoices;`;
/** A payment of which a part was refunded, and all was taken back. */
const TAKEN_TWICE = `INSERT INTO payments (partner_id, customer_id, account_id, currency, amount, method, received_at, created_by)
    SELECT partner_id, customer_id, id, currency, 10, 'cash', now(), 'spec' FROM billing_accounts;
    INSERT INTO refunds (partner_id, customer_id, account_id, payment_id, currency, amount, channel, status, reason, created_by, created_at, finished_at, updated_at)
    SELECT partner_id, customer_id, account_id, id, currency, 4, 'hand', 'succeeded', 'Spec', 'spec', now(), now(), now() FROM payments;
    UPDATE payments SET status = 'reversed', reversed_at = now(), excess_amount = 4;`;
/** That, given up. */
const TAKEN_AND_GIVEN_UP = `${TAKEN_TWICE}
    INSERT INTO write_offs (partner_id, customer_id, account_id, excess_of_id, currency, amount, reclaimed_tax_amount, reason, created_by, created_at, updated_at)
    SELECT partner_id, customer_id, account_id, id, currency, 4, 0, 'uncollectable', 'spec', now(), now() FROM payments;`;
/** What breaks each, done to the one service of the database, behind everybody's back. */
const BROKEN: Readonly<Record<string, string>> = {
  'recurring revenue is what services and their prices make of it': `INSERT INTO recurring_revenue_changes
    (partner_id, customer_id, service_id, plan_id, currency, on_month, change_amount) SELECT partner_id, customer_id, id, plan_id, currency, '2020-01-01', 1 FROM services`,
  'the queue of escalations is the escalated tickets that are not over': `ALTER TABLE ticket_escalations DROP CONSTRAINT ticket_escalations_ticket_id_fkey;
    INSERT INTO ticket_escalations (ticket_id, partner_id, level, since) VALUES (9, 1, 1, now())`,
  'an address serves one service': `DROP INDEX ip_addresses_address, ip_addresses_service; ALTER TABLE ip_addresses DROP CONSTRAINT ip_addresses_pkey;
    INSERT INTO ip_addresses SELECT * FROM ip_addresses WHERE service_id IS NOT NULL`,
  'a service has one address': `DROP INDEX ip_addresses_service;
    INSERT INTO ip_addresses (pool_id, address, service_id, vrf_id) SELECT pool_id, '100.64.99.99', service_id, vrf_id FROM ip_addresses WHERE service_id IS NOT NULL`,
  'a subscriber has the address that its service holds': `UPDATE subscribers SET address = '192.0.2.1'`,
  'nothing is open for a service that ended': `UPDATE services SET status = 'terminated'`,
  'nothing is open for a service that is suspended': `UPDATE services SET status = 'suspended', suspended_for = '{payment}'`,
  'a service is suspended when there is a cause': `ALTER TABLE services DROP CONSTRAINT services_works_without_cause;
    UPDATE services SET suspended_for = '{payment}'`,
  'a service in provisioning has a job that is not over': `UPDATE services SET status = 'provisioning'`,
  'a job that is over has its end, and no other': `INSERT INTO provisioning_jobs (partner_id, customer_id, service_id, status, request, estimated_completion, requested_by)
    SELECT partner_id, customer_id, id, 'succeeded', '{}', now(), 'spec' FROM services`,
  'a job that succeeded has done every step': `WITH j AS (
      INSERT INTO provisioning_jobs (partner_id, customer_id, service_id, status, request, estimated_completion, requested_by, finished_at)
      SELECT partner_id, customer_id, id, 'succeeded', '{}', now(), 'spec', now() FROM services RETURNING partner_id, id)
    INSERT INTO provisioning_steps (partner_id, provisioning_job_id, position, name, status) SELECT partner_id, id, 1, 'router', 'intended' FROM j`,
  'a job that went back has undone what it did to devices': `WITH j AS (
      INSERT INTO provisioning_jobs (partner_id, customer_id, service_id, status, ends_as, request, estimated_completion, requested_by, finished_at)
      SELECT partner_id, customer_id, id, 'failed', 'failed', '{}', now(), 'spec', now() FROM services RETURNING partner_id, id)
    INSERT INTO provisioning_steps (partner_id, provisioning_job_id, position, name, status) SELECT partner_id, id, 1, 'router', 'done' FROM j`,
  'the network is never confirmed ahead of what is wanted': `UPDATE subscribers SET confirmed_version = desired_version + 1`,
  'a VLAN of a device serves one service': `ALTER TABLE vlans DROP CONSTRAINT vlans_once; DROP INDEX vlans_service; ALTER TABLE vlans DROP CONSTRAINT vlans_service_id_fkey;
    INSERT INTO vlans (device_id, vlan_id, service_id) SELECT min(id), 7, n FROM devices, generate_series(1, 2) n GROUP BY n`,
  'usage is never negative': `ALTER TABLE usage_daily DROP CONSTRAINT usage_daily_input_octets_check;
    INSERT INTO usage_daily (partner_id, customer_id, service_id, day, input_octets) SELECT partner_id, customer_id, id, '2025-01-29', -1 FROM services`,
  'a ticket has two clocks': `INSERT INTO tickets (number, partner_id, customer_id, subject, category_id, priority, source, policy_id, policy_version, calendar_id, calendar_version, opened_at, created_by)
    SELECT 'T', partner_id, customer_id, 'X', 1, 'low', 'api', 1, 1, 1, 1, now(), 'spec' FROM services`,
  'a ticket that is over has no clock that runs': `INSERT INTO tickets (number, partner_id, customer_id, subject, category_id, priority, source, policy_id, policy_version, calendar_id, calendar_version, opened_at, created_by, status, resolved_at, stopped_from)
    SELECT 'T', partner_id, customer_id, 'X', 1, 'low', 'api', 1, 1, 1, 1, now(), 'spec', 'resolved', now(), ARRAY[now()] FROM services;
    INSERT INTO ticket_clocks (partner_id, customer_id, ticket_id, target, target_seconds) SELECT partner_id, customer_id, id, 'resolution', 1 FROM tickets`,
  'a breach is a fact once': `INSERT INTO tickets (number, partner_id, customer_id, subject, category_id, priority, source, policy_id, policy_version, calendar_id, calendar_version, opened_at, created_by)
    SELECT 'T', partner_id, customer_id, 'X', 1, 'low', 'api', 1, 1, 1, 1, now(), 'spec' FROM services;
    INSERT INTO ticket_clocks (partner_id, customer_id, ticket_id, target, target_seconds, breached_at) SELECT partner_id, customer_id, id, 'resolution', 1, now() FROM tickets`,
  'a bundle is active only with its parts': `UPDATE services SET status = 'active', service_type = 'bundle';
    INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency, status, bundle_id)
    SELECT partner_id, customer_id, 'internet', plan_id, 0, 0, currency, 'pending_activation', id FROM services`,
  'a voice account is open for a service that lives': `UPDATE services SET status = 'terminated', service_type = 'voice';
    INSERT INTO voice_accounts (partner_id, customer_id, service_id, username, password_sealed) SELECT partner_id, customer_id, id, '+15550100', '-' FROM services`,
  'a service is billed to somebody': `UPDATE services SET currency = 'EUR'`,
  'an account pays ahead in the time in which it is prepaid': `UPDATE billing_accounts SET kind = 'prepaid', prepaid_state = 'idle', look_at = now()`,
  'nobody who has paid ahead is blocked for the balance': `UPDATE services SET status = 'suspended', suspended_for = '{balance}';
    UPDATE billing_accounts SET kind = 'prepaid', prepaid_state = 'idle', look_at = now();
    INSERT INTO service_suspensions (partner_id, customer_id, service_id, cause) SELECT partner_id, customer_id, id, 'balance' FROM services;
    INSERT INTO billing_prepaid_days (partner_id, customer_id, account_id, service_id, from_on, until_on)
    SELECT s.partner_id, s.customer_id, a.id, s.id, current_date, current_date + 30 FROM services s JOIN billing_accounts a ON a.customer_id = s.customer_id`,
  'who pays ahead owes nothing but what a payment left that did not stay, or a write-off that was taken back': `UPDATE billing_accounts SET kind = 'prepaid', prepaid_state = 'idle', look_at = now();
    INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount, total_amount, created_by)
    SELECT partner_id, customer_id, id, 'invoice', 'one_off', 'person', currency, 1, 0, 1, 'spec' FROM billing_accounts;
    INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
    SELECT partner_id, customer_id, account_id, id, 1, 'fee', 'Work', 1, 0, '[]', '{"rule": "by_hand", "unit_amount": "1", "quantity": "1", "proration_factor": "1"}' FROM invoices;
    SELECT set_config('app.unrestricted', 'on', true);
    SELECT FROM issue_documents(ARRAY(SELECT id FROM invoices), now(), ARRAY(SELECT current_date FROM invoices), ARRAY(SELECT current_date FROM invoices))`,
  'a message that is queued has work that is not over': `INSERT INTO messages (partner_id, customer_id, kind, subject_type, subject_id, recipient,
      language, next_attempt_at, created_by, created_at, updated_at)
    SELECT partner_id, id, 'invoice', 'invoice', 1, 'a@b.example', 'en', now(), 'spec', now(), now() FROM customers`,
  'a document is sent by itself once': `INSERT INTO messages (partner_id, customer_id, kind, subject_type, subject_id, once_key, recipient,
      language, status, last_error, created_by, created_at, updated_at)
    SELECT partner_id, id, 'invoice', 'invoice', 1, 'invoice:' || n, 'a@b.example', 'en', 'failed', 'x', 'spec', now(), now()
      FROM customers, generate_series(1, 2) n`,
  'a document is booked as it says': `${WRITTEN_OFF} ALTER TABLE invoices DISABLE TRIGGER USER;
    UPDATE invoices SET written_off_amount = 11`,
  'what was written off is what its rows, the ledger and the invoice say': `${WRITTEN_OFF} ALTER TABLE ledger_transfers DISABLE TRIGGER USER;
    UPDATE ledger_transfers SET debit = 'bad_debt' WHERE event = 'invoice.written_off'`,
  'what was taken back of a write-off is what its rows say': `${WRITTEN_OFF} UPDATE write_offs SET reversed_amount = 1`,
  'what is claimed back of a tax is not more than the tax': `${WRITTEN_OFF} UPDATE write_offs SET reclaimed_tax_amount = 3`,
  'an invoice is paid by what payments say': `${WRITTEN_OFF} UPDATE invoices SET paid_amount = 0.5, written_off_amount = 11.5`,
  'what a bank took beyond a payment is paid by what allocations say': `${TAKEN_TWICE} UPDATE payments SET covered_amount = 1`,
  'what was given up of what a bank took is what its rows, the ledger and the payment say': `${TAKEN_AND_GIVEN_UP}
    UPDATE payments SET excess_written_off_amount = 3`,
  'a refund that came back as a payment is one of its amount': `${TAKEN_TWICE} ALTER TABLE refunds DISABLE TRIGGER USER;
    UPDATE refunds SET channel = 'gateway', status = 'failed', code = 'spec', returned_as_id = payment_id`,
  'an entry with which a bank took a payment back is one of what it took, and the payment is reversed': `${TAKEN_TWICE}
    INSERT INTO bank_statements (partner_id, format, file_name, digest, entries, duplicates, created_by, created_at)
    SELECT partner_id, 'csv', 'a.csv', '\\x00', 1, 0, 'spec', now() FROM payments;
    INSERT INTO bank_entries (partner_id, statement_id, bank_account, entry_key, booked_on, currency, amount, status, rule, returned_payment_id, returned_amount, updated_at)
    SELECT p.partner_id, s.id, 'X', 'a', current_date, p.currency, -11, 'matched', 'returned', p.id, 11, now() FROM payments p, bank_statements s`,
  'cash is what came, less what went back': `${TAKEN_TWICE} ALTER TABLE payments DISABLE TRIGGER USER; UPDATE payments SET excess_amount = 3`,
  'the ledger says what customers owe and have paid ahead': `${TAKEN_TWICE} UPDATE payments SET covered_amount = 1`,
  'what documents, their lines and the ledger refer to is there': `${WRITTEN_OFF} ALTER TABLE invoice_lines DISABLE TRIGGER USER; UPDATE invoice_lines SET service_id = 2000000000`,
  'nobody was given back more than was charged': `${WRITTEN_OFF} ALTER TABLE invoice_lines DISABLE TRIGGER USER;
    UPDATE invoice_lines SET key = 'd:3:r:7:2025-01-01:x', amount = -1`,
  'a period is billed by one recurring invoice': `DROP INDEX invoices_one_of_a_period;
    INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, period_from, subtotal_amount, tax_amount, total_amount, created_by)
    SELECT partner_id, customer_id, id, 'invoice', 'recurring', 'engine', currency, '2025-01-01', 0, 0, 0, 'spec' FROM billing_accounts, generate_series(1, 2)`,
  'no account that was billed is behind what it was billed for': `UPDATE billing_accounts SET next_run_on = '2025-01-01';
    INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, period_from, subtotal_amount, tax_amount, total_amount, created_by)
    SELECT partner_id, customer_id, id, 'invoice', 'recurring', 'engine', currency, '2025-02-01', 0, 0, 0, 'billing run 1' FROM billing_accounts`,
};

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await makeSubscriber(database.ownerUrl);
  client = new Client({ connectionString: database.superUrl });
  await client.connect();
}, 120_000);
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const seen = async () => Object.keys(await violationsIn(async (sql) => (await client.query(sql)).rows));

// Each in a transaction that never was.
it.each(Object.entries(BROKEN))('"%s" is seen to be broken', async (name, sql) => {
  await client.query('BEGIN');
  try {
    expect(await seen()).toEqual([]);
    await client.query(sql);
    expect(await seen()).toContain(name);
  } finally {
    await client.query('ROLLBACK');
  }
});

it('fails the spec whose database is broken at its end, by name', async () => {
  const own = await createTestDatabase();
  await makeSubscriber(own.ownerUrl);
  const name = 'nothing is open for a service that ended';
  await query(own.superUrl, BROKEN[name] as string);
  await expect(own.drop()).rejects.toThrow(name);
});

it('is an invariant that there is', () => {
  expect(Object.keys(INVARIANTS)).toEqual(expect.arrayContaining(Object.keys(BROKEN)));
});
