import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factory, unique } from '../support/api-fixtures.js';
import { type Answered, type ApiWorld, type Asked, apiWorld, ask, askUntilServed } from '../support/api-world.js';

const NORTHWIND = 2;
let world: ApiWorld;
let urls: readonly string[];
let token: string;
let made: ReturnType<typeof factory>;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  urls = [world.program.url, (await world.another()).url];
  token = await world.tokenOf('reseller');
  made = factory(world);
}, 120_000);
afterAll(() => world.close());

const customer = () => ({ name: 'Once', email: `once${unique()}@spec.example`, phone: '+12025550123' });

interface Posting {
  readonly path?: string;
  readonly body?: unknown;
  readonly key?: string;
  readonly as?: string;
  /** Which of the two processes answers. */
  readonly at?: number;
}

function requestOf({ path = '/v1/customers', body, key, as = token, at = 0 }: Posting): [url: string, asked: Asked] {
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  const asked = { method: 'POST', token: as, headers, ...(body === undefined ? {} : { body }) };
  return [(urls[at % 2] as string) + path, asked];
}

const post = (posting: Posting): Promise<Answered> => ask(...requestOf(posting));
/** The 409 of a key that is in use is an answer here; that nobody found a connection in time is none. */
const postUntilServed = (posting: Posting): Promise<Answered> =>
  askUntilServed(...requestOf(posting), ({ status }) => status === 503);

const count = async (table: string, where: string): Promise<number> => {
  const [row] = await made.sql<{ count: string }>(`SELECT count(*)::text FROM ${table} WHERE ${where}`);
  return Number(row?.count);
};
const tally = (answers: readonly Answered[]) => {
  const found: Record<string, number> = {};
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1;
  return found;
};
const codeOf = (answer: Answered) => answer.json<{ error: { code: string } }>().error.code;

describe('one hundred provisions of one service at once', () => {
  const rush = async (service: string | number, keyOf: (n: number) => string | undefined) =>
    Promise.all(
      Array.from({ length: 100 }, (_, n) => {
        const key = keyOf(n);
        const path = `/v1/services/${service}/provision`;
        return postUntilServed({ path, body: { priority: 'low' }, at: n, ...(key ? { key } : {}) });
      }),
    );

  it('with one key make one job; whoever is refused may ask again and gets the same answer', async () => {
    const service = await made.make.service(NORTHWIND);
    const valid = await rush(service, () => 'the-one-key');
    const accepted = valid.filter(({ status }) => status === 202);
    const refused = valid.filter(({ status }) => status !== 202);
    expect(accepted.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect([answer.status, codeOf(answer), answer.headers.get('retry-after')]).toEqual([
        409,
        'IDEMPOTENCY_IN_PROGRESS',
        '1',
      ]);
    }
    expect(new Set(accepted.map(({ text }) => text)).size).toBe(1);
    expect(accepted.filter(({ headers }) => headers.get('idempotent-replayed') !== 'true')).toHaveLength(1);
    expect(await count('provisioning_jobs', `service_id = ${service}`)).toBe(1);
    const again = await rush(service, () => 'the-one-key');
    expect(tally(again)).toEqual({ 202: 100 });
    expect(new Set([...again, ...accepted].map(({ text }) => text)).size).toBe(1);
    expect(
      await count(
        'work_items',
        `name = 'provisioning.run' AND payload->>'provisioning_job_id' = '${accepted[0]?.json<{ provisioning_job_id: number }>().provisioning_job_id}'`,
      ),
    ).toBe(1);
  });

  it('with a hundred keys make one job and 99 conflicts', async () => {
    const service = await made.make.service(NORTHWIND);
    const answers = await rush(service, (n) => `key-${service}-${n}`);
    expect(tally(answers)).toEqual({ 202: 1, 409: 99 });
    expect(await count('provisioning_jobs', `service_id = ${service}`)).toBe(1);
    expect(await count('idempotency_keys', `key LIKE 'key-${service}-%'`)).toBe(1);
  });

  it('without keys make one job and 99 conflicts', async () => {
    const service = await made.make.service(NORTHWIND);
    expect(tally(await rush(service, () => undefined))).toEqual({ 202: 1, 409: 99 });
    expect(await count('provisioning_jobs', `service_id = ${service}`)).toBe(1);
  });
});

describe('two hundred pairs with one key and two bodies', () => {
  it('do one of the two, never both', async () => {
    const outcomes: Record<string, number> = {};
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, n) => {
          const key = `pair-${round}-${n}`;
          const bodies = [customer(), customer()];
          const answers = await Promise.all(bodies.map((body, at) => postUntilServed({ body, key, at: at + n })));
          const statuses = answers.map(({ status }) => status).sort();
          outcomes[statuses.join()] = (outcomes[statuses.join()] ?? 0) + 1;
          const emails = bodies.map(({ email }) => `'${email}'`).join();
          expect(await count('customers', `email IN (${emails})`)).toBe(1);
        }),
      );
    }
    expect(Object.keys(outcomes).filter((pair) => pair !== '201,409' && pair !== '201,422')).toEqual([]);
    expect(Object.values(outcomes).reduce((sum, n) => sum + n, 0)).toBe(200);
  }, 60_000);
});

