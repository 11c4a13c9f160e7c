import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Actor, PERMISSIONS, systemActor } from '@isp/contracts';
import { CreateApiKey, CreateUser, SetCustomerPassword } from '@isp/domain/access';
import { CreatePlan, PlanQueries } from '@isp/domain/catalog';
import { CreateCustomer, CustomerQueries, SetCustomerStatus } from '@isp/domain/customers';
import { DefineRouter } from '@isp/domain/network';
import { CreatePartner, PartnerQueries } from '@isp/domain/partners';
import { RequestProvisioning } from '@isp/domain/provisioning';
import { OrderInternetService } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { CUSTOMER_COUNT, PARTNERS, PEOPLE, PLANS, PROFILES, ROUTERS, customerNumber } from './sandbox-data.js';

export interface Login {
  readonly login: string;
  readonly password: string;
}

export interface SandboxLogins {
  readonly admin: Login;
  readonly reseller: Login;
  readonly customer: Login;
  readonly [role: string]: unknown;
}

/** The sandbox fills itself with the powers of its administrator. */
export const SEEDER: Actor = { ...systemActor('sandbox'), permissions: new Set(PERMISSIONS) };

const ALL = { limit: 1_000, offset: 0 };
const passwordOf = (name: string): string => `${name}-sandbox-password`;

/**
 * Fills an empty database with the sandbox's test data: customers 1 to 100 and all that belongs to them. Run again it
 * adds what is missing and changes nothing. Answers one log-in per role.
 */
export async function seedSandbox(app: NestFastifyApplication): Promise<SandboxLogins> {
  const partnerIds = await seedPartners(app);
  await seedPeople(app, partnerIds);
  await seedCatalogueAndNetwork(app);
  const first = await seedCustomers(app, partnerIds);
  const logins = Object.fromEntries(
    PEOPLE.map(({ username }) => [username, { login: username, password: passwordOf(username) }]),
  );
  return { ...logins, customer: { login: first, password: passwordOf('customer') } } as unknown as SandboxLogins;
}

/** An API key of the operator with every permission; its text is in the answer alone. */
export async function issueSandboxKey(app: NestFastifyApplication): Promise<string> {
  const issued = await app
    .get(CreateApiKey, { strict: false })
    .execute({ actor: SEEDER, name: 'sandbox', scopes: [...PERMISSIONS], reach: 'all' });
  return issued.secret;
}

async function seedPartners(app: NestFastifyApplication): Promise<number[]> {
  const known = await app.get(PartnerQueries, { strict: false }).list(SEEDER, {}, ALL);
  const ids: number[] = [];
  for (const partner of PARTNERS) {
    const there = known.rows.find(({ name }) => name === partner.name);
    ids.push((there ?? (await app.get(CreatePartner, { strict: false }).execute({ actor: SEEDER, ...partner }))).id);
  }
  return ids;
}

async function seedPeople(app: NestFastifyApplication, partnerIds: readonly number[]): Promise<void> {
  const create = app.get(CreateUser, { strict: false });
  for (const person of PEOPLE) {
    const partner = 'partner' in person ? PARTNERS.findIndex(({ name }) => name === person.partner) : -1;
    const { username, fullName, role } = person;
    const values = {
      username,
      fullName,
      email: `${username}@sandbox.example`,
      password: passwordOf(username),
      roles: [role],
    };
    await create
      .execute({ actor: SEEDER, ...values, ...(partner >= 0 ? { partnerId: partnerIds[partner] } : {}) })
      .catch((error: { code?: string }) => {
        if (error.code !== 'access.user.username_taken') throw error;
      });
  }
}

async function seedCatalogueAndNetwork(app: NestFastifyApplication): Promise<void> {
  const plans = await app.get(PlanQueries, { strict: false }).list(SEEDER, {}, ALL);
  if (plans.total > 0) return;
  const network = app.get(DefineRouter, { strict: false });
  await app.get(UnitOfWork).run(SEEDER, async () => {
    for (const plan of PLANS) await app.get(CreatePlan, { strict: false }).execute({ actor: SEEDER, ...plan });
    await network.defineProfiles(SEEDER, PROFILES);
    for (const router of ROUTERS) await network.execute({ actor: SEEDER, ...router });
  });
}

/** Customers 1 to 100 in one transaction: all of them or none. Answers the portal id of the first. */
async function seedCustomers(app: NestFastifyApplication, partnerIds: readonly number[]): Promise<string> {
  const queries = app.get(CustomerQueries, { strict: false });
  const there = await queries.find(SEEDER, CUSTOMER_COUNT);
  if (!there) {
    const { rows } = await app.get(PlanQueries, { strict: false }).list(SEEDER, {}, ALL);
    const planIds = new Map(rows.map(({ sku, id }) => [sku, id]));
    await app.get(UnitOfWork).run(SEEDER, async () => {
      for (let n = 1; n <= CUSTOMER_COUNT; n += 1) await seedCustomer(app, n, partnerIds, planIds);
    });
  }
  const first = await queries.get(SEEDER, 1);
  const { id, partnerId, portalId, email, name, portalUserGuid } = first;
  const password = passwordOf('customer');
  if (!there) {
    const login = { partnerId, customerId: id, portalId, email, fullName: name, password, guid: portalUserGuid };
    await app.get(SetCustomerPassword, { strict: false }).execute({ actor: SEEDER, ...login });
  }
  return portalId;
}

async function seedCustomer(
  app: NestFastifyApplication,
  n: number,
  partnerIds: readonly number[],
  planIds: ReadonlyMap<string, number>,
): Promise<void> {
  const { partner, planSku, fate, ...values } = customerNumber(n);
  const partnerId = partner === 0 ? 1 : partnerIds[partner - 1];
  const customer = await app
    .get(CreateCustomer, { strict: false })
    .execute({ actor: SEEDER, ...values, partnerId, trial: fate === 'trial' });
  if (fate === 'terminated') {
    await app
      .get(SetCustomerStatus, { strict: false })
      .execute({ actor: SEEDER, customerId: n, status: 'terminated', reason: 'Moved away' });
    return;
  }
  const order = {
    actor: SEEDER,
    customerId: customer.id,
    planId: planIds.get(planSku) as number,
    installationAddress: values.address,
  };
  const service = await app.get(OrderInternetService, { strict: false }).execute(order);
  if (n % 10 !== 9)
    await app
      .get(RequestProvisioning, { strict: false })
      .execute({ actor: SEEDER, serviceId: service.id, request: {}, priority: 'low' });
  if (fate === 'suspended') {
    await app
      .get(SetCustomerStatus, { strict: false })
      .execute({ actor: SEEDER, customerId: n, status: 'suspended', reason: 'Unpaid' });
  }
}
