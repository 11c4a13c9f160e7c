import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteDeclarations, RouteTable } from '@isp/apis/shared';
import { PERMISSIONS } from '@isp/contracts';
import { SetCustomerPassword } from '@isp/domain/access';
import { CustomerQueries } from '@isp/domain/customers';
import { formatApiKey, newApiKey } from '@isp/kernel';
import { CALLS, addressed } from '../support/api-calls.js';
import { EVERYTHING, PASSWORD, type Thing, factory, person } from '../support/api-fixtures.js';
import { type ApiWorld, MovableClock, apiWorld } from '../support/api-world.js';
import { MATRIX, PRINCIPALS, type Principal } from './access-matrix.js';

interface Credential {
  readonly token?: string;
  readonly key?: string;
}

const OPERATOR = 1;
const NORTHWIND = 2;
const RIPPLE = 4;
/** A route that serves many files, pages or places of one kind: the call that stands for it. */
const STANDS_FOR: Readonly<Record<string, string>> = {
  'GET /docs/assets/*': '/docs/assets/swagger-ui.css',
  'GET /admin/queues/*': '/admin/queues/api/queues',
  'GET /wholesale/products/availability/:latitude/:longitude': '/wholesale/products/availability/-29.78/30.98',
};
const clock = new MovableClock();
let world: ApiWorld;
let made: ReturnType<typeof factory>;
const credentials = new Map<Principal, Credential>();

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  clock.shiftSeconds = -3_600;
  credentials.set('expired', { token: await world.tokenOf('noc') });
  clock.shiftSeconds = 0;
  for (const principal of PRINCIPALS) {
    if (principal !== 'expired') credentials.set(principal, await credentialOf(principal));
  }
}, 120_000);
afterAll(() => world.close());

const ROLE_OF: Partial<Record<Principal, readonly [partnerId: number, role: string]>> = {
  reseller: [NORTHWIND, 'reseller_admin'],
  reseller_read: [NORTHWIND, 'reseller_read_only'],
  other_reseller: [3, 'reseller_admin'],
  isp: [RIPPLE, 'isp'],
  billing: [OPERATOR, 'billing'],
  support: [OPERATOR, 'support'],
  noc: [OPERATOR, 'noc'],
  superadmin: [OPERATOR, 'superadmin'],
};

/** Somebody new of the kind, except for keys. */
async function credentialOf(principal: Principal): Promise<Credential> {
  const role = ROLE_OF[principal];
  if (role) return { token: await world.tokenOf((await person(world, ...role)).login, PASSWORD) };
  if (principal === 'customer' || principal === 'other_customer') return { token: await customerToken() };
  if (principal === 'scoped_key') return { key: await world.keyOf(NORTHWIND, ['customer.read']) };
  if (principal === 'full_key') return { key: await world.keyOf(OPERATOR, PERMISSIONS, 'all') };
  if (principal === 'live_key') return { key: formatApiKey(newApiKey(randomBytes(48), { test: false })) };
  return {};
}

let ownCustomer = 0;
async function customerToken(): Promise<string> {
  const id = Number(await made.make.customer(OPERATOR));
  const { partnerId, portalId, email, name, portalUserGuid } = await made.use(CustomerQueries).get(EVERYTHING, id);
  const login = {
    partnerId,
    customerId: id,
    portalId,
    email,
    fullName: name,
    password: PASSWORD,
    guid: portalUserGuid,
  };
  await made.use(SetCustomerPassword).execute({ actor: EVERYTHING, ...login });
  if (ownCustomer === 0) ownCustomer = id;
  return world.tokenOf(portalId, PASSWORD);
}

/** The thing that the principal's call is about: its own, but for the principals that are named "other". */
async function targetOf(principal: Principal, thing: Thing): Promise<string | number> {
  const own = principal === 'customer' ? await ofOwnCustomer(thing) : undefined;
  if (own !== undefined) return own;
  const northwinds = principal === 'other_reseller' || principal === 'scoped_key';
  const partnerId = northwinds ? NORTHWIND : (ROLE_OF[principal]?.[0] ?? OPERATOR);
  return thing === 'partner' && partnerId !== OPERATOR ? partnerId : made.make[thing](partnerId);
}

async function ofOwnCustomer(thing: Thing): Promise<string | number | undefined> {
  if (thing === 'customer') return ownCustomer;
  if (thing === 'service') return ownService();
  if (thing === 'subscribed_service') return made.subscribed(Number(await ownService()));
  if (thing === 'service_with_device') return made.withDevice(await ownService());
  if (thing === 'outage' || thing === 'maintenance_window' || thing === 'service_level')
    return made.happensTo(thing, Number(await ownService()));
  if (Object.hasOwn(made.ticketsOf, thing)) return made.ticketsOf[thing as keyof typeof made.ticketsOf](ownCustomer);
  if (thing !== 'customer_guid') return made.ofCustomer(thing, ownCustomer);
  const sql = `SELECT upper(guid::text) AS guid FROM customers WHERE id = ${ownCustomer}`;
  return (await made.sql<{ guid: string }>(sql))[0]?.guid;
}

