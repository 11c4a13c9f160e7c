import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningProgram } from '../../apps/wiring/program.js';
import { PASSWORD, factory, person } from '../support/api-fixtures.js';
import { type ApiWorld, type Asked, MovableClock, apiWorld, ask } from '../support/api-world.js';

const NORTHWIND = 2;
const clock = new MovableClock();
let world: ApiWorld;
let other: RunningProgram;
let admin: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  other = await world.another();
  admin = await world.tokenOf('admin');
}, 120_000);
afterAll(() => world.close());

const statusAt = async (url: string, path: string, asked: Asked): Promise<number> =>
  (await ask(url + path, asked)).status;

/** Warm in both processes, then ended through the first: both must refuse all of them within 2 s, and nobody else. */
async function expectEnd(credentials: Asked | readonly Asked[], end: () => Promise<unknown>): Promise<void> {
  const path = '/v1/customers';
  const uses = [credentials].flat().flatMap((credential: Asked) => {
    return [world.program.url, other.url].map((url) => () => statusAt(url, path, credential));
  });
  for (const use of uses) expect(await use()).toBe(200);
  const started = performance.now();
  await end();
  const ends = await Promise.all(
    uses.map(async (use) => {
      // Asked all the time, so that a cache that renews itself on use would show.
      while ((await use()) === 200 && performance.now() - started < 4_000) await sleep(25);
      return performance.now() - started;
    }),
  );
  expect(Math.max(...ends)).toBeLessThan(2_000);
  for (const use of uses) expect(await use()).toBe(401);
  expect(await statusAt(other.url, path, { token: admin })).toBe(200);
}

const asAdmin = async (path: string, body?: unknown, method = 'POST') => {
  const answer = await world.ask(path, { method, token: admin, ...(body === undefined ? {} : { body }) });
  expect([path, answer.status < 300]).toEqual([path, true]);
  return answer;
};

