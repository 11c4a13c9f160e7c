import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BY_ID, CALLS, addressed } from '../support/api-calls.js';
import { PASSWORD, factory, unique } from '../support/api-fixtures.js';
import { type Answered, type ApiWorld, apiWorld } from '../support/api-world.js';

const A = 2;
const B = 3;
/** Far beyond what any sequence here reaches. */
const MISSING = 2_147_000_000;
const MISSING_GUID = '00000000-0000-4000-8000-000000000000';
const CANARY = 'CANARY';
/** What a reseller may read of its customers' billing, messages and outages, and not change; runs are the operator's. */
const REFUSED_MONEY = Object.keys(CALLS)
  .filter((operation) =>
    /^((POST|PATCH|PUT|DELETE) \/v1\/(billing|messages|outages|maintenance-windows|dunning\/(?!policies|holidays))(?!.*(?:what-if|sandbox-actions))|GET \/v1\/billing\/(bank-|runs\/|write-offs\/)).*:/.test(
      operation,
    ),
  )
  .map((operation) => `403 ${operation}`);
/** What a reseller may say about its customers' tickets, and not decide. */
const REFUSED_TICKETS = Object.keys(CALLS)
  .filter((operation) => /^(PATCH|POST|DELETE) \/v1\/tickets\/:/.test(operation))
  .filter((operation) => !/\/(comments|close|reopen|attachments)$/.test(operation))
  .map((operation) => `403 ${operation}`);
/** The operator's, and the same for every partner. */
const EVERYBODYS = new Set<string>([
  'plan',
  // A payer at its bank has the address alone.
  'gateway_action',
  'bandwidth_profile',
  'area',
  'premise',
  'premise_guid',
  'premise_import',
  'whole_import',
  'area_product',
  'own_month',
  'dunning_policy',
  'dunning_holiday',
  'ticket_category',
  'support_team',
  'sla_policy',
  'sla_calendar',
  'technician',
  'technician_absence',
  'supplier',
  'supplier_contract',
  'supplier_claim',
  'sent_claim',
  'withdrawn_claim',
  'gateway',
]);
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let a: string;
let b: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  made = factory(world);
  [a, b] = [await world.tokenOf('reseller'), await world.tokenOf('other-reseller')];
  await plantCanaries();
}, 120_000);
afterAll(() => world.close());

/** More than 1,000 strings that belong to B alone, in every kind of row that an API shows. */
async function plantCanaries(): Promise<void> {
  await made.sql(`
    INSERT INTO customers (partner_id, name, email, phone, first_name, last_name, address, billing_address, support_tier)
    SELECT ${B}, '${CANARY}-name-' || n, '${CANARY}-mail-' || n || '@b.example', '+1777' || n, '${CANARY}-first-' || n, '${CANARY}-last-' || n,
           jsonb_build_object('street', '${CANARY}-street-' || n, 'city', 'X', 'zip', '1'), NULL, '${CANARY}-tier' FROM generate_series(1, 150) n;
    INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency, notes)
    SELECT ${B}, id, 'internet', 1, 1, 0, 'USD', '${CANARY}-notes-' || id FROM customers WHERE partner_id = ${B} AND name LIKE '${CANARY}%';
    INSERT INTO provisioning_jobs (partner_id, customer_id, service_id, request, estimated_completion, requested_by, error, status, finished_at)
    SELECT ${B}, customer_id, id, '{}', now(), 'spec', '${CANARY}-error-' || id, 'failed', now() FROM services WHERE notes LIKE '${CANARY}%';
    INSERT INTO users (partner_id, username, email, full_name)
    SELECT ${B}, '${CANARY}.' || n, '${CANARY}.' || n || '@users.example', '${CANARY}-full-' || n FROM generate_series(1, 60) n`);
  const post = (path: string, body: unknown) => world.ask(path, { method: 'POST', token: b, body });
  const made201 = [
    await post('/v1/api-keys', { name: `${CANARY}-key`, scopes: ['customer.read'] }),
    await post('/v1/webhooks/endpoints', {
      url: `https://${CANARY}.example/x`,
      description: `${CANARY}-hook`,
      events: ['*'],
    }),
    await post('/v1/customers', { name: `${CANARY} live`, email: 'live@b.example', phone: '+1777999' }),
  ];
  expect(made201.map(({ status }) => status)).toEqual([201, 201, 201]);
  const endpoint = made201[1]?.json<{ id: number }>().id;
  expect((await post(`/v1/webhooks/endpoints/${endpoint}/test`, undefined)).status).toBe(202);
  const customer_id = made201[2]?.json<{ id: number }>().id;
  const ticket = { customer_id, subject: `${CANARY}-subject`, description: `${CANARY}-words`, category: 'other' };
  expect((await post('/v1/tickets', ticket)).status).toBe(201);
}

