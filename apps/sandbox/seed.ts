import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CreateUser, UserQueries } from '@isp/domain/access';
import { CreateBandwidthProfile, CreatePlan, PlanQueries } from '@isp/domain/catalog';
import { DEFAULT_VRF_ID, DefineRouter, PoolRegister, PrefixRegister } from '@isp/domain/network';
import { CreatePartner, PartnerQueries } from '@isp/domain/partners';
import { UnitOfWork } from '@isp/platform/database';
import { IPV6, PLANS, PROFILES, ROUTERS } from './sandbox-data.js';
import { PARTNERS, PEOPLE } from './sandbox-people.js';
import { BUNDLES } from './sandbox-voice.js';
import { seedCustomers } from './seed-customers.js';
import { seedEquipment } from './seed-equipment.js';
import { SEED_MONEY } from './seed-money.js';
import { seedOutages } from './seed-outages.js';
import { seedOrders } from './seed-orders.js';
import { seedOffers } from './seed-offers.js';
import { seedSuppliers } from './seed-suppliers.js';
import { seedTechnicians } from './seed-technicians.js';
import { seedTickets } from './seed-tickets.js';
import { seedTown } from './seed-town.js';
import { ALL, passwordOf, SEEDER } from './seeder.js';

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

/** What belongs to the customers, each on what came before it. */
const ON_CUSTOMERS = [
  ...SEED_MONEY,
  ...[seedTickets, seedEquipment, seedOutages, seedSuppliers, seedTown, seedOffers, seedOrders, seedTechnicians],
];

/**
 * Fills an empty database with the sandbox's test data: customers 1 to 100 and all that belongs to them. Run again it
 * adds what is missing and changes nothing. Answers one log-in per role.
 */
export async function seedSandbox(
  app: NestFastifyApplication,
  say: (line: string) => void = () => undefined,
): Promise<SandboxLogins> {
  const partnerIds = await seedPartners(app);
  await seedPeople(app, partnerIds);
  await seedCatalogueAndNetwork(app);
  const first = await seedCustomers(app, partnerIds, say);
  for (const seed of ON_CUSTOMERS) await seed(app);
  const logins = Object.fromEntries(
    PEOPLE.map(({ username }) => [username, { login: username, password: passwordOf(username) }]),
  );
  return { ...logins, customer: { login: first, password: passwordOf('customer') } } as unknown as SandboxLogins;
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
  // Asked first, because a password takes its time to be hashed, and most starts make nobody.
  const { rows } = await app.get(UserQueries, { strict: false }).list(SEEDER, {}, ALL);
  const known = new Set(rows.map(({ username }) => username));
  for (const person of PEOPLE.filter(({ username }) => !known.has(username))) {
    const partner = 'partner' in person ? PARTNERS.findIndex(({ name }) => name === person.partner) : -1;
    const { username, fullName, role } = person;
    const values = {
      username,
      fullName,
      email: `${username}@sandbox.example`,
      password: passwordOf(username),
      roles: [role],
    };
    await create.execute({ actor: SEEDER, ...values, ...(partner >= 0 ? { partnerId: partnerIds[partner] } : {}) });
  }
}

async function seedCatalogue(app: NestFastifyApplication): Promise<void> {
  const profile = app.get(CreateBandwidthProfile, { strict: false });
  const plan = app.get(CreatePlan, { strict: false });
  for (const values of PROFILES) await profile.execute({ actor: SEEDER, ...values });
  const ids = new Map<string, number>();
  for (const values of PLANS) ids.set(values.sku, (await plan.execute({ actor: SEEDER, ...values })).id);
  for (const { partSkus, ...values } of BUNDLES) {
    const parts = partSkus.map((sku) => ({ planId: ids.get(sku) as number, quantity: 1 }));
    await plan.execute({ actor: SEEDER, ...values, parts });
  }
}

async function seedCatalogueAndNetwork(app: NestFastifyApplication): Promise<void> {
  const plans = await app.get(PlanQueries, { strict: false }).list(SEEDER, {}, ALL);
  if (plans.total > 0) return;
  const network = app.get(DefineRouter, { strict: false });
  await app.get(UnitOfWork).run(SEEDER, async () => {
    await seedCatalogue(app);
    const routers = [];
    for (const router of ROUTERS) routers.push(await network.execute({ actor: SEEDER, ...router }));
    await seedIpv6(app, routers[0]?.id);
  });
}

async function seedIpv6(app: NestFastifyApplication, deviceId: number | undefined): Promise<void> {
  const place = { vrfId: DEFAULT_VRF_ID, prefix: IPV6.prefix, role: 'assignment', deviceId } as const;
  const { id: prefixId } = await app.get(PrefixRegister, { strict: false }).create({ actor: SEEDER, ...place });
  for (const pool of IPV6.pools)
    await app.get(PoolRegister, { strict: false }).create({ actor: SEEDER, prefixId, ...pool });
}
