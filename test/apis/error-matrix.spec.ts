import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteTable } from '@isp/apis/shared';
import { PERMISSIONS } from '@isp/contracts';
import { type ApiWorld, apiWorld, askRaw } from '../support/api-world.js';
import { query } from '../support/embedded-postgres.js';
import { runSql } from '../support/test-cluster.js';

type Shape = (code: string) => unknown;

const text = expect.any(String) as unknown;
const core: Shape = (code) => ({ error: { code, message: text, details: expect.any(Array), request_id: text } });
const wholesale = (status: number) => ({ code: status, errors: [text] });
const operations = { detail: text };
let world: ApiWorld;
let key: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  key = await world.keyOf(1, PERMISSIONS, 'all');
}, 120_000);
afterAll(() => world.close());

interface Case {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly raw?: string;
  readonly anonymous?: boolean;
}

async function refusal({ method = 'GET', path, headers = {}, raw, anonymous = false }: Case) {
  const answer = await world.ask(path, {
    method,
    headers,
    ...(anonymous ? {} : { key }),
    ...(raw === undefined ? {} : { raw }),
  });
  expect([path, answer.headers.get('content-type'), answer.headers.get('x-request-id')]).toEqual([
    path,
    'application/json; charset=utf-8',
    text,
  ]);
  return answer;
}

const LARGE = `{"name":"${'x'.repeat(100 * 1024)}"}`;
const ROUTES = [
  ['core', '/v1/customers', '/v1/nothing'],
  ['wholesale', '/wholesale/customers', '/wholesale/nothing'],
  ['operations', '/operations/v1/customers', '/operations/v1/nothing'],
] as const;
const CASES: readonly (readonly [
  name: string,
  status: number,
  code: string,
  make: (path: string, nowhere: string) => Case,
])[] = [
  ['no credential', 401, 'UNAUTHENTICATED', (path) => ({ path, anonymous: true })],
  ['an unknown path', 404, 'NOT_FOUND', (_, path) => ({ path })],
  ['an unknown path, unknown caller', 404, 'NOT_FOUND', (_, path) => ({ path, anonymous: true })],
  ['a method that the path does not answer', 405, 'METHOD_NOT_ALLOWED', (path) => ({ path, method: 'DELETE' })],
  ['another answer than JSON', 406, 'NOT_ACCEPTABLE', (path) => ({ path, headers: { accept: 'application/xml' } })],
];
const WRITING: typeof CASES = [
  ['a large body', 413, 'PAYLOAD_TOO_LARGE', (path) => ({ path, method: 'POST', raw: LARGE })],
  [
    'another body than JSON',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    (path) => ({ path, method: 'POST', raw: '<a/>', headers: { 'content-type': 'application/xml' } }),
  ],
  [
    'a compressed body',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    (path) => ({ path, method: 'POST', raw: 'x', headers: { 'content-encoding': 'gzip' } }),
  ],
  ['no JSON', 400, 'VALIDATION_ERROR', (path) => ({ path, method: 'POST', raw: '{"a":' })],
  ['no body', 400, 'VALIDATION_ERROR', (path) => ({ path, method: 'POST' })],
];

describe.each(ROUTES)('the %s API refuses', (api, path, nowhere) => {
  it.each(api === 'operations' ? CASES : [...CASES, ...WRITING])('%s', async (_, status, code, make) => {
    const answer = await refusal(make(path, nowhere));
    expect(answer.status).toBe(status);
    const body = answer.json<Record<string, unknown>>();
    if (api === 'core') expect(body).toEqual(core(code));
    if (api === 'operations') expect(body).toEqual(operations);
    if (api === 'wholesale' && status !== 400) expect(body).toEqual(wholesale(status));
    if (api === 'wholesale' && status === 400)
      expect(body).toMatchObject({ code: 400, errors: expect.any(Object), full_errors: expect.any(Array) });
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/^[A-Z]+(, [A-Z]+)*$/);
  });
});

