import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unique } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld, askRaw } from '../support/api-world.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const LIMIT = 100 * KIB;
let world: ApiWorld;
let key: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  key = await world.keyOf(1, ['customer.read', 'customer.create', 'customer.update', 'plan.manage'], 'all');
}, 120_000);
afterAll(() => world.close());

const text = (size: number) => `{"name":"${'x'.repeat(Math.max(0, size - 11))}"}`;
const create = (raw: string | Uint8Array<ArrayBuffer>, headers = {}) =>
  world.ask('/v1/customers', { method: 'POST', key, raw, headers });
const customer = (name = 'Plain') => ({ name, email: `plain${unique()}@spec.example`, phone: '+12025550123' });

interface Flood {
  readonly status: number;
  readonly sent: number;
  readonly grownMib: number;
}

/** Sends a chunked body until the server answers and closes, or `most` bytes are on the wire. */
async function flood(most: number): Promise<Flood> {
  const before = process.memoryUsage.rss();
  const socket = connect(world.program.port, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  const ended = new Promise<void>((resolve) => {
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
  const head = ['POST /v1/customers HTTP/1.1', 'Host: x', `X-API-Key: ${key}`, 'Content-Type: application/json'];
  socket.write([...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
  const data = Buffer.alloc(64 * KIB, 120);
  const chunk = Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')]);
  let sent = 0;
  while (socket.writable && sent < most) {
    const flushed = socket.write(chunk);
    sent += chunk.length;
    const turn = new Promise((resolve) => setImmediate(resolve));
    await Promise.race([flushed ? turn : once(socket, 'drain').catch(() => undefined), ended]);
  }
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  socket.destroy();
  const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
  return { status, sent, grownMib: (process.memoryUsage.rss() - before) / MIB };
}

describe('a body that is too large', () => {
  it('is refused from 100 KiB and one byte on', async () => {
    expect((await create(text(LIMIT))).status).toBe(400);
    for (const size of [LIMIT + 1, 10 * MIB]) {
      const answer = await create(text(size)).catch(
        (error: Error & { cause?: { code?: string } }) => error.cause?.code,
      );
      // A client that is still writing may see the connection end before it reads the answer.
      if (typeof answer === 'object') expect([answer.status, answer.headers.get('connection')]).toEqual([413, 'close']);
      else expect(answer).toMatch(/EPIPE|ECONNRESET|UND_ERR_SOCKET/);
    }
  });

  it('is refused by what its Content-Length says, before any of it was read', async () => {
    const socket = connect(world.program.port, '127.0.0.1');
    const answered = once(socket, 'data') as Promise<Buffer[]>;
    socket.write(
      `POST /v1/customers HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n`,
    );
    const [data] = await answered;
    socket.destroy();
    expect(String(data)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is refused in the middle of an endless one, with next to no memory', async () => {
    await flood(MIB);
    const { status, sent, grownMib } = await flood(50 * MIB);
    expect([status === 413 || status === 0, sent < 50 * MIB]).toEqual([true, true]);
    expect(grownMib).toBeLessThan(20);
    expect((await world.ask('/health/live')).status).toBe(200);
  });

  it('is refused for a caller that nobody knows just as well', async () => {
    const kept = key;
    key = 'nobody';
    const { status, sent } = await flood(50 * MIB).finally(() => (key = kept));
    expect([[0, 401, 413].includes(status), sent < 50 * MIB]).toEqual([true, true]);
  });

  it('cannot hide behind a content encoding', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(20 * MIB, 120)));
    const before = process.memoryUsage.rss();
    for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'gzip, gzip', 'x-unknown']) {
      const answer = await create(bomb, { 'content-encoding': encoding });
      expect([encoding, answer.status]).toEqual([encoding, 415]);
    }
    expect((process.memoryUsage.rss() - before) / MIB).toBeLessThan(20);
  });

  it.each(['/wholesale/customers', '/v1/auth/login', '/v1/oauth/token'])(
    'is 413 in the words of its API: %s',
    async (path) => {
      const answer = await askRaw(world.program.url, {
        method: 'POST',
        path,
        headers: ['content-type', 'application/json', 'content-length', String(LIMIT + 1), 'x-api-key', key],
      }).catch((error: NodeJS.ErrnoException) => error);
      if (answer instanceof Error) throw answer;
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.text)).toHaveProperty(path.startsWith('/wholesale') ? 'code' : 'error');
    },
  );
});

