import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';

/** What each column takes, and what it must refuse. */
const COLUMNS: readonly (readonly [column: string, taken: string, ...refused: string[]])[] = [
  ['services.service_type', 'bundle', 'phone', ''],
  ['services.status', 'pending_activation', 'gone', 'Active'],
  ['services.operational_status', 'degraded', 'up'],
  ['services.phone_number', '+12025550123', '12025550123', '+0123456789', '+12'],
  ['services.download_mbps', '1', '0', '-1'],
  ['services.upload_mbps', '1', '0', '-1'],
  ['services.data_limit_gb', '1', '0', '-1'],
  ['services.monthly_amount', '0', '-0.0001', '10000000000'],
  ['services.activation_amount', '0', '-0.0001', '10000000000'],
  ['subscribers.access', 'walled_garden', 'shut'],
  ['subscribers.convergence', 'unreachable', 'lost'],
  ['subscribers.vlan_id', '4094', '0', '4095'],
  ['subscribers.prefix_length', '128', '-1', '129'],
  ['subscribers.download_kbps', '1', '0'],
  ['subscribers.upload_kbps', '1', '0'],
  ['subscribers.session_limit', '1', '0'],
  ['provisioning_jobs.status', 'dead', 'lost'],
  ['provisioning_jobs.priority', 'urgent', 'highest'],
  ['provisioning_jobs.kind', 'voice_deprovision', 'voice'],
  ['provisioning_jobs.ends_as', 'cancelled', 'dead'],
  ['work_items.status', 'succeeded', 'done'],
  ['work_items.priority', '4', '0', '5'],
];

describe('columns whose type checks what they hold', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  }, 60_000);
  afterAll(() => database.drop());

  it.each(COLUMNS)('%s takes %s and refuses what is none of its values', async (name, taken, ...refused) => {
    const [table, column] = name.split('.');
    const [found] = await query<{ type: string }>(
      database.superUrl,
      `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attname = '${column}'`,
    );
    // As a row would be written: in one, and in one that is there already.
    await query(database.superUrl, `CREATE TEMP TABLE t (c ${found?.type}); INSERT INTO t VALUES ('${taken}'), (NULL)`);
    for (const value of refused)
      for (const write of [
        `INSERT INTO t VALUES ('${value}')`,
        `INSERT INTO t VALUES (NULL); UPDATE t SET c = '${value}'`,
      ])
        await expect(query(database.superUrl, `CREATE TEMP TABLE t (c ${found?.type}); ${write}`)).rejects.toThrow(
          /violates check constraint|numeric field overflow/,
        );
  });
});
