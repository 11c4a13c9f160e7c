import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { z } from 'zod';
import { CALLS, addressed } from '../support/api-calls.js';
import { type Thing, factory } from '../support/api-fixtures.js';
import { type Answered, type ApiWorld, apiWorld } from '../support/api-world.js';

const RIPPLE = 4;
const SAVANNA = 5;
const MISSING = '00000000-0000-4000-8000-000000000000';
const WHOLESALE = Object.keys(CALLS).filter((operation) => operation.includes(' /wholesale/'));
/** What belongs to an ISP; addresses belong to nobody, and every ISP has each month. */
const OWNED = WHOLESALE.filter((operation) => {
  const thing = CALLS[operation]?.thing;
  return thing !== undefined && !['premise_guid', 'own_month'].includes(thing);
});
const words = z.array(z.string().min(1)).min(1);
const badRequest = z.strictObject({
  code: z.literal(400),
  errors: z.record(z.string().min(1), words),
  full_errors: words,
});
const refusal = z.strictObject({ code: z.int(), errors: words });

let world: ApiWorld;
let made: ReturnType<typeof factory>;
let ripple: string;
let savanna: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  made = factory(world);
  [ripple, savanna] = [await world.keyOf(RIPPLE, PERMISSIONS), await world.keyOf(SAVANNA, PERMISSIONS)];
}, 120_000);
afterAll(() => world.close());

const call = (operation: string, id: string | number, key: string, body = CALLS[operation]?.body?.()) => {
  const { method, path } = addressed(operation, id);
  return world.ask(path, { method, key, ...(body === undefined ? {} : { body }) });
};
const comparable = ({ status, headers, text }: Answered) => {
  const shown = [...headers].filter(([name]) => !['date', 'x-request-id', 'content-length'].includes(name));
  return { status, headers: shown, text };
};

describe('every operation of the wholesale API against another ISP’s things', () => {
  it('knows of operations by id, or it proves nothing', () => expect(OWNED.length).toBeGreaterThan(10));

  it.each(OWNED)('%s is byte for byte that of a thing that does not exist', async (operation) => {
    const id = await made.make[CALLS[operation]?.thing as Thing](RIPPLE);
    const body = CALLS[operation]?.body?.();
    const [foreign, missing] = [
      await call(operation, id, savanna, body),
      await call(operation, String(id).replaceAll(/[0-9A-Fa-f-]{36}/g, MISSING), savanna, body),
    ];
    expect(comparable(foreign)).toEqual(comparable(missing));
    expect([foreign.status, foreign.json()]).toEqual([404, { code: 404, errors: ['not found'] }]);
    // Its own ISP finds it, whatever else it says to the call.
    expect((await call(operation, id, ripple, body)).status).not.toBe(404);
  });
});

describe('who sees what', () => {
  const get = async (path: string, key: string) => world.ask(`/wholesale${path}`, { key });
  const row = async <R extends object>(sql: string) => (await made.sql<R>(sql))[0] as R;

  it('shows that a premise is taken, and nothing of by whom', async () => {
    const line = await made.make.line_guid(RIPPLE);
    const { premise, customer } = await row<{ premise: string; customer: string }>(
      `SELECT o.premise_guid AS premise, c.guid AS customer FROM orders o JOIN services s ON s.id = o.service_id
         JOIN customers c ON c.id = o.customer_id WHERE s.guid = '${line}'`,
    );
    const [own, other] = [await get(`/premises/${premise}`, ripple), await get(`/premises/${premise}`, savanna)];
    expect(own.json()).toMatchObject({ status: 'Has Existing Service', customer_id: customer.toUpperCase() });
    expect(other.json()).toEqual({ ...own.json<object>(), customer_id: null });
    const asked = [`/services?premise=${premise}`, `/premises?customer=${customer}`, `/services?q=${line}`];
    for (const path of asked) {
      expect([path, (await get(path, savanna)).json()]).toEqual([
        path,
        expect.objectContaining({ items: [], total: 0 }),
      ]);
    }
    expect((await get(`/services?premise=${premise}`, ripple)).json()).toMatchObject({ total: 1 });
  });

  it('finds an ISP its own customers, with a service or without, and nobody else’s', async () => {
    const [linked, unlinked] = [await made.make.line_guid(RIPPLE), await made.make.customer_guid(RIPPLE)];
    const ofLine = await row<{ email: string }>(
      `SELECT c.email FROM customers c JOIN services s ON s.customer_id = c.id WHERE s.guid = '${linked}'`,
    );
    const alone = await row<{ email: string }>(`SELECT email FROM customers WHERE guid = '${unlinked}'`);
    const operators = await row<{ email: string }>(
      `SELECT email FROM customers WHERE id = ${await made.make.customer(1)}`,
    );
    const found = async (email: string, key: string) =>
      (await get(`/customers?q=${encodeURIComponent(email)}`, key)).status;
    expect([await found(ofLine.email, ripple), await found(alone.email, ripple)]).toEqual([200, 200]);
    for (const { email } of [ofLine, alone, operators]) expect(await found(email, savanna)).toBe(404);
    expect(await found(operators.email, ripple)).toBe(404);
  });
});

