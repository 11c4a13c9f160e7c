import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { systemActor } from '@isp/contracts';
import { accessEntities } from '@isp/domain/access';
import { CreatePlan, catalogEntities } from '@isp/domain/catalog';
import { CreateCustomer, customersEntities } from '@isp/domain/customers';
import { partnersEntities } from '@isp/domain/partners';
import {
  MoveService,
  OrderInternetService,
  ReactivateService,
  ServiceQueries,
  type ServiceStatus,
  ServicesModule,
  SuspendService,
  servicesEntities,
} from '@isp/domain/services';
import { addSeconds, systemClock } from '@isp/kernel';
import { query } from './embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from './test-postgres.js';
import { foundations } from './webhooks-world.js';

@Module({})
class World {}

export const actor = systemActor('spec');
export const clock = { shift: 0, now: () => addSeconds(systemClock.now(), clock.shift) };
let database: TestDatabase;
let worlds: INestApplicationContext[];
export let plans: { home: number; fast: number; euro: number; voice: number; duo: number };

export const use = <T>(type: Type<T>, process = 0): T =>
  (worlds[process] as INestApplicationContext).get(type, { strict: false });
export const sql = <R extends object>(text: string) => query<R>(database.ownerUrl, text);

/**
 * The services domain, and others above it, in two processes on one database, with a clock that a test may move and a
 * few plans.
 */
export async function openServices(...above: readonly Type[]): Promise<void> {
  // Modules live as long as their worker: another spec may have left it elsewhere.
  clock.shift = 0;
  database = await createTestDatabase();
  database.exempt(
    'a service in provisioning has a job that is not over',
    'services are moved by hand: nobody provisions',
  );
  const entities = [
    ...accessEntities,
    ...partnersEntities,
    ...catalogEntities,
    ...customersEntities,
    ...servicesEntities,
  ];
  const start = () =>
    NestFactory.createApplicationContext(
      {
        module: World,
        imports: [...foundations(database.appUrl, clock, 'api', entities).imports, ServicesModule, ...above],
      },
      { logger: false, abortOnError: false },
    );
  worlds = [await start(), await start()];
  // New York's midnight is four or five hours after ours.
  await sql(`UPDATE partners SET time_zone = 'America/New_York' WHERE id = 1;
    INSERT INTO bandwidth_profiles (name, download_kbps, upload_kbps) VALUES ('100M', 100000, 20000), ('300M', 300000, 50000);
    INSERT INTO devices (name, driver) VALUES ('r1', 'simulated')`);
  const plan = async (
    sku: string,
    serviceType: 'internet' | 'voice' | 'bundle',
    monthlyAmount: string,
    speed?: number,
    currency = 'USD',
    parts: readonly number[] = [],
  ) =>
    (
      await use(CreatePlan).execute({
        actor,
        sku,
        name: sku,
        category: 'Spec',
        serviceType,
        monthlyAmount,
        currency,
        ...(parts.length > 0 ? { parts: parts.map((planId) => ({ planId, quantity: 1 })) } : {}),
        ...(speed ? { downloadMbps: speed, uploadMbps: 20 } : {}),
      })
    ).id;
  const home = await plan('HOME', 'internet', '79.99', 100);
  const voice = await plan('VOICE', 'voice', '12.50');
  plans = {
    home,
    voice,
    fast: await plan('FAST', 'internet', '99.99', 300),
    euro: await plan('EURO', 'internet', '99.99', 300, 'EUR'),
    duo: await plan('DUO', 'bundle', '84.99', undefined, 'USD', [home, voice]),
  };
}

/** Names what a spec breaks by its own hand. */
export const exempt: TestDatabase['exempt'] = (invariant, why) => database.exempt(invariant, why);

export async function closeServices(): Promise<void> {
  await Promise.all(worlds.map((world) => world.close()));
  await database.drop();
}

let serial = 0;
export const unique = (): number => (serial += 1);
export async function customer(): Promise<number> {
  serial += 1;
  const values = {
    name: `C ${serial}`,
    email: `c${serial}@spec.example`,
    phone: `+1202555${String(serial).padStart(4, '0')}`,
  };
  return (await use(CreateCustomer).execute({ actor, partnerId: 1, ...values })).id;
}
export const order = async (customerId?: number) =>
  (await use(OrderInternetService).execute({ actor, customerId: customerId ?? (await customer()), planId: plans.home }))
    .id;
export const move = (serviceId: number, to: ServiceStatus) => use(MoveService).execute({ actor, serviceId, to });

/** A subscriber as provisioning leaves it. */
export async function online(serviceId: number): Promise<number> {
  await move(serviceId, 'provisioning');
  await move(serviceId, 'active');
  await sql(`INSERT INTO subscribers (partner_id, customer_id, service_id, username, password_sealed, router_id, prefix_length, bandwidth_profile, download_kbps, upload_kbps)
    SELECT partner_id, customer_id, id, 'u' || id, 'x', 1, 24, '100M', 100000, 20000 FROM services WHERE id = ${serviceId} AND service_type = 'internet'`);
  return serviceId;
}
export const active = async (customerId?: number) => online(await order(customerId));
export const read = (id: number) => use(ServiceQueries).get(actor, id);
export const stateOf = async (id: number) => {
  const { status, suspendedFor } = await read(id);
  return [status, suspendedFor.join('+')];
};
export const wanted = async (id: number) => {
  const [row] = await sql<{ access: string; bandwidth_profile: string }>(
    `SELECT access, bandwidth_profile FROM subscribers WHERE service_id = ${id}`,
  );
  return row;
};
export const events = async (id: number) =>
  (await sql<{ name: string }>(`SELECT name FROM outbox WHERE (payload->>'service_id')::int = ${id} ORDER BY id`)).map(
    ({ name }) => name.split('.')[2],
  );
export const suspend = (serviceId: number, cause: 'manual' | 'payment' | 'abuse', walledGarden = true) =>
  use(SuspendService).execute({ actor, serviceId, cause, walledGarden });
export const reactivate = (serviceId: number, cause?: 'manual' | 'payment' | 'abuse' | 'pause') =>
  use(ReactivateService).execute({ actor, serviceId, cause });
/** The day that it is in New York, `days` later. */
export async function dayIn(days: number): Promise<string> {
  const [row] = await sql<{ day: string }>(
    `SELECT (('${clock.now().toISOString()}'::timestamptz AT TIME ZONE 'America/New_York')::date + ${days})::text AS day`,
  );
  return row?.day ?? '';
}