async function ownService(): Promise<string> {
  const [row] = await made.sql<{ id: string }>(
    `INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency)
     VALUES (1, ${ownCustomer}, 'internet', 1, 1, 0, 'USD') RETURNING id`,
  );
  return row?.id ?? '';
}

/** The operations that end or change the credential they are called with, or spend one from the body. */
async function special(operation: string, principal: Principal): Promise<{ credential?: Credential; body?: unknown }> {
  const consumes = operation === 'POST /v1/auth/logout' || operation === 'POST /v1/auth/password';
  if (consumes && principal !== 'expired') return { credential: await credentialOf(principal) };
  if (operation === 'POST /v1/auth/refresh') {
    const body = { login: 'noc', password: 'noc-sandbox-password' };
    const answer = await world.ask('/v1/auth/login', { method: 'POST', body });
    return { body: { refresh_token: answer.json<{ refresh_token: string }>().refresh_token } };
  }
  if (operation === 'POST /v1/oauth/token') {
    const secret = await world.keyOf(OPERATOR, ['plan.read']);
    const id = /isp_(.{8})/.exec(secret)?.[1];
    return { body: { grant_type: 'client_credentials', client_id: id, client_secret: secret } };
  }
  const partnerId = ROLE_OF[principal]?.[0] ?? OPERATOR;
  if (operation === 'POST /wholesale/services/full' || operation === 'POST /wholesale/services')
    return { body: await orderFor(partnerId, operation.endsWith('/full')) };
  return {};
}

/** An order that the partner may place. */
async function orderFor(partnerId: number, full: boolean): Promise<unknown> {
  const { plot, town } = await made.orderable();
  const customer = await made.make.customer_guid(partnerId);
  if (!full) return { customer_id: customer, premise_id: plot.guid, product_id: town.product };
  return {
    customer: { id: customer },
    premise: { external_reference: plot.reference },
    service: { product_id: town.product },
  };
}

async function statusOf(operation: string, principal: Principal): Promise<number> {
  const call = CALLS[operation];
  const id = call?.thing ? await targetOf(principal, call.thing) : '';
  const { method, path } = addressed(operation, id);
  const { credential = credentials.get(principal), body = call?.body?.() } = await special(operation, principal);
  const answer = await world.ask(STANDS_FOR[operation] ?? path, {
    method,
    ...credential,
    ...(body === undefined ? {} : { body }),
  });
  return answer.status;
}

const atOnce = (operation: string) =>
  Promise.all(PRINCIPALS.map(async (who) => [who, await statusOf(operation, who)] as const));

/** What is answered once in a while to each partner, for partners that are all new to it. */
async function oneByOne(operation: string) {
  const found: (readonly [Principal, number])[] = [];
  for (const who of PRINCIPALS) {
    await made.sql('DELETE FROM change_cursors');
    found.push([who, await statusOf(operation, who)]);
  }
  return found;
}

const ADMIN = '/admin/queues';

describe('the access matrix', () => {
  it('has a row for every operation there is, and none for what there is not', () => {
    const declared = world.program.app.get(RouteDeclarations).all.map(({ method, path }) => `${method} ${path}`);
    const registered = world.program.app.get(RouteTable).all;
    const routes = registered.filter((route) => !route.startsWith('HEAD ') && !route.includes(` ${ADMIN}`));
    expect(Object.keys(MATRIX).sort()).toEqual([...routes, 'GET /admin/queues/*'].sort());
    expect(declared.filter((route) => !registered.includes(route))).toEqual([]);
    expect(Object.keys(CALLS).filter((operation) => !(operation in MATRIX))).toEqual([]);
  });

  it.each(Object.entries(MATRIX))('%s', async (operation, row) => {
    const found = CALLS[operation]?.once ? await oneByOne(operation) : await atOnce(operation);
    expect(Object.fromEntries(found)).toEqual(row);
  });

  it('keeps every route of the queue board from those who may not manage queues', async () => {
    const routes = world.program.app.get(RouteTable).all.filter((route) => route.includes(` ${ADMIN}`));
    expect(routes.length).toBeGreaterThan(20);
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      const url = path.replace(/:[A-Za-z]+/g, 'x').replace('*', 'x.js');
      const ask = async (credential: Credential) => (await world.ask(url, { method, ...credential })).status;
      expect([route, await ask({}), await ask(credentials.get('support') ?? {})]).toEqual([route, 401, 403]);
    }
  });

  it('does nothing on the queue board that another site makes a browser ask for', async () => {
    const ask = async (site: string) => {
      const url = `${ADMIN}/api/queues/none/pause`;
      const headers = { 'sec-fetch-site': site };
      return (await world.ask(url, { method: 'PUT', headers, ...credentials.get('superadmin') })).status;
    };
    expect([await ask('cross-site'), await ask('same-origin')]).toEqual([403, 404]);
  });
});
