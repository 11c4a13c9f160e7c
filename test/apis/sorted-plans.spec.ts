import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { USER_SORTING } from '@isp/domain/access';
import { AUDIT_SORTING } from '@isp/domain/audit';
import {
  BANK_ENTRY_SORTING,
  CHARGE_SORTING,
  INVOICE_SORTING,
  PAYMENT_SORTING,
  REFUND_SORTING,
  WRITE_OFF_SORTING,
} from '@isp/domain/billing';
import { CUSTOMER_SORTING } from '@isp/domain/customers';
import { DEVICE_SORTING, DRIFT_SORTING } from '@isp/domain/network';
import { MESSAGE_SORTING } from '@isp/domain/notifications';
import { SERVICE_LEVEL_SORTING } from '@isp/domain/outages';
import { PREMISE_SORTING } from '@isp/domain/premises';
import { JOB_SORTING } from '@isp/domain/provisioning';
import { SERVICE_SORTING } from '@isp/domain/services';
import { TICKET_SORTING } from '@isp/domain/tickets';
import { DELIVERY_SORTING } from '@isp/domain/webhooks';
import { APPOINTMENT_SORTING, WORK_ORDER_SORTING } from '@isp/domain/work-orders';
import type { Sort, Sorting } from '@isp/platform/database';
import { type TestDatabase, createTestDatabase } from '../support/test-postgres.js';

interface LongList {
  readonly rows: string;
  readonly sorting: Sorting;
  /** Its index holds what is all but unique: what is equal in it is sorted by the id within a page. */
  readonly nearlyUnique?: true;
}

/** Lists that grow with the customers and with time. */
const LONG: readonly LongList[] = [
  { rows: 'customers c', sorting: CUSTOMER_SORTING },
  { rows: 'services s', sorting: SERVICE_SORTING },
  { rows: 'provisioning_jobs j', sorting: JOB_SORTING },
  { rows: 'invoices i', sorting: INVOICE_SORTING },
  { rows: 'payments p', sorting: PAYMENT_SORTING },
  { rows: 'refunds r', sorting: REFUND_SORTING },
  { rows: 'write_offs w', sorting: WRITE_OFF_SORTING },
  { rows: 'charges c', sorting: CHARGE_SORTING },
  { rows: 'bank_entries e', sorting: BANK_ENTRY_SORTING },
  { rows: 'tickets t', sorting: TICKET_SORTING },
  { rows: 'work_orders w', sorting: WORK_ORDER_SORTING },
  { rows: 'appointments a', sorting: APPOINTMENT_SORTING },
  { rows: 'premises p', sorting: PREMISE_SORTING },
  { rows: 'messages m', sorting: MESSAGE_SORTING },
  { rows: 'webhook_deliveries d', sorting: DELIVERY_SORTING },
  { rows: 'service_levels l', sorting: SERVICE_LEVEL_SORTING },
  { rows: 'network_drifts d', sorting: DRIFT_SORTING },
  { rows: 'devices d', sorting: DEVICE_SORTING },
  { rows: 'users u', sorting: USER_SORTING, nearlyUnique: true },
  { rows: 'audit_entries', sorting: AUDIT_SORTING, nearlyUnique: true },
];
const SHARED = ['premises p', 'devices d'];

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.appUrl });
  await client.connect();
}, 120_000);
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** Whether nothing but sorting all rows gives this order: then the planner does, although it was told not to. */
async function plannedFor({ rows, nearlyUnique }: LongList, orderBy: string, partner: boolean): Promise<string> {
  const alias = rows.split(' ').at(-1);
  const own = partner && !SHARED.includes(rows) ? `WHERE ${alias}.partner_id = 2` : '';
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL ROLE isp_app; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off;
      SET LOCAL enable_incremental_sort = ${nearlyUnique ? 'on' : 'off'}`);
    await client.query(`SELECT set_config('app.unrestricted', $1, true), set_config('app.partner_id', '2', true)`, [
      partner ? 'off' : 'on',
    ]);
    const plan = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (COSTS OFF) SELECT ${alias}.* FROM ${rows} ${own} ORDER BY ${orderBy} LIMIT 25`,
    );
    return plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  } finally {
    await client.query('ROLLBACK');
  }
}

describe.each(LONG)('a page of $rows', (list) => {
  const fields = list.sorting.fields.filter((field) => list.sorting.needs(field).length === 0);
  const sorts = fields.flatMap((field): Sort[] => [field, `-${field}`]);

  it.each(sorts)('is read from an index in the order of %s', async (sort) => {
    for (const partner of [false, true]) {
      const plan = await plannedFor(list, list.sorting.orderBy(sort, partner), partner);
      expect(plan).toContain('Index');
      expect(plan).not.toMatch(/(?<!Incremental )Sort\n/);
    }
  });
});

// Hot tables get no index for it (ADR 45), and of what the network drifts there is little.
const COUNTED_ON_THE_TABLE = ['provisioning_jobs j', 'network_drifts d'];
const counted = LONG.filter(({ rows }) => !COUNTED_ON_THE_TABLE.includes(rows));

it.each(counted)('$rows are counted on an index alone', async ({ rows }) => {
  await client.query('BEGIN');
  await client.query(`SET LOCAL ROLE isp_app; SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off`);
  await client.query(`SELECT set_config('app.unrestricted', 'on', true)`);
  const plan = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS OFF) SELECT count(*) FROM ${rows}`);
  await client.query('ROLLBACK');
  expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Only Scan');
});

describe('a column without an index', () => {
  it('is seen', async () => {
    const [customers] = LONG;
    const plan = customers && (await plannedFor(customers, 'c.phone, c.id', false));
    expect(plan).toMatch(/(?<!Incremental )Sort\n/);
  });
});