describe('a body that is deep or wide', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const objects = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
  const keys = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":1`).join()}}`;

  it.each([
    ['33 lists', () => `{"name":${nested(32)}}`, 400],
    ['33 objects', () => objects(33), 400],
    ['50,000 lists', () => nested(50_000), 400],
    ['1,000,000 lists', () => nested(1_000_000), 413],
    ['50,000 lists that are never closed', () => '['.repeat(50_000), 400],
    ['10,000 fields', () => keys(10_000), 413],
    ['5,000 fields', () => keys(5_000), 400],
    ['1,000,000 fields', () => keys(1_000_000), 413],
    ['30,000 items', () => `{"name":[${'1,'.repeat(30_000)}1]}`, 400],
    ['a number of 90,000 digits', () => `{"name":${'9'.repeat(90_000)}}`, 400],
    ['a text of 50,000 characters', () => `{"name":"${'x'.repeat(50_000)}"}`, 400],
  ])('%s', async (_, make, status) => {
    const raw = make();
    const started = performance.now();
    const answer = await create(raw).catch(() => undefined);
    // Larger than the socket's buffers: the connection may end while the client still writes.
    if (answer === undefined) expect(raw.length).toBeGreaterThan(MIB);
    else {
      const right = status === 413 ? [413] : [status];
      if (raw.length <= LIMIT) right.push(400);
      expect(right).toContain(answer.status);
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('is refused within 100 ms', async () => {
    const body = nested(50_000);
    await create(body);
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const started = performance.now();
      await create(body);
      times.push(performance.now() - started);
    }
    expect(Math.min(...times)).toBeLessThan(100);
  });
});

describe('text that is no UTF-8, or not quite', () => {
  const around = (bytes: number[]): Uint8Array<ArrayBuffer> =>
    new Uint8Array(
      Buffer.concat([
        Buffer.from('{"name":"A'),
        Buffer.from(bytes),
        Buffer.from(`","email":"u${unique()}@spec.example","phone":"+12025550123"}`),
      ]),
    );

  it.each([
    ['a lone continuation byte', [0x80]],
    ['a cut sequence', [0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an overlong NUL', [0xc0, 0x80]],
    ['a surrogate in UTF-8 (CESU)', [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]],
    ['a code point beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
    ['0xFF', [0xff]],
    ['Latin-1', [0xe9]],
    ['NUL', [0x00]],
  ])('%s', async (_, bytes) => {
    expect((await create(around(bytes))).status).toBe(400);
  });

  it.each([
    ['a byte order mark', `\u{feff}${JSON.stringify(customer())}`],
    ['an escaped NUL', JSON.stringify(customer('A\u0000B'))],
    ['a lone high surrogate', '{"name":"A\\ud800","email":"l@spec.example","phone":"+12025550123"}'],
    ['a lone low surrogate', '{"name":"A\\udc00","email":"l@spec.example","phone":"+12025550123"}'],
    ['surrogates in the wrong order', '{"name":"\\udc00\\ud800","email":"l@spec.example","phone":"+12025550123"}'],
    ['a lone surrogate as a key', '{"\\ud800":1}'],
  ])('%s', async (_, raw) => {
    expect((await create(raw)).status).toBe(400);
  });

  it.each(['utf-16', 'utf-16le', 'iso-8859-1', 'utf-7'])('sent as %s', async (charset) => {
    const body = new Uint8Array(
      Buffer.from(JSON.stringify(customer()), charset.startsWith('utf-16') ? 'utf16le' : 'latin1'),
    );
    const answer = await create(body, { 'content-type': `application/json; charset=${charset}` });
    expect([400, 415]).toContain(answer.status);
  });

  it('that is right is stored as it is', async () => {
    for (const name of ['Ærøskøbing 日本 العربية', '👨‍👩‍👧‍👦 family', 'é vs é', '\u{10ffff}x']) {
      const answer = await create(JSON.stringify(customer(name)));
      expect([answer.status, answer.json<{ name: string }>().name]).toEqual([201, name]);
    }
  });
});

describe('a body that two parsers could read in two ways', () => {
  const raw = (fields: string) => create(`{${fields},"email":"d${unique()}@spec.example","phone":"+12025550123"}`);

  it.each([
    ['a field twice', '"name":"A","name":"B"'],
    ['a field twice, once escaped', '"name":"A","\\u006eame":"B"'],
    ['a comment', '/* x */"name":"A"'],
    ['a trailing comma', '"name":"A",,"x":1'],
    ['single quotes', "'name':'A'"],
    ['an unquoted field', 'name:"A"'],
    ['NaN', '"name":NaN'],
    ['Infinity', '"name":Infinity'],
    ['hexadecimal', '"name":0x10'],
    ['a leading zero', '"name":"A","partner_id":01'],
    ['a raw line break', '"name":"A\nB"'],
    ['a list where text is meant', '"name":["A"]'],
    ['an object where text is meant', '"name":{"x":"A"}'],
    ['a number where text is meant', '"name":1'],
    ['text where a number is meant', '"name":"A","partner_id":"1"'],
    ['1.5 where a whole number is meant', '"name":"A","partner_id":1.5'],
    ['null where text is meant', '"name":null'],
    ['true where a number is meant', '"name":"A","partner_id":true'],
  ])('%s', async (_, fields) => {
    expect((await raw(fields)).status).toBe(400);
  });

  it.each(['', '[]', '"text"', '1', 'null', 'true', '{}', '{}{}', '{} x', '\u0000', '['])(
    '%j instead of an object',
    async (body) => {
      expect((await create(body)).status).toBe(400);
    },
  );

  it.each([
    'text/plain',
    'text/json',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/vnd.api+json',
    'nonsense',
    'application/json, text/plain',
  ])('is not read as %s', async (type) => {
    const answer = await create(JSON.stringify(customer()), { 'content-type': type });
    expect([400, 415]).toContain(answer.status);
  });

  it('is read with parameters that change nothing', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON'])
      expect([type, (await create(JSON.stringify(customer()), { 'content-type': type })).status]).toEqual([type, 201]);
  });
});

describe('a query or method that two layers could read in two ways', () => {
  it.each([
    '/v1/customers?page=1&page=2',
    '/v1/customers?page[]=1',
    '/v1/customers?page[x]=1',
    '/v1/customers?per_page=5&per_page=5',
    '/v1/customers?status=active,suspended',
    '/v1/customers?unknown=1',
    '/v1/customers?__proto__[x]=1',
    '/v1/customers?constructor=1',
    '/v1/customers?page=0',
    '/v1/customers?page=-1',
    '/v1/customers?page=1e20',
    '/v1/customers?page=1%3B',
    '/v1/customers?page=1.5',
    '/v1/customers?page=%201',
    '/v1/customers?page=',
    '/v1/customers?per_page=0',
    '/v1/customers?per_page=101',
    '/v1/customers?per_page=1000000000',
    '/v1/customers?partner_id=2147483648',
    '/v1/customers?partner_id=9223372036854775808',
    '/v1/customers?sort=password',
    '/v1/customers/0',
    '/v1/customers/-1',
    '/v1/customers/1.0',
    '/v1/customers/01',
    '/v1/customers/1e3',
    '/v1/customers/9223372036854775808',
    '/v1/customers/%00',
    '/v1/customers/1%00',
    '/v1/customers/1%20',
    '/v1/customers/٣',
  ])('refuses %s', async (path) => {
    expect((await world.ask(path, { key })).status).toBe(400);
  });

  it('answers a search with an escaped NUL without a server error', async () => {
    expect((await world.ask('/v1/customers?search=a%00b', { key })).status).toBeLessThan(500);
  });

  it.each(['%ff', 'Harbour%ff', '%c0%80', '%ed%a0%80', '%zz', 'a%'])(
    'refuses a query string that is not UTF-8 in the words of each API: %s',
    async (text) => {
      const ask = async (path: string) => {
        const answer = await world.ask(`${path}${text}`, { key });
        return { status: answer.status, body: answer.json<unknown>() };
      };
      const message = 'must be percent-encoded UTF-8';
      for (const path of ['/v1/customers?search=', '/v1/customers?page=1&search=', '/v1/nothing?search=']) {
        const error = { code: 'VALIDATION_ERROR', details: [{ field: 'search', message }] };
        expect([path, await ask(path)]).toMatchObject([path, { status: 400, body: { error } }]);
      }
      expect(await ask('/wholesale/predefined-premises?q=')).toEqual({
        status: 400,
        body: { code: 400, errors: { q: [message] }, full_errors: [`q ${message}`] },
      });
      expect(await ask('/operations/v1/customers?status=')).toMatchObject({ status: 400 });
      expect(JSON.stringify((await ask('/operations/v1/customers?status=')).body)).toContain(message);
    },
  );

  it('reads a query string in any language, a plus as a space', async () => {
    const { id, name } = (await create(JSON.stringify(customer('Zoë 漢字 😀')))).json<{ id: number; name: string }>();
    const found = await world.ask(`/v1/customers?search=${encodeURIComponent(name).replaceAll('%20', '+')}`, { key });
    expect(found.json<{ customers: { id: number }[] }>().customers.map((one) => one.id)).toEqual([id]);
  });

  it('knows no method overrides', async () => {
    const id = (await create(JSON.stringify(customer()))).json<{ id: number }>().id;
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const answer = await world.ask(`/v1/customers/${id}?_method=DELETE`.replace('?_method=DELETE', ''), {
        key,
        headers: { [name]: 'PATCH' },
      });
      expect([name, answer.status]).toEqual([name, 200]);
      const posted = await world.ask(`/v1/customers/${id}`, {
        method: 'POST',
        key,
        body: { name: 'Overridden' },
        headers: { [name]: 'PATCH' },
      });
      expect([name, posted.status]).toEqual([name, 405]);
    }
    expect((await world.ask(`/v1/customers/${id}`, { key })).json<{ name: string }>().name).toBe('Plain');
  });

  it('treats other spellings of a path as other paths', async () => {
    for (const path of [
      '/V1/customers',
      '/v1/Customers',
      '/v1/customers/',
      '//v1/customers',
      '/v1//customers',
      '/v1/customers/../customers/x/y',
      '/v1/customers%2f1',
    ])
      expect([path, (await askRaw(world.program.url, { path, headers: ['x-api-key', key] })).status]).toEqual([
        path,
        404,
      ]);
  });

  it('does not take a header twice for what it means', async () => {
    const { status } = await askRaw(world.program.url, {
      path: '/v1/customers',
      headers: ['x-api-key', key, 'x-api-key', 'other'],
    });
    expect(status).toBe(401);
  });
});