/** What may differ between two answers to the same question: the request's own id, dates of the transport. */
function comparable({ status, headers, text }: Answered) {
  const shown = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
  return { status, headers: shown, text: text.replaceAll(/"request_id":"[^"]*"/g, '') };
}

/** One hash per table over the rows of a partner. */
async function rowsOf(partnerId: number): Promise<unknown> {
  const tables = await made.sql<{ name: string }>(
    `SELECT c.table_schema || '.' || c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
      WHERE c.column_name = 'partner_id' AND t.table_type = 'BASE TABLE' ORDER BY 1`,
  );
  expect(tables.length).toBeGreaterThan(15);
  const parts = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, md5(coalesce(string_agg(t::text, ';' ORDER BY t::text), '')) AS hash FROM ${name} t WHERE partner_id = ${partnerId}`,
  );
  return made.sql(
    `${parts.join(' UNION ALL ')} UNION ALL SELECT 'partners', md5(t::text) FROM partners t WHERE id = ${partnerId}`,
  );
}

describe('somebody else’s thing', () => {
  const operations = BY_ID.filter(
    (operation) => !EVERYBODYS.has(CALLS[operation]?.thing ?? '') && !operation.includes(' /v1/network/'),
  );

  it('is the same 404 as one that does not exist, in every operation, and stays as it was', async () => {
    const ids = new Map<string, string | number>();
    for (const operation of operations) {
      const thing = CALLS[operation]?.thing ?? 'customer';
      ids.set(operation, thing === 'partner' ? B : await made.make[thing](B));
    }
    const before = await rowsOf(B);
    const found: Record<string, unknown> = {};
    const keys = await made.sql(`SELECT id FROM api_keys WHERE partner_id = ${A}`);
    for (const operation of operations) {
      const { body, thing } = CALLS[operation] ?? {};
      const payload = body?.();
      const missing = thing?.endsWith('_guid')
        ? MISSING_GUID
        : thing === 'settled_month'
          ? `${MISSING}/2020-02`
          : MISSING;
      const [foreign, none] = await Promise.all(
        [ids.get(operation) ?? '', missing].map((id) => {
          const { method, path } = addressed(operation, id);
          return world.ask(path, { method, token: a, ...(payload === undefined ? {} : { body: payload }) });
        }),
      );
      expect([operation, comparable(foreign as Answered)]).toEqual([operation, comparable(none as Answered)]);
      found[operation] = foreign?.status;
    }
    // A reseller's administrator may not touch partners, nor take a job out of the workers' hands; everything else it
    // may, but only its own.
    const refused = Object.entries(found).filter(([, status]) => status !== 404);
    expect(refused.map(([operation, status]) => `${status} ${operation}`)).toEqual([
      // Money is the operator's to move.
      ...REFUSED_MONEY,
      // What is done about them, too.
      ...REFUSED_TICKETS,
      // The operator sends people out.
      '403 PATCH /v1/work-orders/:work_order_id',
      ...['schedule', 'assign', 'start', 'hold', 'resume', 'complete', 'cancel'].map(
        (verb) => `403 POST /v1/work-orders/:work_order_id/${verb}`,
      ),
      '403 GET /v1/work-orders/:work_order_id/openings',
      '403 POST /v1/work-orders/:work_order_id/appointment',
      '403 POST /v1/work-orders/:work_order_id/appointment/cancel',
      ...['hold', 'release', 'resolve', 'rollback'].map((verb) => `403 POST /v1/provisioning/jobs/:job_id/${verb}`),
      '403 PATCH /v1/partners/:partner_id',
      '403 POST /v1/partners/:partner_id/suspend',
      '403 POST /v1/partners/:partner_id/reactivate',
      '403 POST /v1/partners/:partner_id/tokens',
      '403 GET /v1/partners/:partner_id/tokens',
      '403 DELETE /v1/partners/:partner_id/tokens/:token_id',
      '403 POST /v1/partners/:partner_id/settlements',
      '403 PUT /v1/partners/:partner_id/settlement-terms',
      // The network's own view, and the operator's favours.
      '403 POST /v1/services/:service_id/usage/restore',
      '403 GET /v1/services/:service_id/network',
      '403 POST /v1/services/:service_id/converge',
    ]);
    expect(await rowsOf(B)).toEqual(before);
    expect(await made.sql(`SELECT id FROM api_keys WHERE partner_id = ${A}`)).toEqual(keys);
  }, 60_000);

  it('cannot be named in a body, header or query either', async () => {
    const customer = () => ({ name: 'X', email: `x${unique()}@a.example`, phone: '+12025550100' });
    const user = () => ({
      username: `x.${unique()}`,
      email: 'same@a.example',
      full_name: 'X',
      password: PASSWORD,
      roles: ['reseller_read_only'],
    });
    const bodies: readonly (readonly [string, () => object])[] = [
      ['/v1/customers', customer],
      ['/v1/users', user],
      ['/v1/api-keys', () => ({ name: 'x', scopes: ['customer.read'] })],
    ];
    const before = await rowsOf(B);
    for (const [path, body] of bodies) {
      const same = body();
      const answers = await Promise.all(
        [B, MISSING].map((id) => world.ask(path, { method: 'POST', token: a, body: { ...same, partner_id: id } })),
      );
      const [foreign, missing] = answers.map((answer) => comparable(answer));
      expect([path, foreign]).toEqual([path, missing]);
      expect(foreign?.status).toBeGreaterThanOrEqual(400);
    }
    const headers = { 'x-partner-id': String(B), 'x-tenant-id': String(B), 'x-isp-partner': String(B) };
    const [plain, dressed] = [
      await world.ask('/v1/customers', { token: a }),
      await world.ask('/v1/customers', { token: a, headers }),
    ];
    expect(dressed.text).toBe(plain.text);
    expect(await rowsOf(B)).toEqual(before);
  });

  it('cannot be filtered for', async () => {
    const [customer, service, job, endpoint] = [
      await made.make.customer(B),
      await made.make.service(B),
      await made.make.queued_job(B),
      await made.make.endpoint(B),
    ];
    const filters = [
      ['/v1/customers?partner_id=', B],
      ['/v1/services?customer_id=', customer],
      ['/v1/provisioning/jobs?service_id=', service],
      ['/v1/webhooks/deliveries?endpoint_id=', endpoint],
      ['/v1/users?partner_id=', B],
      ['/v1/api-keys?partner_id=', B],
      ['/v1/audit?partner_id=', B],
      ['/v1/audit?subject_type=provisioning_job&subject_id=', job],
      ['/v1/audit/verify?partner_id=', B],
    ] as const;
    for (const [path, id] of filters) {
      const [foreign, missing] = [
        await world.ask(path + id, { token: a }),
        await world.ask(path + MISSING, { token: a }),
      ];
      expect([path, foreign.status]).toEqual([path, 200]);
      expect([path, comparable(foreign)]).toEqual([path, comparable(missing)]);
    }
  });

  it('does not show through an idempotency key of the other', async () => {
    const body = { name: 'Keyed', email: 'keyed@spec.example', phone: '+12025550101' };
    const post = (token: string) =>
      world.ask('/v1/customers', { method: 'POST', token, body, headers: { 'idempotency-key': 'shared-key' } });
    const [first, second] = [await post(b), await post(a)];
    expect([first.status, second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 201, null]);
    expect(second.json<{ id: number }>().id).not.toBe(first.json<{ id: number }>().id);
  });
});

describe('lists, searches, counts and errors', () => {
  // What belongs to the operator's network, its people and its purchases is for the operator alone.
  const lists = Object.keys(CALLS).filter(
    (operation) =>
      operation.startsWith('GET ') &&
      !/:|\/v1\/(network\/|premise-imports|technicians|visit-terms|supplier|billing\/(tax-rates|issuer|runs|promotions|bank-|write-offs)|dunning\/(policies|holidays))/.test(
        operation,
      ),
  );
  const filtered = [
    `/v1/customers?search=${CANARY}`,
    `/v1/customers?search=${CANARY.slice(0, 2)}`,
    '/v1/customers?search=%25',
    '/v1/customers?search=_',
    '/v1/customers?search=%2B1777',
    '/v1/customers?status=active&per_page=100',
    `/v1/users?search=${CANARY}`,
    '/v1/users?customers=true&per_page=100',
    `/v1/audit?action=customer.create&per_page=100`,
    `/wholesale/customers?q=${CANARY}`,
    `/wholesale/customers?q=${CANARY}-mail-1@b.example`,
    '/wholesale/customers?q=&count=100',
    '/operations/v1/customers?limit=10000',
  ];

  async function everything(token: string): Promise<string[]> {
    const texts: string[] = [];
    for (const operation of lists) {
      const { path } = addressed(operation);
      const paged =
        path.startsWith('/v1/') &&
        !/roles|events|verify|me$|covering|search|ageing|decline-codes|metrics|dashboard|reports\//.test(path);
      for (let page = 1; page <= (paged ? 4 : 1); page += 1) {
        const answer = await world.ask(path + (paged ? `?per_page=100&page=${page}` : ''), { token });
        expect([path, answer.status]).toEqual([path, 200]);
        texts.push(answer.text);
      }
    }
    for (const path of filtered) texts.push((await world.ask(path, { token })).text);
    return texts;
  }

  it('show A nothing of B', async () => {
    const seen = await everything(a);
    expect(seen.flatMap((text) => text.match(new RegExp(`.{0,60}${CANARY}.{0,60}`, 'g')) ?? [])).toEqual([]);
  }, 30_000);

  it('show B its own, so that the canaries are where they would sing', async () => {
    const own = (await everything(b)).join();
    const distinct = new Set(own.match(new RegExp(`${CANARY}[.-][a-z0-9-]+`, 'gi')));
    expect(distinct.size).toBeGreaterThan(500);
  }, 30_000);

  it('count for A without B', async () => {
    const [row] = await made.sql<{ own: string }>(
      `SELECT count(*)::text AS own FROM customers WHERE partner_id = ${A}`,
    );
    const total = async (path: string) =>
      (await world.ask(path, { token: a })).json<{ pagination: { total: number } }>().pagination.total;
    expect(await total('/v1/customers')).toBe(Number(row?.own));
    expect(await total(`/v1/customers?search=${CANARY}`)).toBe(0);
    expect(await total(`/v1/customers?search=${CANARY}&partner_id=${B}`)).toBe(0);
  });

  it('quote nothing of B in a refusal', async () => {
    const taken = {
      username: `${CANARY}.1`,
      email: 'own@a.example',
      full_name: 'X',
      password: PASSWORD,
      roles: ['reseller_read_only'],
    };
    const answers = [
      await world.ask('/v1/users', { method: 'POST', token: a, body: taken }),
      await world.ask('/v1/customers', { method: 'POST', token: a, body: { name: 1, email: 2, phone: 3 } }),
      await world.ask(`/v1/customers/${MISSING}`, { token: a }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 400, 404]);
    for (const { text } of answers) expect(text).not.toContain(CANARY);
  });
});

describe('what must be unique', () => {
  it('tells A nothing of what B has', async () => {
    const [customer] = await made.sql<{ email: string; phone: string }>(
      `SELECT email, phone FROM customers WHERE partner_id = ${B} AND name LIKE '${CANARY}-name%' LIMIT 1`,
    );
    const taken = { name: 'Probe', email: customer?.email, phone: customer?.phone };
    expect((await world.ask('/v1/customers', { method: 'POST', token: a, body: taken })).status).toBe(201);
    const user = {
      username: `probe.${unique()}`,
      email: `${CANARY}.1@users.example`,
      full_name: 'P',
      password: PASSWORD,
      roles: ['reseller_read_only'],
    };
    expect((await world.ask('/v1/users', { method: 'POST', token: a, body: user })).status).toBe(201);
    const ofB = await made.make.service(B);
    world.database.exempt('a subscriber has the address that its service holds', 'given to B behind the ledger');
    await made.sql(`UPDATE ip_addresses SET service_id = ${ofB} WHERE address = '192.168.1.9'`);
    const addresses = ['192.168.1.9/24', '192.168.1.251/24'];
    for (const ip of addresses) {
      const service = await made.make.service(A);
      const body = { provisioning_data: { ip_assignment: ip } };
      expect((await world.ask(`/v1/services/${service}/provision`, { method: 'POST', token: a, body })).status).toBe(
        202,
      );
    }
  });
});
