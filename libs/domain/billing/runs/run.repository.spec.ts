import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { API_LIMITS, sessionOptions } from '@isp/platform/database';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { PLAN } from './run.repository.js';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({
    connectionString: database.appUrl,
    options: `${sessionOptions(API_LIMITS)} -c app.unrestricted=on -c enable_seqscan=off`,
  });
  await client.connect();
}, 120_000);
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('accounts whose day has come', () => {
  it('are found by their index behind the wall, too', async () => {
    await client.query(`PREPARE plan (integer, timestamptz, integer, date) AS ${PLAN.text}`);
    const { rows } = await client.query<Record<string, string>>('EXPLAIN EXECUTE plan (1, now(), 250, NULL)');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('billing_accounts_due');
    expect(plan).toMatch(/Index Cond: \(CASE WHEN .*next_run_on/);
  });
});
