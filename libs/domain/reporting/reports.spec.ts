import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor, systemActor, systemActorFor } from '@isp/contracts';
import { ConfigModule, loadConfig } from '@isp/platform/config';
import { API_LIMITS, DatabaseModule } from '@isp/platform/database';
import { query } from '../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import { CustomerReport, ProductReport, ReportingModule } from './index.js';

@Module({})
class World {}

const everybody = systemActor('spec');
const north = systemActorFor('spec', 2);
let database: TestDatabase;
let app: INestApplicationContext;

/** Partner 2 lives in New York; its customers 1 to 4 are what their names say. Partner 3 has customer 5. */
const SEED = `
INSERT INTO partners (name, kind, time_zone) VALUES ('North', 'isp', 'America/New_York'), ('South', 'isp', 'UTC');
INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount, currency, contract_months, sla_uptime_percent, status)
VALUES ('A', 'Alpha', 'Residential', 'internet', 50, 10, 0.1, 'USD', 12, 99.9, 'active'),
       ('B', 'Beta', 'SME', 'internet', 1000, 500, 0.2, 'USD', 0, 99.95, 'active'),
       ('C', 'Gamma', 'Old', 'internet', 10, 10, 5, 'USD', 1, 99, 'retired'),
       ('D', 'Delta', 'Voice', 'voice', NULL, NULL, 477.3913, 'ZAR', 1, 99, 'active');
INSERT INTO customers (partner_id, name, email, phone, kind, status, address) VALUES
  (2, 'Two services', 'two@example.com', '+10000001', 'residential', 'active', '{"street": "Home 1", "city": "Town", "zip": "1"}'),
  (2, 'Nothing', 'none@example.com', '+10000002', 'sme', 'trial', '{"street": "Home 2", "city": "Town", "zip": "2"}'),
  (2, 'Gone', 'gone@example.com', '+10000003', 'enterprise', 'terminated', NULL),
  (2, 'Two currencies', 'mixed@example.com', '+10000004', 'residential', 'suspended', NULL),
  (3, 'Elsewhere', 'two@example.com', '+10000005', 'residential', 'active', NULL);
INSERT INTO services (partner_id, customer_id, service_type, plan_id, status, monthly_amount, activation_amount, currency, installation_address, created_at, activated_at, suspended_for) VALUES
  (2, 1, 'internet', 3, 'terminated', 900, 0, 'USD', NULL, '2020-01-01Z', '2020-01-02Z', '{}'),
  (2, 1, 'internet', 1, 'active', 0.1, 0, 'USD', NULL, '2025-01-30T12:00Z', '2025-02-01T03:00Z', '{}'),
  (2, 1, 'internet', 2, 'active', 0.2, 0, 'USD', '{"street": "Shop 1", "city": "Port", "zip": "3"}', '2025-03-01Z', '2025-03-02Z', '{}'),
  (2, 1, 'internet', 1, 'suspended', 70, 0, 'USD', '{"street": "Shop 2", "city": "Port", "zip": "3"}', '2025-04-01Z', '2025-04-02Z', '{manual}'),
  (2, 1, 'internet', 3, 'terminated', 900, 0, 'USD', NULL, '2025-05-01Z', NULL, '{}'),
  (2, 3, 'internet', 2, 'terminated', 10, 0, 'USD', NULL, '2024-06-01T12:00Z', NULL, '{}'),
  (2, 4, 'internet', 1, 'active', 10, 0, 'USD', NULL, '2025-01-31T12:00Z', NULL, '{}'),
  (2, 4, 'voice', 4, 'active', 10, 0, 'ZAR', NULL, '2025-01-31T12:00Z', NULL, '{}'),
  (3, 5, 'internet', 1, 'active', 12.3456, 0, 'USD', NULL, '2025-01-31T23:30Z', '2025-01-31T23:30Z', '{}');
`;

beforeAll(async () => {
  database = await createTestDatabase();
  await query(database.ownerUrl, SEED);
  const settings = { url: database.appUrl, max: 2, limits: API_LIMITS, applicationName: 'reporting-test' };
  const config = loadConfig({ DATABASE_URL: database.appUrl, ISP_MASTER_KEYS: `spec:${'A'.repeat(43)}=` });
  const imports = [ConfigModule.with(config), DatabaseModule.connect(settings, []), ReportingModule];
  app = await NestFactory.createApplicationContext({ module: World, imports }, { logger: false, abortOnError: false });
}, 120_000);
afterAll(async () => {
  await app.close();
  await database.drop();
});

