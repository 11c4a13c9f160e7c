import { CreditInvoice, WriteOffInvoice } from '@isp/domain/billing';
import { OrderInternetService } from '@isp/domain/services';
import { EVERYTHING, type Thing, factory } from '../support/api-fixtures.js';
import type { ApiWorld } from '../support/api-world.js';

const OF_ONE = 'of one thing, in the order in which it happened';
const SETTINGS = 'a handful of settings';

/** The lists that callers cannot sort, and why. A new list without `sort` must be named here. */
export const UNSORTED: Readonly<Record<string, string>> = {
  '/v1/network/vrfs': SETTINGS,
  '/v1/network/alarm-thresholds': SETTINGS,
  '/v1/network/nas': SETTINGS,
  '/v1/network/vlans': 'in the order of the ports',
  '/v1/network/pools/{pool_id}/addresses': 'in the order of the addresses',
  '/v1/network/addresses/{address}/history': OF_ONE,
  '/v1/network/nodes/{node_id}/affected': 'of one node, as they hang below each other',
  '/v1/network/devices/{device_id}/samples': OF_ONE,
  '/v1/network/sessions': 'accounting writes to it all the time: it has no index to spare',
  '/v1/services/{service_id}/auth-attempts': OF_ONE,
  '/v1/services/{service_id}/usage/throttling': OF_ONE,
  '/v1/services/{service_id}/history': OF_ONE,
  '/v1/services/{service_id}/changes': OF_ONE,
  '/v1/billing/accounts/{account_id}/statement': 'a balance runs in the order of the postings',
  '/v1/billing/accounts/{account_id}/charges': OF_ONE,
  '/v1/billing/promotions': SETTINGS,
  '/v1/billing/runs/{run_id}/findings': 'in the order of the accounts',
  '/v1/billing/tax-rates': SETTINGS,
  '/v1/dunning/policies': SETTINGS,
  '/v1/dunning/holidays': 'a calendar',
  '/v1/reports/ageing': 'a report, whose groups are made in the order of an index',
  '/v1/outages/{outage_id}/services': 'of one outage, in the order of the services',
  '/v1/outages/{outage_id}/corrections': OF_ONE,
  '/v1/service-level-terms': SETTINGS,
  '/v1/work-orders/{work_order_id}/comments': OF_ONE,
  '/v1/work-orders/{work_order_id}/history': OF_ONE,
  '/v1/technicians/{technician_id}/absences': OF_ONE,
  '/v1/premises/search': 'the best match comes first',
  '/v1/premises/{premise_id}/history': OF_ONE,
  '/v1/premise-imports/{import_id}/rows': 'in the order of the file',
  '/v1/partners/{partner_id}/products/{product_id}/prices': OF_ONE,
  '/v1/areas/{area_id}/products': SETTINGS,
  '/v1/partners/{partner_id}/settlements/{month}/lines': 'in the order of the document',
  '/v1/tickets/{ticket_id}/comments': OF_ONE,
  '/v1/tickets/{ticket_id}/history': OF_ONE,
  '/v1/ticket-categories': SETTINGS,
  '/v1/support-teams': SETTINGS,
  '/v1/sla/policies': SETTINGS,
  '/v1/sla/calendars': SETTINGS,
  '/v1/plans/{plan_id}/versions': OF_ONE,
};

/** Words that stood for an order before fields did. */
export const LEGACY_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/v1/outages': { newest: '-created_at', oldest: 'created_at' },
  '/v1/maintenance-windows': { newest: '-created_at', next: 'starts_at' },
  '/v1/dunning/cases': {
    newest: '-opened_at',
    next: 'next_at',
    largest: '-overdue_amount',
    oldest_debt: 'overdue_since',
  },
  '/v1/usage': { total: 'bytes_total', '-total': '-bytes_total' },
  '/v1/areas': { updated_at: '-updated_at' },
};

