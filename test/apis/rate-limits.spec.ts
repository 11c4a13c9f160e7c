import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { factory } from '../support/api-fixtures.js';
import { type Answered, type ApiWorld, apiWorld, ask } from '../support/api-world.js';
import { type TestRedis, onRedis, startRedis } from '../support/redis.js';

/** Fjordnet, of the free tier: 100 a minute, 1,000 an hour, 10,000 a day. */
const FREE_PARTNER = 3;

async function inRushes(total: number, call: (n: number) => Promise<Answered>): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (let from = 0; from < total; from += 50)
    answers.push(...(await Promise.all(Array.from({ length: 50 }, (_, n) => call(from + n)))));
  return answers;
}

const ATTEMPTS = 3;
/** A minute of the free tier (100) and of the next one (500) as each of two processes counts it alone. */
const ALONE = ['50', '250'];
/** The store was out of reach for a moment: a process counted alone, or found no connection in time. */
const outOfReach = (answer: Answered): boolean =>
  answer.status === 503 || ALONE.includes(answer.headers.get('x-ratelimit-limit') ?? '');

const number = (answer: Answered, name: string): number => Number(answer.headers.get(name));

describe.each([['PostgreSQL'], ...(onRedis ? [['Redis']] : [])])('rate limits counted in %s', (store) => {
  let redis: TestRedis | undefined;
  let world: ApiWorld;
  let urls: readonly string[];

  beforeAll(async () => {
    if (store === 'Redis') redis = await startRedis();
    const settings: Record<string, string> = { ISP_RATE_LIMITS: 'true', ISP_API_PROCESSES: '2' };
    world = await apiWorld({ seeded: true, settings: redis ? { ...settings, REDIS_URL: redis.url } : settings });
    urls = [world.program.url, (await world.another()).url];
  }, 120_000);
  afterAll(async () => {
    await world.close();
    await redis?.stop();
  });

  /** Lets processes that fell back to counting alone find the store again. */
  async function findStore(): Promise<void> {
    const key = await world.keyOf(2, ['customer.read']);
    for (const url of urls) await ask(`${url}/v1/customers?per_page=1`, { key });
    await sleep(100);
  }
  beforeEach(findStore);

  /** What is answered to a fresh key; to another one when the store was out of reach meanwhile. */
  async function answersTo(call: (key: string) => Promise<Answered[]>): Promise<Answered[]> {
    for (let attempt = 1; ; attempt += 1) {
      const answers = await call(await world.keyOf(FREE_PARTNER, ['customer.read']));
      if (attempt === ATTEMPTS || !answers.some(outOfReach)) return answers;
      await findStore();
    }
  }

  it('admit exactly 100 of 500 requests at one process, and say how long to wait', async () => {
    let started = 0;
    const answers = await answersTo(async (key) => {
      started = Math.floor((await now()) / 1_000);
      return inRushes(500, () => world.ask('/v1/customers?per_page=1', { key }));
    });
    const admitted = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect([admitted.length, refused.length]).toEqual([100, 400]);
    const remaining = admitted
      .map((answer) => number(answer, 'x-ratelimit-remaining'))
      .sort((left, right) => right - left);
    expect(remaining).toEqual(Array.from({ length: 100 }, (_, n) => 99 - n));
    for (const answer of answers) {
      expect(answer.headers.get('x-ratelimit-limit')).toBe('100');
      expect(number(answer, 'x-ratelimit-reset')).toBeGreaterThanOrEqual(started);
      expect(number(answer, 'x-ratelimit-reset')).toBeLessThanOrEqual(started + 75);
    }
    for (const answer of refused) {
      expect(answer.headers.get('x-ratelimit-remaining')).toBe('0');
      expect(number(answer, 'retry-after')).toBeGreaterThanOrEqual(1);
      expect(number(answer, 'retry-after')).toBeLessThanOrEqual(61);
      expect(answer.json<{ error: { code: string } }>().error.code).toBe('RATE_LIMIT_EXCEEDED');
    }
  });

  it('admit exactly 100 of 500 requests spread over two processes', async () => {
    const answers = await answersTo((key) =>
      inRushes(500, (n) => ask(`${urls[n % 2]}/v1/customers?per_page=1`, { key })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(400);
  });

  it('count down by one, never below nothing', async () => {
    const answers = await answersTo(async (key) => {
      const one: Answered[] = [];
      for (let n = 0; n < 105; n += 1) one.push(await world.ask('/v1/customers?per_page=1', { key }));
      return one;
    });
    const seen = answers.map((answer) => number(answer, 'x-ratelimit-remaining'));
    expect(seen).toEqual([...Array.from({ length: 100 }, (_, n) => 99 - n), 0, 0, 0, 0, 0]);
  });

  it('are each key’s own, and as wide as its tier', async () => {
    const answers = await answersTo(async (key) => {
      const other = await world.keyOf(2, ['customer.read']);
      await inRushes(150, () => world.ask('/v1/customers?per_page=1', { key }));
      return [await world.ask('/v1/customers?per_page=1', { key: other })];
    });
    expect(answers.map(({ status, headers }) => [status, headers.get('x-ratelimit-limit')])).toEqual([[200, '500']]);
  });

  it('stand on refusals, errors and every API, too', async () => {
    const answers = await answersTo(async (key) => [
      await world.ask('/v1/customers/2147000000', { key }),
      await world.ask('/v1/customers?page=x', { key }),
      await world.ask('/v1/plans', { key }),
      await world.ask('/wholesale/customers?q=a', { key }),
      await world.ask('/operations/v1/customers', { key }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 400, 403, 200, 200]);
    expect(answers.map((answer) => answer.headers.get('x-ratelimit-remaining'))).toEqual([
      '99',
      '98',
      '97',
      '96',
      '95',
    ]);
  });

  it('are said in the words of each API', async () => {
    const paths = ['/wholesale/customers?q=a', '/operations/v1/customers'];
    const answers = await answersTo(async (key) => {
      const used = await inRushes(100, () => world.ask('/v1/customers?per_page=1', { key }));
      const refused: Answered[] = [];
      for (const path of paths) refused.push(await world.ask(path, { key }));
      return [...used, ...refused];
    });
    const refused = answers.slice(-paths.length);
    expect(refused.map(({ status }) => status)).toEqual([429, 429]);
    for (const answer of refused) expect(number(answer, 'retry-after')).toBeGreaterThan(0);
    const bodies = refused.map((answer) => answer.json());
    expect(bodies).toMatchObject([{ code: 429, errors: [expect.any(String)] }, { detail: expect.any(String) }]);
  });

  it('take a thousand invented addresses in X-Forwarded-For for one client', async () => {
    const limited = await inRushes(150, (n) =>
      world.ask('/v1/auth/refresh', {
        method: 'POST',
        body: { refresh_token: 'x' },
        headers: { 'x-forwarded-for': `10.0.${n}.1`, 'x-real-ip': `10.1.${n}.1`, forwarded: `for=10.2.${n}.1` },
      }),
    );
    expect(limited.filter(({ status }) => status === 429)).toHaveLength(50);
  });

  it('leave health checks and other callers alone while a key is refused', async () => {
    const answers = await answersTo((key) => inRushes(150, () => world.ask('/v1/customers?per_page=1', { key })));
    expect(answers.some(({ status }) => status === 429)).toBe(true);
    const checks = await inRushes(150, () => world.ask('/health/live'));
    expect(checks.every(({ status }) => status === 200)).toBe(true);
  });

  async function now(): Promise<number> {
    const [row] = await factory(world).sql<{ now: string }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now',
    );
    return Number(row?.now);
  }
});