describe('any other method on any path', () => {
  it('is 405 with the methods that would do, or 404 where there is nothing', async () => {
    const wrong: string[] = [];
    const routes = world.program.app.get(RouteTable).all.filter((route) => !route.includes('/admin/'));
    const paths = [...new Set(routes.map((route) => route.split(' ')[1] as string))];
    for (const path of paths) {
      const url = path.replace(/:\w+/g, '1').replace('*', 'swagger-ui.css');
      const known = routes.filter((route) => route.endsWith(` ${path}`)).map((route) => route.split(' ')[0] as string);
      // A path with a parameter may answer there: `PATCH /areas/:id` at /areas/covering.
      const others = routes.filter((route) =>
        new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}$`).test(`${route.split(' ')[0]} ${url}`),
      );
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
        if (known.includes(method) || others.some((route) => route.startsWith(`${method} `))) continue;
        const { status, headers } = await askRaw(world.program.url, { method, path: url, headers: ['x-api-key', key] });
        const allowed = String(headers['allow'] ?? '')
          .split(', ')
          .sort();
        const right = status === 405 && known.every((one) => allowed.includes(one)) && !allowed.includes(method);
        if (!right) wrong.push(`${method} ${url}: ${status} allow ${String(headers['allow'])}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 30_000);
});

describe('headers of every answer: the request id', () => {
  it('is on every answer, also of what is no API', async () => {
    const paths = [
      '/v1/customers',
      '/health/live',
      '/health/ready',
      '/metrics',
      '/docs',
      '/docs/core.json',
      '/docs/assets/swagger-ui.css',
      '/nothing',
      '/admin/queues',
      '/v1/customers?page=x',
    ];
    for (const path of paths)
      expect([path, (await world.ask(path, { key })).headers.get('x-request-id')]).toEqual([
        path,
        expect.stringMatching(/^[\w.-]{8,64}$/),
      ]);
  });

  it('comes with headers that keep browsers from guessing types, and pages from fetching of others', async () => {
    const headers = async (path: string) => (await world.ask(path, { key })).headers;
    expect((await headers('/v1/customers')).get('x-content-type-options')).toBe('nosniff');
    for (const path of ['/docs', '/docs/core', '/docs/wholesale/reference', '/admin/queues']) {
      const policy = (await headers(path)).get('content-security-policy') ?? '';
      expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'self'; ")]);
      expect(policy).toContain("frame-ancestors 'none'");
    }
  });

  it('is the caller’s where that is harmless, and our own where it is not', async () => {
    const ask = async (id: string) =>
      (await askRaw(world.program.url, { path: '/v1/nothing', headers: ['x-request-id', id] })).headers['x-request-id'];
    expect(await ask('trace-1234.abc_X')).toBe('trace-1234.abc_X');
    for (const id of [
      'short',
      'x'.repeat(65),
      'with space id',
      '<script>alert</script>',
      'a,b,c,d,e,f,g,h',
      '../../etc/passwd',
    ]) {
      expect(await ask(id)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is in the body of a refusal of the core API', async () => {
    const answer = await world.ask('/v1/nothing', { key });
    expect(answer.json()).toMatchObject({ error: { request_id: answer.headers.get('x-request-id') } });
  });
});

describe('a failure inside', () => {
  it.each(ROUTES)('is told by the %s API without anything of the inside', async (...[, path]) => {
    const own = await apiWorld();
    try {
      const url = path.startsWith('/wholesale') ? `${path}?q=a` : path;
      const made = await own.keyOf(1, PERMISSIONS, 'all');
      expect((await own.ask(url, { key: made })).status).toBe(200);
      await query(own.database.superUrl, 'ALTER TABLE customers RENAME TO customers_of_yesterday');
      const answer = await own.ask(url, { key: made });
      expect(answer.status).toBe(500);
      expect(answer.text).not.toMatch(
        /relation|customers|column|select|stack|\.ts|\.js|node_modules|postgres|typeorm|pg_|42P01/i,
      );
      expect(answer.text.length).toBeLessThan(250);
      expect(answer.headers.get('x-request-id')).toBeTruthy();
      expect([...answer.headers.keys()].filter((name) => /server|powered/.test(name))).toEqual([]);
    } finally {
      await own.close();
    }
  });

  it('is a 503 with Retry-After when the database lets nobody in', async () => {
    const own = await apiWorld();
    try {
      const made = await own.keyOf(1, PERMISSIONS, 'all');
      const server = new URL(own.database.superUrl);
      server.pathname = '/postgres';
      await runSql(
        server.href,
        `ALTER DATABASE ${own.database.name} CONNECTION LIMIT 0`,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${own.database.name}'`,
      );
      const answers = [];
      for (const path of ['/v1/customers', '/wholesale/customers?q=a', '/operations/v1/customers', '/v1/customers'])
        answers.push(await own.ask(path, { key: made }));
      for (const answer of answers) {
        expect([answer.status, Number(answer.headers.get('retry-after')) >= 1]).toEqual([503, true]);
        expect(answer.text).not.toMatch(/database|postgres|connection|ECONN|relation|\.ts|stack/i);
      }
      expect((await own.ask('/health/live')).status).toBe(200);
      expect((await own.ask('/health/ready')).status).toBe(503);
    } finally {
      await own.close();
    }
  }, 30_000);
});