/** What is put where a GUID, a number or a text is expected. */
const HOSTILE = [
  "' OR 1=1 --",
  '%00',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  '%2e%2e%2f',
  '1e309',
  'NaN',
  'Infinity',
  '999999999999999999999999',
  '{"$gt":""}',
  '<script>alert(1)</script>',
  '%',
  '_',
  '\\',
  'a'.repeat(3_000),
  '(((((',
  '&:*|!',
  '\u202e\u2066',
];
const PARAMETERS = [
  'count',
  'page',
  'page_size',
  'updated_after',
  'status',
  'service',
  'premise',
  'customer',
  'repeat',
];
const BODIES = [null, [], 'text', 7, { a: 1 }, { customer: null }, { customer: [] }, { customer: { email: {} } }];
const DEEP = `${'['.repeat(60)}${']'.repeat(60)}`;

/** Refused in this API's shape, or answered: never a failure of ours, never somebody else's words. */
function judge(what: string, answer: Answered, mayPass: boolean): void {
  expect([what, answer.status < 500]).toEqual([what, true]);
  if (answer.status < 300) return expect([what, mayPass]).toEqual([what, true]);
  const shape = answer.status === 400 ? badRequest : refusal;
  expect([what, answer.status, shape.safeParse(answer.json()).error?.message]).toEqual([
    what,
    answer.status,
    undefined,
  ]);
  expect(answer.headers.get('content-type')).toContain('application/json');
}

describe('hostile input to every operation of the wholesale API', () => {
  it.each(WHOLESALE)(
    '%s is refused in this API’s shape',
    async (operation) => {
      const [method = '', path = ''] = operation.split(' ');
      const parameters = path.match(/:[a-z_]+/g) ?? [];
      for (const text of HOSTILE) {
        const encoded = encodeURIComponent(text.toWellFormed());
        if (parameters.length > 0) {
          const url = path.replaceAll(/:[a-z_]+/g, encoded);
          judge(`${method} ${url}`, await world.ask(url, { method, key: ripple, ...bodyOf(operation) }), false);
        }
        if (method !== 'GET') continue;
        const known = path.replaceAll(/:[a-z_]+/g, path.includes('availability') ? '1' : MISSING);
        const names = ['q', PARAMETERS[HOSTILE.indexOf(text) % PARAMETERS.length]];
        for (const name of names)
          judge(`${known}?${name}=${text}`, await world.ask(`${known}?${name}=${encoded}`, { key: ripple }), true);
      }
    },
    120_000,
  );

  it.each(WHOLESALE.filter((operation) => CALLS[operation]?.body))(
    '%s refuses hostile bodies',
    async (operation) => {
      const { method, path } = addressed(operation, MISSING);
      for (const body of BODIES)
        judge(`${operation} ${JSON.stringify(body)}`, await world.ask(path, { method, key: ripple, body }), false);
      const raws = ['{', '{"a":1}{', DEEP, '{"customer":{"email":"\\ud800"}}', '{"a":"\\u0000"}', '{"a":1,"a":2}'];
      for (const raw of [...raws, new Uint8Array([0x7b, 0xff, 0xfe])]) {
        const headers = { 'content-type': 'application/json' };
        judge(`${operation} raw`, await world.ask(path, { method, key: ripple, raw, headers }), false);
      }
      // Every text of a good body in turn is replaced by what nobody should send.
      const good = CALLS[operation]?.body?.() as Record<string, unknown>;
      for (const text of ['\u0000', 'x'.repeat(5_000), { $ne: null }, [], -1, true])
        for (const wrong of everywhere(good, text))
          judge(
            `${operation} ${JSON.stringify(wrong).slice(0, 200)}`,
            await world.ask(path, { method, key: ripple, body: wrong }),
            false,
          );
    },
    120_000,
  );

  it.each([
    ['91', '10'],
    ['-90.0001', '10'],
    ['10', '180.5'],
    ['10', '-181'],
    ['1e2', '10'],
    ['0x10', '10'],
    ['10,5', '10'],
    ['', '10'],
    ['NaN', 'NaN'],
    ['--1', '1'],
    ['1.2.3', '4'],
  ])('refuses the point %s %s', async (latitude, longitude) => {
    const path = `/wholesale/products/availability/${encodeURIComponent(latitude)}/${encodeURIComponent(longitude)}`;
    const answer = await world.ask(path, { key: ripple });
    judge(path, answer, false);
    if (latitude !== '') expect(answer.status).toBe(400);
  });
});

const bodyOf = (operation: string) => {
  const body = CALLS[operation]?.body?.();
  return body === undefined ? {} : { body };
};

/** Copies of a value, in each of which one leaf is another value. */
function everywhere(value: unknown, other: unknown): unknown[] {
  if (value === null || typeof value !== 'object') return [other];
  return Object.entries(value).flatMap(([name, part]) =>
    everywhere(part, other).map((changed) => ({ ...value, [name]: changed })),
  );
}
