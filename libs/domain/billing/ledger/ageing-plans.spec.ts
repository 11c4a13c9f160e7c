import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { API_LIMITS, sessionOptions } from '@isp/platform/database';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { AGEING_NOW, AGEING_OF_CUSTOMERS, AGEING_THEN } from './ageing.queries.js';

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

it.each([
  ['now', AGEING_NOW, `NULL, NULL, now(), 'currency', 25, 0`],
  ['now, of a customer', AGEING_NOW, `NULL, 7, now(), 'currency', 25, 0`],
  ['now, by partner', AGEING_NOW, `NULL, NULL, now(), 'partner', 25, 0`],
  ['now, by customer', AGEING_OF_CUSTOMERS, `NULL, NULL, now(), 25, 0`],
  ['of a day of the past', AGEING_THEN, `NULL, NULL, now(), current_date, 'customer', 25, 0`],
] as const)('asks of all payments those alone that are owed again: %s', async (_, { text }, values) => {
  await client.query(`DEALLOCATE ALL; PREPARE ageing AS ${text}`);
  const { rows } = await client.query<Record<string, string>>(`EXPLAIN EXECUTE ageing (${values})`);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('payments_owed_');
  expect(plan).not.toContain('Seq Scan on payments');
});