/** Fields that no index serves for everybody: the filter that their list is tried with. */
export const NARROWED_BY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/v1/services': { activated_at: 'customer_id', monthly_fee: 'customer_id' },
  '/v1/provisioning/jobs': { scheduled_time: 'service_id', finished_at: 'service_id' },
  '/v1/billing/invoices': {
    created_at: 'customer_id',
    issue_date: 'customer_id',
    due_date: 'account_id',
    total_amount: 'customer_id',
    amount_due: 'account_id',
  },
  '/v1/billing/credit-notes': {
    created_at: 'customer_id',
    issue_date: 'customer_id',
    due_date: 'account_id',
    total_amount: 'customer_id',
    amount_due: 'account_id',
  },
  '/v1/billing/payments': { amount: 'customer_id' },
  '/v1/billing/refunds': { amount: 'customer_id' },
  '/v1/billing/write-offs': { amount: 'customer_id' },
  '/v1/billing/charges': { amount: 'customer_id' },
  '/v1/billing/accounts': { name: 'customer_id', open_amount: 'customer_id', credit_balance: 'customer_id' },
  '/v1/billing/bank-entries': { amount: 'statement_id', payer_name: 'statement_id' },
  '/v1/service-levels': { actual_uptime_percent: 'customer_id', credit_amount: 'service_id' },
  '/v1/messages': { sent_at: 'customer_id' },
  '/v1/network/drift': { repaired_at: 'service_id' },
  '/v1/tickets': { due_at: 'due_from' },
};

/** Fields whose words are not in the order of the alphabet, least first. */
export const RANKS: Readonly<Record<string, readonly string[]>> = { priority: ['low', 'medium', 'high', 'critical'] };

const RESELLER = 2;
/** What the sandbox has none or one of. */
const MADE: readonly Thing[] = [
  'api_key',
  'reservation',
  'alarm',
  'delivery',
  'charge',
  'refund',
  'matched_bank_entry',
  'promise',
  'dispute',
  'message',
  'outage',
  'maintenance_window',
  'service_level',
  'premise_import',
  'partner_product',
  'promotion',
  'settled_month',
  'supplier_contract',
  'billing_run',
  'failed_job',
];

