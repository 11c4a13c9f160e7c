import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accessProcess, type AccessProcess, ROOT, TestClock } from '../../../../test/support/access-world.js';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { Authenticate } from '../authentication/authenticate.js';
import { ChangePassword } from '../users/change-password.usecase.js';
import { CreateUser } from '../users/create-user.usecase.js';
import { SetCustomerPassword } from '../users/set-customer-password.usecase.js';
import { SetUserStatus } from '../users/set-user-status.usecase.js';
import { UpdateUser } from '../users/update-user.usecase.js';
import type { UserView } from '../users/user.view.js';
import { Login } from './login.usecase.js';
import { Logout } from './logout.usecase.js';
import { PurgeSessions } from './purge-sessions.usecase.js';
import { Refresh } from './refresh.usecase.js';
import { RevokePartnerAccess } from './revoke-partner-access.usecase.js';
import type { TokenPair } from './session.view.js';

const PASSWORD = 'correct horse battery';
const CLIENT = { address: '192.0.2.7', userAgent: 'spec/1' };
const clock = new TestClock();
let database: TestDatabase;
let one: AccessProcess;
let other: AccessProcess;
let serial = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  [one, other] = await Promise.all([accessProcess(database.appUrl, clock), accessProcess(database.appUrl, clock)]);
  await query(database.ownerUrl, `INSERT INTO partners (name, kind) VALUES ('North', 'reseller'), ('South', 'isp')`);
}, 120_000);
afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await database.drop();
});
beforeEach(() => clock.advance(3_600));

async function person(roles = ['support'], partnerId = 1, email?: string): Promise<UserView> {
  serial += 1;
  const username = `person${serial}`;
  return one.get(CreateUser).execute({
    actor: ROOT,
    partnerId,
    username,
    email: email ?? `${username}@example.com`,
    fullName: `Person ${serial}`,
    password: PASSWORD,
    roles,
  });
}

const login = (user: UserView | string, password = PASSWORD, client = CLIENT): Promise<TokenPair> =>
  one.get(Login).execute({ login: typeof user === 'string' ? user : user.username, password, ...client });
const refresh = (
  refreshToken: string,
  client: { address: string; userAgent: string } = CLIENT,
  process = one,
): Promise<TokenPair> => process.get(Refresh).execute({ refreshToken, ...client });
const who = (pair: TokenPair, process = one) => process.get(Authenticate).authenticateBearer(pair.accessToken);
const refused = { code: 'access.login.refused' };
const unauthenticated = { code: 'access.unauthenticated', message: 'Missing or invalid authentication' };
const audit = (action: string, id: number) =>
  query<{ changes: Record<string, unknown> }>(
    database.ownerUrl,
    `SELECT changes FROM audit_entries WHERE action = '${action}' AND subject_id = '${id}' ORDER BY seq`,
  );

