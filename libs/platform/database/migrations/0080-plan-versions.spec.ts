import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createEmptyDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { planVersions } from './0080-plan-versions.js';
import { migrations } from './index.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createEmptyDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('CREATE TABLE schema_migrations ()');
  for (const { up } of migrations.slice(0, migrations.indexOf(planVersions))) await client.query(up);
}, 60_000);
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('what was sold before plans had versions', () => {
  it('is the first version of its plan', async () => {
    await client.query(`
      INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount, version, status)
        VALUES ('A', 'A', 'home', 'internet', 100, 10, 79.99, 7, 'active'), ('B', 'B', 'home', 'internet', 50, 5, 30, 1, 'retired');
      INSERT INTO customers (partner_id, portal_id, name, email, phone) VALUES (1, '10000001', 'A', 'a@spec.example', '+12025550100');
      INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency)
        SELECT 1, c.id, 'internet', p.id, p.monthly_amount, 0, 'USD' FROM customers c, plans p`);
    await client.query(planVersions.up);
    const { rows } = await client.query(
      `SELECT p.sku, p.version, p.revision, p.sold_until IS NOT NULL AS ended, s.plan_version, v.monthly_amount::text AS monthly,
              v.static_ip_available AS static, v.valid_from = p.created_at AND v.valid_until IS NULL AS open
         FROM services s JOIN plans p ON p.id = s.plan_id
         JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version ORDER BY p.sku`,
    );
    const first = { version: 1, plan_version: 1, static: true, open: true };
    expect(rows).toEqual([
      { ...first, sku: 'A', revision: 7, ended: false, monthly: '79.9900' },
      { ...first, sku: 'B', revision: 1, ended: true, monthly: '30.0000' },
    ]);
  });

  it('gives who sells without naming a version the one of that moment', async () => {
    const { rows } = await client
      .query(
        `
      UPDATE plans SET monthly_amount = 10, version = 2 WHERE sku = 'A';
      INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency)
        SELECT 1, c.id, 'internet', p.id, 10, 0, 'USD' FROM customers c, plans p WHERE p.sku = 'A'
        RETURNING plan_version`,
      )
      .then((results) => (results as unknown as pg.QueryResult[]).at(-1) as pg.QueryResult);
    expect(rows).toEqual([{ plan_version: 2 }]);
    await expect(client.query(`UPDATE services SET plan_version = 3`)).rejects.toMatchObject({ code: '23503' });
  });
});