/** A row like the last one of a table, but for some columns: for what nothing but time makes more of. */
async function twin(world: ApiWorld, table: string, changes: Readonly<Record<string, string>>): Promise<void> {
  const [schema, name] = table.includes('.') ? table.split('.') : ['public', table];
  const columns = await world.sql<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
      WHERE table_schema = '${schema}' AND table_name = '${name}' AND is_identity = 'NO' AND is_generated = 'NEVER'`,
  );
  const names = columns.map((column) => column.name);
  const values = names.map((column) => changes[column] ?? `x.${column}`);
  await world.sql(`INSERT INTO ${table} (${names.join(', ')})
    SELECT ${values.join(', ')} FROM ${table} x ORDER BY ${changes['from'] ?? 'id'} DESC LIMIT 1`);
}

/** Two of each at least, and two of one customer where a list is narrowed to one. */
export async function fill(world: ApiWorld): Promise<void> {
  const { make, use } = factory(world);
  for (const thing of MADE) {
    await make[thing](RESELLER);
    await make[thing](RESELLER);
  }
  const customerId = Number(await make.customer(RESELLER));
  const order = { actor: EVERYTHING, customerId, planId: 1 };
  for (const _ of [1, 2, 3]) await use(OrderInternetService).execute(order);
  const invoiceId = Number(await make.invoice(RESELLER));
  const line = (amount: string) => ({ actor: EVERYTHING, invoiceId, reason: 'Spec', lines: [{ position: 1, amount }] });
  await use(CreditInvoice).execute(line('2'));
  await use(CreditInvoice).execute(line('1'));
  for (const amount of ['2', '1'])
    await use(WriteOffInvoice).execute({ actor: EVERYTHING, invoiceId, amount, reason: 'settlement' });
  const failed = {
    key: 'gen_random_uuid()',
    gateway_reference: 'NULL',
    status: `'failed'`,
    code: `'generic_decline'`,
    finished_at: 'now()',
    amount: 'amount + 1',
  };
  await twin(world, 'charges', { ...failed, payment_id: 'NULL', retry_at: 'NULL' });
  await twin(world, 'refunds', { ...failed, channel: `'gateway'` });
  const unmatched = { status: `'ignored'`, payment_id: 'NULL', rule: 'NULL', matched_by: 'NULL' };
  await twin(world, 'bank_entries', { ...unmatched, entry_key: `'another'`, payer_name: `'Zoe'`, amount: '7' });
  const cancelled = { status: `'cancelled'`, last_error: `'Spec'`, next_attempt_at: 'NULL' };
  await twin(world, 'messages', { ...cancelled, guid: 'gen_random_uuid()', once_key: 'NULL' });
  const month = { month: `(month - interval '1 month')::date`, issued_at: `issued_at - interval '1 day'` };
  await twin(world, 'settlements', { ...month, guid: 'gen_random_uuid()' });
  await twin(world, 'provisioning_jobs', { guid: 'gen_random_uuid()', scheduled_at: `now() + interval '1 day'` });
  await world.sql(`
    INSERT INTO usage_daily (partner_id, customer_id, service_id, day, input_octets, output_octets)
      SELECT partner_id, customer_id, id, now()::date, id % 3, 1 FROM services ORDER BY id LIMIT 7;
    INSERT INTO radius.radacct (acctuniqueid, acctsessionid, username, partner_id, customer_id, service_id, nasipaddress, acctstarttime, acctupdatetime, heard_at, acctstoptime, closed_by)
      SELECT 'spec-' || n, 'spec-' || n, 'spec', partner_id, customer_id, id, '127.0.0.1', now() - n * interval '1 hour', now(), now(), now(), 'nas'
        FROM generate_series(1, 3) n, (SELECT * FROM services WHERE partner_id = ${RESELLER} ORDER BY id LIMIT 1) s;
    INSERT INTO network_drifts (partner_id, customer_id, service_id, kind, desired, observed, cause, detected_at, repaired_at, repair)
      SELECT partner_id, customer_id, id, 'rate', '{}', '{}', 'spec', now(), CASE WHEN n < 3 THEN now() - n * interval '1 hour' END, CASE WHEN n < 3 THEN 'spec' END
        FROM generate_series(1, 3) n, (SELECT * FROM services WHERE partner_id = ${RESELLER} ORDER BY id LIMIT 1) s;
    UPDATE tickets SET escalation_level = 1 + id % 2, escalated_at = now() - id * interval '1 minute', escalated_to = 'spec'
     WHERE id IN (SELECT id FROM tickets WHERE status IN ('open', 'in_progress') ORDER BY id LIMIT 4)`);
}

/** For filters and paths: whoever has the most of it. */
export async function placesOf(world: ApiWorld): Promise<Readonly<Record<string, string>>> {
  const most = async (from: string, column: string): Promise<string> => {
    const [row] = await world.sql<{ id: string }>(
      `SELECT ${column}::text AS id FROM ${from} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1`,
    );
    return row?.id ?? 'nobody';
  };
  return {
    due_from: '2000-01-01T00:00:00Z',
    service_id: await most('radius.sessions WHERE service_id IS NOT NULL', 'service_id'),
    partner_id: await most('promotions', 'partner_id'),
    '/v1/partners/{partner_id}/tokens partner_id': String(RESELLER),
    '/v1/partners/{partner_id}/settlements partner_id': await most('settlements', 'partner_id'),
    '/v1/partners/{partner_id}/products partner_id': await most('partner_products', 'partner_id'),
    '/v1/services customer_id': await most('services', 'customer_id'),
    '/v1/provisioning/jobs service_id': await most('provisioning_jobs', 'service_id'),
    '/v1/billing/invoices customer_id': await most(`invoices WHERE document = 'invoice'`, 'customer_id'),
    '/v1/billing/invoices account_id': await most(`invoices WHERE document = 'invoice'`, 'account_id'),
    '/v1/billing/credit-notes customer_id': await most(`invoices WHERE document = 'credit_note'`, 'customer_id'),
    '/v1/billing/credit-notes account_id': await most(`invoices WHERE document = 'credit_note'`, 'account_id'),
    '/v1/billing/payments customer_id': await most('payments', 'customer_id'),
    '/v1/billing/refunds customer_id': await most('refunds', 'customer_id'),
    '/v1/billing/write-offs customer_id': await most('write_offs', 'customer_id'),
    '/v1/billing/charges customer_id': await most('charges', 'customer_id'),
    '/v1/billing/accounts customer_id': await most('billing_accounts', 'customer_id'),
    '/v1/billing/bank-entries statement_id': await most('bank_entries', 'statement_id'),
    '/v1/service-levels customer_id': await most('service_levels', 'customer_id'),
    '/v1/service-levels service_id': await most('service_levels', 'service_id'),
    '/v1/messages customer_id': await most('messages', 'customer_id'),
    '/v1/network/drift service_id': await most('network_drifts', 'service_id'),
  };
}