describe('a repeated request', () => {
  it('gets the first answer, byte for byte, from any process', async () => {
    const body = customer();
    const first = await post({ body, key: 'again' });
    expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
    const reordered = Object.fromEntries(Object.entries(body).reverse());
    for (const repeated of [
      await post({ body, key: 'again', at: 1 }),
      await post({ body: reordered, key: '"again"' }),
    ]) {
      expect([repeated.status, repeated.text, repeated.headers.get('location')]).toEqual([
        201,
        first.text,
        first.headers.get('location'),
      ]);
      expect(repeated.headers.get('idempotent-replayed')).toBe('true');
      expect(repeated.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    }
    expect(await count('customers', `email = '${body.email}'`)).toBe(1);
  });

  it('with another body, path or method is refused', async () => {
    const body = customer();
    const id = (await post({ body, key: 'mine' })).json<{ id: number }>().id;
    const others = [
      await post({ body: { ...body, name: 'Other' }, key: 'mine' }),
      await post({ path: `/v1/customers/${id}/suspend`, body: {}, key: 'mine' }),
      await world.ask(`/v1/customers/${id}`, { method: 'PATCH', token, body, headers: { 'idempotency-key': 'mine' } }),
    ];
    for (const answer of others) expect([answer.status, codeOf(answer)]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('is another request when somebody else makes it', async () => {
    const body = customer();
    const staff = await world.tokenOf('support');
    const answers = [await post({ body, key: 'ours' }), await post({ body, key: 'ours', as: staff })];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[1]?.headers.get('idempotent-replayed')).toBeNull();
  });

  it('is carried out when the first was refused: no 4xx is kept', async () => {
    const body = customer();
    const attempts = [
      await post({ body: { ...body, email: 'no' }, key: 'later' }),
      await post({ path: '/v1/customers/2147000000/suspend', body: {}, key: 'later' }),
      await post({ body, key: 'later', as: 'no-token' }),
      await post({ path: '/v1/plans', body: {}, key: 'later' }),
    ];
    expect(attempts.map(({ status }) => status)).toEqual([400, 404, 401, 403]);
    expect((await post({ body, key: 'later' })).status).toBe(201);
  });

  it('is carried out when the first was refused with a conflict that has gone', async () => {
    const service = await made.make.service(NORTHWIND);
    const provision = (key: string) => post({ path: `/v1/services/${service}/provision`, body: {}, key });
    const first = await provision('first');
    expect((await provision('second')).status).toBe(409);
    const { provisioning_job_id: job } = first.json<{ provisioning_job_id: number }>();
    expect((await post({ path: `/v1/provisioning/jobs/${job}/cancel` })).status).toBe(200);
    expect((await provision('second')).status).toBe(202);
    // The first key still answers what it answered then.
    expect((await provision('first')).text).toBe(first.text);
  });

  it('of an answer with a secret shows the secret again, though nobody could read it where it is kept', async () => {
    const create = () =>
      post({ path: '/v1/api-keys', body: { name: 'kept', scopes: ['customer.read'] }, key: 'secret' });
    const [first, second] = [await create(), await create()];
    expect([second.text, second.headers.get('cache-control')]).toEqual([first.text, 'no-store']);
    const { api_key: secret, id } = first.json<{ api_key: string; id: number }>();
    const [row] = await made.sql<{ body: string }>(`SELECT body FROM idempotency_keys WHERE key = 'secret'`);
    expect(row?.body).not.toContain(secret);
    expect(row?.body).not.toContain(`"id":${id}`);
  });

  it('leaves one audit entry and one event', async () => {
    const body = customer();
    const first = await post({ body, key: 'audited' });
    await post({ body, key: 'audited' });
    const { id } = first.json<{ id: number }>();
    expect(await count('audit_entries', `subject_type = 'customer' AND subject_id = '${id}'`)).toBe(1);
    expect(
      await count('outbox', `payload::text LIKE '%${body.email}%' OR payload->>'customer_id' = '${id}'`),
    ).toBeLessThanOrEqual(1);
  });

  it.each([
    ['works on PATCH', 'PATCH', '', { phone: '+12025550177' }, 200],
    ['works on POST of a verb', 'POST', '/suspend', { reason: 'x' }, 200],
  ])('%s', async (_, method, suffix, body, status) => {
    const id = await made.make.customer(NORTHWIND);
    const call = () =>
      world.ask(`/v1/customers/${id}${suffix}`, { method, token, body, headers: { 'idempotency-key': `verb-${id}` } });
    const [first, second] = [await call(), await call()];
    expect([first.status, second.status, second.text, second.headers.get('idempotent-replayed')]).toEqual([
      status,
      status,
      first.text,
      'true',
    ]);
  });

  it('works on DELETE', async () => {
    const id = await made.make.endpoint(NORTHWIND);
    const call = () =>
      world.ask(`/v1/webhooks/endpoints/${id}`, {
        method: 'DELETE',
        token,
        headers: { 'idempotency-key': `del-${id}` },
      });
    const [first, second] = [await call(), await call()];
    expect([first.status, second.status, second.text, second.headers.get('idempotent-replayed')]).toEqual([
      204,
      204,
      '',
      'true',
    ]);
  });

  it.each(['', ' ', 'a b', 'é', 'x'.repeat(256), 'a\tb'])(
    'needs a key of 1 to 255 visible ASCII characters, not %j',
    async (key) => {
      const sent = Buffer.from(key, 'utf8').toString('latin1');
      expect((await post({ body: customer(), key: sent })).status).toBe(400);
    },
  );

  it('accepts the longest key', async () => {
    expect((await post({ body: customer(), key: 'x'.repeat(255) })).status).toBe(201);
  });
});