describe('in every process within two seconds', () => {
  it('a session ends with its logout, and no other of the same user', async () => {
    const { login } = await person(world, NORTHWIND, 'reseller_admin');
    const [token, kept] = [await world.tokenOf(login, PASSWORD), await world.tokenOf(login, PASSWORD)];
    await expectEnd({ token }, () => world.ask('/v1/auth/logout', { method: 'POST', token }));
    expect(await statusAt(other.url, '/v1/customers', { token: kept })).toBe(200);
  });

  it('all other sessions end with a change of the password', async () => {
    const { login } = await person(world, NORTHWIND, 'reseller_admin');
    const [token, changer] = [await world.tokenOf(login, PASSWORD), await world.tokenOf(login, PASSWORD)];
    const body = { current_password: PASSWORD, new_password: 'quite another pass phrase' };
    await expectEnd({ token }, () => world.ask('/v1/auth/password', { method: 'POST', token: changer, body }));
    expect(await statusAt(other.url, '/v1/customers', { token: changer })).toBe(200);
  });

  it('a user ends when disabled, also with its refresh token', async () => {
    const { id, login } = await person(world, NORTHWIND, 'reseller_admin');
    const body = { login, password: PASSWORD };
    const pair = (await world.ask('/v1/auth/login', { method: 'POST', body })).json<Record<string, string>>();
    await expectEnd({ token: pair['access_token'] }, () => asAdmin(`/v1/users/${id}/disable`));
    const refresh = { method: 'POST', body: { refresh_token: pair['refresh_token'] } };
    expect(await statusAt(other.url, '/v1/auth/refresh', refresh)).toBe(401);
    expect(await statusAt(other.url, '/v1/auth/login', { method: 'POST', body })).toBe(401);
  });

  it('a password that somebody else sets ends the sessions', async () => {
    const { id, login } = await person(world, NORTHWIND, 'reseller_admin');
    const token = await world.tokenOf(login, PASSWORD);
    await expectEnd({ token }, () => asAdmin(`/v1/users/${id}/password`, { password: 'set by the operator' }));
  });

  it('people and keys of a suspended partner end', async () => {
    const partner = Number(await factory(world).make.partner(1));
    const { login } = await person(world, partner, 'reseller_admin');
    const token = await world.tokenOf(login, PASSWORD);
    const key = await world.keyOf(partner, ['customer.read']);
    await expectEnd([{ token }, { key }], () => asAdmin(`/v1/partners/${partner}/suspend`, { reason: 'spec' }));
    await asAdmin(`/v1/partners/${partner}/reactivate`, {});
    await sleep(1_500);
    expect(await statusAt(other.url, '/v1/customers', { key })).toBe(200);
  });

  it('a role that was lowered allows no more', async () => {
    const { id, login } = await person(world, NORTHWIND, 'reseller_admin');
    const token = await world.tokenOf(login, PASSWORD);
    const lower = () => asAdmin(`/v1/users/${id}`, { roles: ['reseller_read_only'] }, 'PATCH');
    // Whether the session ends or only loses the right, the answer is a refusal.
    const urls = [world.program.url, other.url];
    for (const url of urls) expect(await statusAt(url, '/v1/users', { token })).toBe(200);
    const started = performance.now();
    await lower();
    for (const url of urls) {
      while ((await statusAt(url, '/v1/users', { token })) === 200 && performance.now() - started < 4_000)
        await sleep(25);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
    for (const url of urls) expect([401, 403]).toContain(await statusAt(url, '/v1/users', { token }));
  });

  it('a revoked key ends, and so do the tokens made from it', async () => {
    const created = await asAdmin('/v1/api-keys', { name: 'short-lived', scopes: ['customer.read'] });
    const {
      id,
      public_id: publicId,
      api_key: key,
    } = created.json<{ id: number; public_id: string; api_key: string }>();
    const body = { grant_type: 'client_credentials', client_id: publicId, client_secret: key };
    const token = (await world.ask('/v1/oauth/token', { method: 'POST', body })).json<{ access_token: string }>()
      .access_token;
    expect(await statusAt(other.url, '/v1/customers', { token })).toBe(200);
    await expectEnd({ key }, () => asAdmin(`/v1/api-keys/${id}`, undefined, 'DELETE'));
    for (const url of [world.program.url, other.url]) expect(await statusAt(url, '/v1/customers', { token })).toBe(401);
  });

  it('a key that was rotated without overlap ends', async () => {
    const created = await asAdmin('/v1/api-keys', { name: 'rotated', scopes: ['customer.read'] });
    const { id, api_key: key } = created.json<{ id: number; api_key: string }>();
    await expectEnd({ key }, () => asAdmin(`/v1/api-keys/${id}/rotate`, { overlap_hours: 0 }));
  });
});

describe('refresh tokens', () => {
  interface Pair {
    readonly access_token: string;
    readonly refresh_token: string;
  }

  const signIn = async (): Promise<Pair & { id: number }> => {
    const { id, login } = await person(world, NORTHWIND, 'reseller_admin');
    const body = { login, password: PASSWORD };
    return { ...(await world.ask('/v1/auth/login', { method: 'POST', body })).json<Pair>(), id };
  };
  const refresh = (pair: Pair, url = world.program.url, headers = {}) =>
    ask(`${url}/v1/auth/refresh`, { method: 'POST', body: { refresh_token: pair.refresh_token }, headers });
  const me = (pair: Pair) => statusAt(world.program.url, '/v1/auth/me', { token: pair.access_token });

  it('used again after 11 seconds end the whole family, and the audit trail says so', async () => {
    const first = await signIn();
    const second = await clock.stoppedFor(async () => {
      const successor = (await refresh(first)).json<Pair>();
      clock.shiftSeconds += 11;
      expect((await refresh(first, other.url)).status).toBe(401);
      return successor;
    });
    expect((await refresh(second)).status).toBe(401);
    await sleep(1_200);
    expect([await me(first), await me(second)]).toEqual([401, 401]);
    const audit = await world.ask(`/v1/audit?subject_type=user&subject_id=${first.id}&action=session.revoke`, {
      token: admin,
    });
    expect(audit.json<{ entries: unknown[] }>().entries).toMatchObject([
      { changes: { reason: 'refresh token used twice' } },
    ]);
  });

  it('asked for again within 10 seconds answer one new successor; the lost one is dead', async () => {
    const first = await signIn();
    const [lost, again] = await clock.stoppedFor(async () => {
      const successor = (await refresh(first)).json<Pair>();
      clock.shiftSeconds += 9;
      return [successor, await refresh(first, other.url)] as const;
    });
    expect(again.status).toBe(200);
    const kept = again.json<Pair>();
    expect((await refresh(kept)).status).toBe(200);
    expect((await refresh(lost)).status).toBe(401);
  });

  it('asked for again by somebody else are not answered, even within 10 seconds', async () => {
    const first = await signIn();
    await refresh(first);
    expect((await refresh(first, other.url, { 'user-agent': 'somebody else' })).status).toBe(401);
  });

  it('asked for again once the successor was used end the family', async () => {
    const first = await signIn();
    const second = (await refresh(first)).json<Pair>();
    const third = await refresh(second);
    expect(third.status).toBe(200);
    expect((await refresh(first)).status).toBe(401);
    expect((await refresh(third.json<Pair>())).status).toBe(401);
  });

  it('used twenty times at once leave one successor alive at most', async () => {
    const first = await signIn();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => refresh(first, n % 2 ? other.url : world.program.url)),
    );
    expect(answers.filter(({ status }) => status !== 200 && status !== 401)).toEqual([]);
    const live = await factory(world).sql<{ count: string }>(
      `SELECT count(*)::text FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id AND s.revoked_at IS NULL
        WHERE s.user_id = ${first.id} AND t.used_at IS NULL AND t.superseded_at IS NULL`,
    );
    expect(Number(live[0]?.count)).toBeLessThanOrEqual(1);
  });
});
