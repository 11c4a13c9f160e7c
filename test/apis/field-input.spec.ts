import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { createLogger } from '@isp/platform/logging';
import { CALLS, addressed } from '../support/api-calls.js';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}
type Path = readonly string[];
interface Written {
  readonly operation: string;
  readonly schema: Schema;
}

let world: ApiWorld;
let made: ReturnType<typeof factory>;
let key: string;
let writes: readonly Written[];

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  made = factory(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  const documents = await Promise.all(
    ['core', 'wholesale', 'operations'].map((name) => world.ask(`/docs/${name}.json`)),
  );
  writes = documents.flatMap((document) => writesOf(document.json()));
}, 120_000);
afterAll(() => world.close());

/**
 * Every operation with fields in a JSON body (not bytes, of which nothing is read before their signature was checked), as the OpenAPI
 * documents of the running program describe it.
 */
function writesOf(document: {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;
}): Written[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      return schema && schema.type !== 'string'
        ? [{ operation: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`, schema }]
        : [];
    }),
  );
}

function pathsOf(schema: Schema, wanted: (leaf: Schema) => boolean, at: Path = []): Path[] {
  const inner = [...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap((part) => pathsOf(part, wanted, at));
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    pathsOf(field, wanted, [...at, name]),
  );
  const items = schema.items ? pathsOf(schema.items, wanted, [...at, '0']) : [];
  return [...(at.length > 0 && wanted(schema) ? [at] : []), ...inner, ...fields, ...items];
}

const schemaAt = (schema: Schema, path: Path): Schema | undefined =>
  path.reduce<Schema | undefined>((found, name) => (name === '0' ? found?.items : found?.properties?.[name]), schema);

/** A copy of a body with another value at a path; objects on the way get what they require. */
function withValue(body: unknown, schema: Schema | undefined, [name = '', ...rest]: Path, value: unknown): unknown {
  if (Array.isArray(body) || name === '0')
    return [rest.length > 0 ? withValue(undefined, schema?.items, rest, value) : value];
  const filled = Object.fromEntries((schema?.required ?? []).map((field) => [field, 'XX']));
  const known = (body ?? filled) as Record<string, unknown>;
  const field = schema?.properties?.[name];
  return { ...known, [name]: rest.length > 0 ? withValue(known[name], field, rest, value) : value };
}

const valueAt = (body: unknown, path: Path): unknown =>
  path.reduce<unknown>((found, name) => (found as Record<string, unknown> | null | undefined)?.[name], body);

const targets = new Map<string, string | number>();

/** What is refused changes nothing, so the same thing serves until a call succeeds. */
async function send(operation: string, body: unknown, raw?: string) {
  const thing = CALLS[operation]?.thing;
  if (thing && !targets.has(operation)) targets.set(operation, await made.make[thing](1));
  const { method, path } = addressed(operation, targets.get(operation) ?? 0);
  const answer = await world.ask(path, { method, key, ...(raw === undefined ? { body } : { raw }) });
  if (answer.status < 300) targets.delete(operation);
  return answer;
}

const EVIL: Readonly<Record<string, string>> = {
  NUL: 'a\u0000b',
  'a line break that fakes a log line': 'a\r\n{"level":50,"msg":"forged"}\r\nX-Header: y',
  'a right-to-left override': 'abc\u202egnp.exe',
  'a line separator': 'a\u2028b\u2029c',
  'an emoji of many code points': '👩‍👩‍👧‍👦 a',
  'an escape sequence': 'a\u001b[2Jb',
  'a quote and a comment': `a'); DROP TABLE customers; --`,
  'a template': '${7*7}{{7*7}}<script>alert(1)</script>',
  '20,000 characters': 'x'.repeat(20_000),
  'a million characters': 'x'.repeat(1_000_000),
  nothing: '',
  spaces: '   ',
};

async function problemWith(operation: string, body: unknown, path: Path): Promise<string | undefined> {
  const value = String(valueAt(body, path));
  const answer = await send(operation, body).catch(() => undefined);
  // The server may close on a client that still writes a million characters.
  if (answer === undefined) return value.length > 100_000 ? undefined : 'no answer';
  if (answer.status >= 400) return answer.status < 500 ? undefined : `answered ${answer.status}`;
  if (value.includes('\u0000')) return 'took NUL';
  const shown = answer.text === '' ? undefined : valueAt(answer.json(), path);
  const stored = path.at(-1) === 'email' ? value.toLowerCase() : value;
  const right = [undefined, value, stored, ...(value.trim() === '' ? [null] : [])];
  return right.includes(shown as string) ? undefined : `shows ${String(shown)}`;
}

describe('text in every field of every write', () => {
  it('covers the operations that there are', () => {
    expect(writes.length).toBeGreaterThan(20);
    expect(writes.map(({ operation }) => operation).filter((operation) => !(operation in CALLS))).toEqual([]);
    const fields = writes.flatMap(({ schema }) => pathsOf(schema, ({ type }) => type === 'string'));
    expect(fields.length).toBeGreaterThan(60);
  });

  it.each(Object.entries(EVIL))(
    'is refused or stored exactly: %s',
    async (_, value) => {
      const wrong: string[] = [];
      for (const { operation, schema } of writes) {
        const paths = pathsOf(schema, ({ type, enum: of }) => type === 'string' && of === undefined);
        // Refused for its length before anybody looks which field it is in.
        for (const path of value.length > 100_000 ? paths.slice(0, 1) : paths) {
          const problem = await problemWith(
            operation,
            withValue(CALLS[operation]?.body?.(), schema, path, value),
            path,
          );
          if (problem) wrong.push(`${operation} ${path.join('.')}: ${problem.slice(0, 100)}`);
        }
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );

  it('is refused where it holds a card number, but for secrets and for what others named', async () => {
    const taken = new Set<string>();
    for (const { operation, schema } of writes) {
      for (const path of pathsOf(schema, ({ type, enum: of }) => type === 'string' && of === undefined)) {
        const body = withValue(CALLS[operation]?.body?.(), schema, path, '4242 4242 4242 4242');
        const answer = await send(operation, body);
        if (answer.status < 300) taken.add(path.at(-1) as string);
      }
    }
    const named = ['external_key', 'external_reference', 'file_name', 'identifier', 'isp_reference', 'reference'];
    const secrets = [...taken].filter((field) => /password|^snmp_|^ssh_|^radius$/.test(field));
    const others = [...taken].filter((field) => !secrets.includes(field)).toSorted();
    expect(others).toEqual([...named, 'serial_number', 'their_reference'].toSorted());
  }, 60_000);

  it('keeps one line of the log for one event', () => {
    const lines: string[] = [];
    const logger = createLogger('info', 'spec', { write: (line: string) => void lines.push(line) });
    for (const value of Object.values(EVIL)) {
      logger.info({ value, nested: { value } }, value);
      logger.error(new Error(value));
    }
    expect(lines).toHaveLength(Object.keys(EVIL).length * 2);
    for (const line of lines) {
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(line.slice(0, -1)).not.toMatch(/[\r\n\u0000\u001b]/);
      expect(JSON.parse(line)).toHaveProperty('msg');
    }
  });
});

describe('fields that are not the caller’s to set', () => {
  const STRANGERS: Readonly<Record<string, unknown>> = {
    id: 1,
    guid: '00000000-0000-4000-8000-000000000000',
    partner_id: 1,
    tenant_id: 1,
    customer_id: 1,
    portal_id: '10003456',
    status: 'terminated',
    operational_status: 'running',
    balance: 1_000,
    role: 'superadmin',
    roles: ['superadmin'],
    permissions: ['*'],
    reach: 'all',
    password_hash: 'x',
    version: 99,
    created_at: '2000-01-01T00:00:00Z',
    updated_at: '2000-01-01T00:00:00Z',
    constructor: 1,
    prototype: 1,
    toString: 1,
    hasOwnProperty: 1,
  };

  it('are refused as unknown, at every level of every body', async () => {
    const wrong: string[] = [];
    for (const { operation, schema } of writes) {
      const levels: Path[] = [[], ...pathsOf(schema, ({ properties }) => properties !== undefined)];
      for (const level of levels) {
        const fields = Object.keys(schemaAt(schema, level)?.properties ?? {});
        for (const [name, value] of Object.entries(STRANGERS)) {
          if (fields.includes(name)) continue;
          const body = withValue(CALLS[operation]?.body?.(), schema, [...level, name], value);
          const answer = await send(operation, body);
          const place = `${operation} ${[...level, name].join('.')}`;
          if (answer.status !== 400) wrong.push(`${place}: ${answer.status}`);
          else if (operation.includes('/v1/') && !answer.text.includes(`"${[...level, name].join('.')}"`))
            wrong.push(`${place}: ${answer.text}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it('do not reach the prototypes of anything', async () => {
    const pollution = [
      '"__proto__":{"polluted":true}',
      '"constructor":{"prototype":{"polluted":true}}',
      '"\\u005f_proto__":{"polluted":true}',
      '"x":{"__proto__":{"polluted":true}}',
    ];
    for (const { operation } of writes) {
      const own = JSON.stringify(CALLS[operation]?.body?.() ?? {}).slice(1, -1);
      for (const text of pollution) {
        const answer = await send(operation, undefined, `{${[own, text].filter(Boolean).join()}}`);
        expect([operation, text, answer.status]).toEqual([operation, text, 400]);
      }
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  }, 60_000);

  it('are not changed by a query or by headers', async () => {
    const id = await made.make.customer(2);
    const path = `/v1/customers/${id}`;
    const before = await world.ask(path, { key });
    const headers = { 'x-partner-id': '3', 'x-role': 'superadmin', 'x-user-id': '1' };
    await world.ask(`${path}?partner_id=3`, { method: 'PATCH', key, body: {}, headers });
    const after = await world.ask(path, { key });
    expect(after.json<{ partner_id: number }>().partner_id).toBe(before.json<{ partner_id: number }>().partner_id);
  });
});

/** Names of fields that hold money, of those that are numbers. */
const MONEY = /(?:amount|fee|value|below)$/;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('money', () => {
  const FIELDS = ['monthly_fee', 'activation_fee'] as const;
  const refused = [
    '-0.01',
    '-1',
    '1e3',
    '1E3',
    '1e-2',
    '1e400',
    'NaN',
    '"NaN"',
    'Infinity',
    '-Infinity',
    '0.00005',
    '1.23456',
    '0.30000000000000004',
    '100000000000000000000',
    '99999999999999',
    '79.990000000000000001',
    '79.990000000000001',
    '"79.99"',
    '"1,00"',
    '"1.000,00"',
    '1,00',
    '+1',
    '.5',
    '5.',
    '01',
    '0x10',
    'true',
    '[1]',
    '{}',
    '{"amount":1}',
    '""',
    '[]',
  ];
  const accepted = ['0', '0.01', '0.0001', '79.99', '477.3913', '1', '99.90', '1000000', '123456789.1234'];
  const create = (field: string, text: string) => {
    const { monthly_fee: _, ...plan } = CALLS['POST /v1/plans']?.body?.() as Record<string, unknown>;
    const other = field === 'monthly_fee' ? '' : ',"monthly_fee":1';
    return world.ask('/v1/plans', {
      method: 'POST',
      key,
      raw: `${JSON.stringify(plan).slice(0, -1)}${other},"${field}":${text}}`,
    });
  };
  const change = async (field: string, text: string, id: string | number) =>
    world.ask(`/v1/plans/${id}`, { method: 'PATCH', key, raw: `{"${field}":${text}}` });

  it.each(refused)('refuses %s', async (text) => {
    const id = await made.make.plan(1);
    for (const field of FIELDS) {
      for (const answer of [await create(field, text), await change(field, text, id)]) {
        expect([field, answer.status]).toEqual([field, 400]);
        const { details } = answer.json<{ error: { details: { field: string }[] } }>().error;
        // What is no JSON at all has no place to point at.
        if (details.length > 0) expect(details[0]?.field).toMatch(new RegExp(`^${field}`));
      }
    }
    const [row] = await made.sql<{ amount: string }>(
      `SELECT monthly_amount::text AS amount FROM plans WHERE id = ${id}`,
    );
    expect(row?.amount).toBe('9.9900');
  });

  it('I6: is refused by every amount of every write', async () => {
    const wrong: string[] = [];
    const signed = /unit_amount$|line_items\.0\.amount$/;
    for (const { operation, schema } of writes) {
      const paths = pathsOf(schema, ({ type }) => type === 'number').filter((path) =>
        MONEY.test(path.at(-1) as string),
      );
      for (const path of paths) {
        const place = `${operation} ${path.join('.')}`;
        for (const text of refused) {
          if (text.startsWith('-0') && signed.test(place)) continue;
          if (text === '-1' && signed.test(place)) continue;
          const body = JSON.stringify(withValue(CALLS[operation]?.body?.(), schema, path, '@'));
          const answer = await send(operation, undefined, body.replace('"@"', text));
          const said = answer.status === 400 && (!isJson(text) || answer.text.includes(path.at(-1) as string));
          if (!said) wrong.push(`${place} ${text}: ${answer.status} ${answer.text.slice(0, 200)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it('refuses null where an amount is needed', async () => {
    expect((await create('monthly_fee', 'null')).status).toBe(400);
    expect((await change('monthly_fee', 'null', await made.make.plan(1))).status).toBe(400);
  });

  it.each(accepted)('keeps %s as it is', async (text) => {
    const id = await made.make.plan(1);
    for (const field of FIELDS) {
      for (const answer of [await create(field, text), await change(field, text, id)]) {
        expect([field, answer.status < 300]).toEqual([field, true]);
        expect(new RegExp(`"${field}":([^,}]+)`).exec(answer.text)?.[1]).toBe(text.replace(/(\.\d*?)0+$/, '$1'));
      }
    }
    const [row] = await made.sql<{ exact: boolean }>(
      `SELECT monthly_amount = ${text} AND activation_amount = ${text} AS exact FROM plans WHERE id = ${id}`,
    );
    expect(row?.exact).toBe(true);
  });
});