const customers = (actor: Actor, filter = {}) => app.get(CustomerReport).list(actor, filter);
const names = async (actor: Actor, filter = {}) => (await customers(actor, filter)).map(({ name }) => name);
const customer = async (name: string) => (await customers(everybody)).find((row) => row.name === name);

describe('CustomerReport', () => {
  it('adds up active services exactly, names the newest one that lives, and dates the contract of the oldest', async () => {
    expect(await customer('Two services')).toEqual({
      displayId: 'CUST-10001',
      name: 'Two services',
      firstName: null,
      lastName: null,
      kind: 'residential',
      status: 'active',
      email: 'two@example.com',
      phone: '+10000001',
      supportTier: 'Standard',
      planName: 'Alpha',
      monthlyRevenueAmount: '0.3000',
      // Activated on 1 February in UTC, which is still January in New York.
      contractStartOn: '2025-01-31',
      contractEndOn: '2026-01-31',
      installedOn: '2025-01-31',
      serviceAddress: { street: 'Shop 2', city: 'Port', zip: '3' },
    });
  });

  it('shows a customer without services with nothing that follows from them', async () => {
    expect(await customer('Nothing')).toMatchObject({
      planName: null,
      monthlyRevenueAmount: '0',
      contractStartOn: null,
      contractEndOn: null,
      installedOn: null,
      serviceAddress: { street: 'Home 2' },
    });
  });

  it('remembers when the contract of a lost customer began; a plan without a term has no end', async () => {
    expect(await customer('Gone')).toMatchObject({
      planName: null,
      monthlyRevenueAmount: '0',
      contractStartOn: '2024-06-01',
      contractEndOn: null,
      installedOn: null,
      serviceAddress: null,
    });
  });

  it('does not add dollars to rand', async () => {
    expect(await customer('Two currencies')).toMatchObject({ planName: 'Delta', monthlyRevenueAmount: null });
  });

  it('counts months as calendars do', async () => {
    expect(await customer('Elsewhere')).toMatchObject({
      contractStartOn: '2025-01-31',
      contractEndOn: '2026-01-31',
      monthlyRevenueAmount: '12.3456',
    });
  });

  it('filters by status', async () => {
    expect(await names(everybody, { status: 'active' })).toEqual(['Two services', 'Elsewhere']);
    expect(await names(north, { status: 'suspended' })).toEqual(['Two currencies']);
  });

  it('goes on behind a row, and finds nothing behind a stranger', async () => {
    expect(await names(everybody, { limit: 2 })).toEqual(['Two services', 'Nothing']);
    expect(await names(everybody, { limit: 2, after: 'CUST-10002' })).toEqual(['Gone', 'Two currencies']);
    expect(await names(everybody, { after: 'CUST-10005' })).toEqual([]);
    expect(await names(everybody, { after: 'CUST-1' })).toEqual([]);
    expect(await names(systemActorFor('spec', 3), { after: 'CUST-10002' })).toEqual([]);
  });

  it('shows a partner its own customers and a customer itself', async () => {
    expect(await names(north)).toEqual(['Two services', 'Nothing', 'Gone', 'Two currencies']);
    const itself: Actor = { ...north, reach: 'customer', customerId: 1 };
    expect(await customers(itself)).toMatchObject([
      { name: 'Two services', planName: 'Alpha', monthlyRevenueAmount: '0.3000' },
    ]);
  });
});

describe('ProductReport', () => {
  const products = async (filter = {}) => app.get(ProductReport).list(north, filter);

  it('lists what is on sale', async () => {
    expect(await products()).toEqual([
      {
        sku: 'A',
        name: 'Alpha',
        category: 'Residential',
        downloadMbps: 50,
        monthlyAmount: '0.1000',
        currency: 'USD',
        slaUptimePercent: '99.900',
      },
      {
        sku: 'B',
        name: 'Beta',
        category: 'SME',
        downloadMbps: 1000,
        monthlyAmount: '0.2000',
        currency: 'USD',
        slaUptimePercent: '99.950',
      },
      {
        sku: 'D',
        name: 'Delta',
        category: 'Voice',
        downloadMbps: null,
        monthlyAmount: '477.3913',
        currency: 'ZAR',
        slaUptimePercent: '99.000',
      },
    ]);
  });

  it('goes on behind a SKU', async () => {
    expect((await products({ after: 'A', limit: 1 })).map(({ sku }) => sku)).toEqual(['B']);
    expect(await products({ after: 'nothing' })).toEqual([]);
  });
});