/** Resolves with the milliseconds until `check` is refused. */
async function untilRefused(check: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  while (performance.now() - start < 5_000) {
    if (
      await check().then(
        () => false,
        () => true,
      )
    )
      return performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return Infinity;
}

describe('signing in', () => {
  it('takes the user name or the e-mail address in any case, and gives rights by role', async () => {
    const user = await person();
    const pair = await login(user.email.toUpperCase());
    const { actor, credential } = await who(pair);
    expect(actor).toMatchObject({ kind: 'user', name: `user:${user.id}`, reach: 'all', partnerId: 1, userId: user.id });
    expect(actor.permissions.has('customer.suspend')).toBe(true);
    expect(actor.permissions.has('user.manage')).toBe(false);
    expect(credential).toMatchObject({ kind: 'jwt', tier: 'enterprise' });
    expect(pair).toMatchObject({ tokenType: 'Bearer', expiresIn: 600 });
    expect(await audit('session.login', user.id)).toHaveLength(1);
    await expect(login(user.username.toUpperCase())).resolves.toBeDefined();
  });

  it('tells people apart who share an e-mail address with different partners', async () => {
    const [here, there] = [
      await person(['reseller_admin'], 2, 'ada@example.com'),
      await person(['isp'], 3, 'ada@example.com'),
    ];
    const changed = 'quite another password';
    const pair = await login(there);
    const { actor, credential } = await who(pair);
    await one.get(ChangePassword).execute({
      actor,
      sessionId: credential.sessionId,
      address: '::1',
      currentPassword: PASSWORD,
      newPassword: changed,
    });
    expect((await who(await login('ada@example.com', changed))).actor).toMatchObject({
      partnerId: 3,
      reach: 'partner',
    });
    expect((await who(await login('ada@example.com'))).actor.userId).toBe(here.id);
  });

  it('lets a customer in by portal id, within its own reach', async () => {
    const [customer] = await query<{ id: number }>(
      database.ownerUrl,
      `INSERT INTO customers (partner_id, name, email, phone) VALUES (2, 'C 41', 'c41@example.com', '+1 555 0100') RETURNING id`,
    );
    const customerId = customer?.id as number;
    const input = {
      actor: ROOT,
      partnerId: 2,
      customerId,
      portalId: '10000041',
      email: 'c41@example.com',
      fullName: 'C 41',
    };
    const created = await one.get(SetCustomerPassword).execute({ ...input, password: PASSWORD });
    expect((await who(await login('10000041'))).actor).toMatchObject({
      reach: 'customer',
      customerId,
      partnerId: 2,
      userId: created,
    });
    const again = await one.get(SetCustomerPassword).execute({ ...input, password: `${PASSWORD} 2` });
    expect(again).toBe(created);
    await expect(login('10000041')).rejects.toMatchObject(refused);
    await expect(login('c41@example.com', `${PASSWORD} 2`)).resolves.toBeDefined();
  });

  it('answers alike for a wrong password, an unknown, a disabled and a locked account', async () => {
    const [user, disabled] = [await person(), await person()];
    await one.get(SetUserStatus).execute({ actor: ROOT, id: disabled.id, status: 'disabled' });
    const answers = await Promise.all(
      [
        login(user, 'wrong password'),
        login('nobody at all'),
        login(disabled),
        login(''),
        login(user, 'x'.repeat(5_000)),
        login('x'.repeat(5_000)),
      ].map((attempt) => attempt.then(String, (error: Error & { code: string }) => `${error.code} ${error.message}`)),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it('locks an account for an address after five failures in 15 minutes, also for the right password', async () => {
    const user = await person();
    const guesses = await Promise.allSettled(Array.from({ length: 10 }, () => login(user, 'wrong password')));
    expect(guesses.every((guess) => guess.status === 'rejected')).toBe(true);
    await expect(login(user)).rejects.toMatchObject(refused);
    await expect(login(user, PASSWORD, { ...CLIENT, address: '192.0.2.8' })).resolves.toBeDefined();
    expect(await audit('session.lock_out', user.id)).toHaveLength(1);
    const counted = await query(database.ownerUrl, 'SELECT failures FROM login_failures WHERE failures > 5');
    expect(counted).toEqual([]);
    clock.advance(15 * 60 + 1);
    await expect(login(user)).resolves.toBeDefined();
  });

  it('forgets failures after a success, and lets one person sign in many times at once', async () => {
    const user = await person();
    for (let round = 0; round < 3; round += 1) {
      for (let guess = 0; guess < 3; guess += 1)
        await expect(login(user, 'wrong password')).rejects.toMatchObject(refused);
      await login(user);
    }
    expect(await Promise.all(Array.from({ length: 8 }, () => login(user)))).toHaveLength(8);
  });
});

describe('refreshing', () => {
  it('rotates: the new token works, the idle limit moves, the absolute one does not', async () => {
    let pair = await login(await person());
    for (let day = 6; day < 30; day += 6) {
      clock.advance(6 * 86_400);
      pair = await refresh(pair.refreshToken);
      await who(pair);
    }
    clock.advance(6 * 86_400 + 1);
    await expect(refresh(pair.refreshToken)).rejects.toMatchObject(unauthenticated);
    const idle = await login(await person());
    clock.advance(7 * 86_400 + 1);
    await expect(refresh(idle.refreshToken)).rejects.toMatchObject(unauthenticated);
  });

  it('gives the same client another successor within 10 s, and the unused one dies', async () => {
    const user = await person();
    const first = await login(user);
    const lost = await refresh(first.refreshToken);
    clock.advance(10);
    const found = await refresh(first.refreshToken);
    expect(found.refreshToken).not.toBe(lost.refreshToken);
    await expect(refresh(found.refreshToken)).resolves.toBeDefined();
    expect(await audit('session.revoke', user.id)).toEqual([]);
  });

  it.each([
    ['after 11 s', 11, CLIENT, false],
    ['from another client', 1, { ...CLIENT, userAgent: 'thief/1' }, false],
    ['from another address', 1, { ...CLIENT, address: '192.0.2.99' }, false],
    ['when the successor was used', 1, CLIENT, true],
  ])('ends the family on a second use %s', async (_, seconds, client, useSuccessor) => {
    const user = await person();
    const first = await login(user);
    let newest = await refresh(first.refreshToken);
    if (useSuccessor) newest = await refresh(newest.refreshToken);
    await who(newest);
    clock.advance(seconds);
    await expect(refresh(first.refreshToken, client)).rejects.toMatchObject(unauthenticated);
    await expect(refresh(newest.refreshToken)).rejects.toMatchObject(unauthenticated);
    await expect(who(newest)).rejects.toMatchObject(unauthenticated);
    expect(await audit('session.revoke', user.id)).toHaveLength(1);
  });

  it('ends the family when the successor that died turns up', async () => {
    const first = await login(await person());
    const dead = await refresh(first.refreshToken);
    const live = await refresh(first.refreshToken);
    await expect(refresh(dead.refreshToken)).rejects.toMatchObject(unauthenticated);
    await expect(refresh(live.refreshToken)).rejects.toMatchObject(unauthenticated);
  });

  it('leaves one live successor after 20 uses at once, in two processes', async () => {
    const first = await login(await person());
    const uses = await Promise.allSettled(
      Array.from({ length: 20 }, (__, index) => refresh(first.refreshToken, CLIENT, index % 2 ? one : other)),
    );
    expect(uses.filter((use) => use.status === 'fulfilled')).toHaveLength(20);
    const live = await query(
      database.ownerUrl,
      `SELECT t.session_id FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
        WHERE t.used_at IS NULL AND t.superseded_at IS NULL AND s.id = (SELECT max(id::text)::uuid FROM sessions WHERE created_at = (SELECT max(created_at) FROM sessions))`,
    );
    expect(live).toHaveLength(1);
  });

  it('refuses what never was a refresh token', async () => {
    const pair = await login(await person());
    for (const token of ['', 'x', 'A'.repeat(43), pair.accessToken, `${pair.refreshToken}=`]) {
      await expect(refresh(token)).rejects.toMatchObject(unauthenticated);
    }
    await expect(one.get(Authenticate).authenticateBearer(pair.refreshToken)).rejects.toMatchObject(unauthenticated);
  });
});

describe('ending access', () => {
  it.each<[string, (user: UserView, pair: TokenPair) => Promise<unknown>]>([
    [
      'logout',
      async (_, pair) => {
        const { actor, credential } = await who(pair);
        return one.get(Logout).execute({ actor, sessionId: credential.sessionId });
      },
    ],
    ['a disabled user', (user) => one.get(SetUserStatus).execute({ actor: ROOT, id: user.id, status: 'disabled' })],
    [
      'a suspended partner',
      (user) => query(database.ownerUrl, `UPDATE partners SET status = 'suspended' WHERE id = ${user.partnerId}`),
    ],
    [
      'a partner whose access was revoked',
      (user) => one.get(RevokePartnerAccess).execute({ actor: ROOT, partnerId: user.partnerId }),
    ],
  ])('%s acts in every process within 2 s', async (_, end) => {
    await query(database.ownerUrl, `UPDATE partners SET status = 'active'`);
    const user = await person(['reseller_admin'], 2);
    const pair = await login(user);
    await Promise.all([who(pair, one), who(pair, other)]);
    await end(user, pair);
    expect(await untilRefused(() => who(pair, one))).toBeLessThan(2_000);
    expect(await untilRefused(() => who(pair, other))).toBeLessThan(2_000);
    await expect(refresh(pair.refreshToken)).rejects.toMatchObject(unauthenticated);
    await query(database.ownerUrl, `UPDATE partners SET status = 'active'`);
  });

  it('a lowered role loses its permissions within 2 s', async () => {
    const user = await person(['superadmin']);
    const pair = await login(user);
    expect((await who(pair, other)).actor.permissions.has('user.manage')).toBe(true);
    await one.get(UpdateUser).execute({ actor: ROOT, id: user.id, roles: ['noc'] });
    const lost = () =>
      who(pair, other).then(({ actor }) =>
        actor.permissions.has('user.manage') ? true : Promise.reject(new Error('lost')),
      );
    expect(await untilRefused(lost)).toBeLessThan(2_000);
  });

  it('a changed password ends the other sessions, not the one that changed it', async () => {
    const user = await person();
    const [mine, elsewhere] = [await login(user), await login(user)];
    const { actor, credential } = await who(mine);
    const change = (currentPassword: string, newPassword: string) =>
      one
        .get(ChangePassword)
        .execute({ actor, sessionId: credential.sessionId, address: CLIENT.address, currentPassword, newPassword });
    await expect(change('wrong password', 'a new long password')).rejects.toMatchObject({
      code: 'access.password.wrong_current',
    });
    for (const bad of ['short', PASSWORD, user.email, 'x'.repeat(129)]) {
      await expect(change(PASSWORD, bad)).rejects.toMatchObject({ code: 'access.password.unfit' });
    }
    await change(PASSWORD, 'a new long password');
    await expect(who(elsewhere)).rejects.toMatchObject(unauthenticated);
    await expect(who(mine)).resolves.toBeDefined();
    await expect(login(user)).rejects.toMatchObject(refused);
    await expect(login(user, 'a new long password')).resolves.toBeDefined();
  });

  it('removes sessions a week after their end', async () => {
    const pair = await login(await person());
    clock.advance(15 * 86_400);
    await one.get(PurgeSessions).execute();
    expect(await query(database.ownerUrl, 'SELECT FROM refresh_tokens')).toEqual([]);
    await expect(refresh(pair.refreshToken)).rejects.toMatchObject(unauthenticated);
  });

  it('keeps no password and no token in the database', async () => {
    const pair = await login(await person());
    const dump = await query(
      database.ownerUrl,
      `SELECT row_to_json(u)::text || row_to_json(s)::text || row_to_json(t)::text AS line
      FROM users u LEFT JOIN sessions s ON s.user_id = u.id LEFT JOIN refresh_tokens t ON t.session_id = s.id`,
    );
    const text = JSON.stringify(dump);
    for (const secret of [PASSWORD, pair.refreshToken, pair.accessToken]) expect(text).not.toContain(secret);
  });
});
