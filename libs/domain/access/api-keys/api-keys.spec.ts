import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor, PERMISSIONS, type Permission } from '@isp/contracts';
import { parseApiKey } from '@isp/kernel';
import { accessProcess, type AccessProcess, ROOT, TestClock } from '../../../../test/support/access-world.js';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { Authenticate } from '../authentication/authenticate.js';
import { ExchangeClientCredentials } from '../tokens/exchange-client-credentials.usecase.js';
import { WhoAmI } from '../users/who-am-i.usecase.js';
import { ApiKeyQueries } from './api-key.queries.js';
import { ApiKeyUse } from './api-key-use.js';
import { CreateApiKey } from './create-api-key.usecase.js';
import { RevokeApiKey } from './revoke-api-key.usecase.js';
import { RotateApiKey } from './rotate-api-key.usecase.js';

const clock = new TestClock();
const refused = { code: 'access.unauthenticated', message: 'Missing or invalid authentication' };
const secretKey = (letter: string) => Buffer.from(`${letter} master key`.padEnd(32, '.')).toString('base64');
const OLD_KEYS = `old:${secretKey('a')}`;
const NEW_KEYS = `new:${secretKey('b')},${OLD_KEYS}`;
let database: TestDatabase;
let one: AccessProcess;
let other: AccessProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  await query(
    database.ownerUrl,
    `INSERT INTO partners (name, kind, tier) VALUES ('North', 'reseller', 'free'), ('South', 'reseller', 'free')`,
  );
  const start = () => accessProcess(database.appUrl, clock, 'sandbox', OLD_KEYS);
  [one, other] = await Promise.all([start(), start()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await database.drop();
});

const reseller = (partnerId: number, ...permissions: Permission[]): Actor => ({
  kind: 'user',
  name: 'user:7',
  reach: 'partner',
  partnerId,
  permissions: new Set(permissions),
});
const NORTH = reseller(2, 'customer.read', 'api_key.manage', 'api_key.read');
const create = (actor: Actor = NORTH, scopes: Permission[] = ['customer.read'], extra = {}) =>
  one.get(CreateApiKey).execute({ actor, name: 'integration', scopes, ...extra });
const use = (secret: string, process = one) => process.get(Authenticate).authenticateApiKey(secret);

async function refusedWithin2s(secret: string, process: AccessProcess): Promise<void> {
  const start = performance.now();
  while (
    await use(secret, process).then(
      () => true,
      () => false,
    )
  ) {
    if (performance.now() - start > 2_000) throw new Error('still accepted after 2 s');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('API keys', () => {
  it('authenticate with exactly their scopes, their partner and its tier', async () => {
    const { secret, apiKey } = await create();
    expect(secret).toMatch(/^test_isp_[0-9A-Za-z]{46}$/);
    const { actor, credential } = await use(secret);
    const expected = {
      kind: 'api_key',
      name: `key:${apiKey.publicId}`,
      partnerId: 2,
      reach: 'partner',
      apiKeyId: apiKey.id,
    };
    expect(actor).toMatchObject(expected);
    expect([...actor.permissions]).toEqual(['customer.read']);
    expect(credential).toEqual({ kind: 'api_key', publicId: apiKey.publicId, tier: 'free' });
    expect((await one.get(Authenticate).authenticateBearer(secret)).actor).toMatchObject(expected);
    expect(await one.get(WhoAmI).execute(actor)).toMatchObject({
      kind: 'api_key',
      user: null,
      apiKey: { name: 'integration' },
    });
    const stored = JSON.stringify(await query(database.ownerUrl, 'SELECT k.*, a.* FROM api_keys k, audit_entries a'));
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(parseApiKey(secret)?.secret);
  });

  it('reach every partner only as the operator, and have limits of their own only from it', async () => {
    const { secret } = await create(ROOT, ['customer.read'], { tier: 'enterprise' });
    expect((await use(secret)).actor).toMatchObject({ reach: 'all', partnerId: 1 });
    const given = await create(ROOT, ['customer.read'], { partnerId: 2, tier: 'enterprise' });
    expect(await use(given.secret)).toMatchObject({
      actor: { reach: 'partner', partnerId: 2 },
      credential: { tier: 'enterprise' },
    });
  });

  it('are refused alike when unknown, altered, malformed or of the other environment', async () => {
    const { secret } = await create();
    const flipped = `${secret.slice(0, 20)}${secret[20] === 'A' ? 'B' : 'A'}${secret.slice(21)}`;
    const live = await accessProcess(database.appUrl, clock, 'live', OLD_KEYS);
    const issued = await live.get(CreateApiKey).execute({ actor: ROOT, name: 'live', scopes: ['customer.read'] });
    expect(issued.secret).toMatch(/^isp_/);
    await expect(use(issued.secret, live)).resolves.toBeDefined();
    await expect(use(secret, live)).rejects.toMatchObject(refused);
    for (const text of [
      issued.secret,
      `test_${issued.secret}`,
      flipped,
      secret.slice(0, -1),
      `${secret}x`,
      'test_isp_',
      '',
      secret.toUpperCase(),
    ]) {
      await expect(use(text)).rejects.toMatchObject(refused);
    }
    await live.close();
  });

  it('of a stolen database cannot be used under another master key, and survive a rotation of the master key', async () => {
    const { secret, apiKey } = await create();
    const rotated = await accessProcess(database.appUrl, clock, 'sandbox', NEW_KEYS);
    await expect(use(secret, rotated)).resolves.toBeDefined();
    for (let wait = 0; wait < 100; wait += 1) {
      const [row] = await query<{ hmac_key_id: string }>(
        database.ownerUrl,
        `SELECT hmac_key_id FROM api_keys WHERE id = ${apiKey.id}`,
      );
      if (row?.hmac_key_id === 'new') break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await rotated.close();
    const newOnly = await accessProcess(database.appUrl, clock, 'sandbox', `new:${secretKey('b')}`);
    await expect(use(secret, newOnly)).resolves.toBeDefined();
    await newOnly.close();
    const thief = await accessProcess(database.appUrl, clock, 'sandbox', `new:${secretKey('c')}`);
    await expect(use(secret, thief)).rejects.toMatchObject(refused);
    await thief.close();
  });

  it('end by revocation in every process within 2 s, by expiry, and with their partner', async () => {
    const { secret, apiKey } = await create();
    await Promise.all([use(secret), use(secret, other)]);
    await one.get(RevokeApiKey).execute({ actor: NORTH, id: apiKey.id });
    await expect(use(secret)).rejects.toMatchObject(refused);
    await refusedWithin2s(secret, other);
    await one.get(RevokeApiKey).execute({ actor: NORTH, id: apiKey.id });

    const short = await create(NORTH, ['customer.read'], { expiresAt: new Date(clock.now().getTime() + 60_000) });
    await use(short.secret);
    clock.advance(60);
    await expect(use(short.secret)).rejects.toMatchObject(refused);
    await expect(create(NORTH, [], { expiresAt: clock.now() })).rejects.toMatchObject({
      code: 'access.api_key.expiry_in_past',
    });

    const third = await create();
    await use(third.secret, other);
    await query(database.ownerUrl, `UPDATE partners SET status = 'suspended' WHERE id = 2`);
    await refusedWithin2s(third.secret, other);
    await query(database.ownerUrl, `UPDATE partners SET status = 'active' WHERE id = 2`);
  });

  it('rotate once, with an overlap', async () => {
    const old = await create();
    const [first, second] = await Promise.allSettled(
      [one, other].map((process) =>
        process.get(RotateApiKey).execute({ actor: NORTH, id: old.apiKey.id, overlapHours: 1 }),
      ),
    );
    const outcomes = [first, second].map((result) => result?.status).sort();
    expect(outcomes).toEqual(['fulfilled', 'rejected']);
    const issued = [first, second].flatMap((result) => (result?.status === 'fulfilled' ? [result.value] : []))[0];
    await expect(use(issued?.secret as string)).resolves.toBeDefined();
    await expect(use(old.secret)).resolves.toBeDefined();
    expect(await one.get(ApiKeyQueries).get(NORTH, old.apiKey.id)).toMatchObject({
      status: 'rotated',
      rotatedTo: issued?.apiKey.id,
    });
    clock.advance(3_600);
    await expect(use(old.secret)).rejects.toMatchObject(refused);
    await expect(use(issued?.secret as string)).resolves.toBeDefined();
  });

  it('never carry, or give by rotation, more than their maker has; the attempt is in the trail', async () => {
    const exceeding = { code: 'access.grant.exceeds_own', kind: 'forbidden' };
    await expect(create(NORTH, ['customer.read', 'plan.manage'])).rejects.toMatchObject(exceeding);
    await expect(create(NORTH, ['customer.read'], { reach: 'all' })).rejects.toMatchObject(exceeding);
    await expect(create(NORTH, ['customer.read'], { tier: 'enterprise' })).rejects.toMatchObject(exceeding);
    const strong = await create(ROOT, [...PERMISSIONS], { partnerId: 2 });
    await expect(one.get(RotateApiKey).execute({ actor: NORTH, id: strong.apiKey.id })).rejects.toMatchObject(
      exceeding,
    );
    const rows = await query(
      database.ownerUrl,
      `SELECT FROM audit_entries WHERE partner_id = 2 AND changes->>'refused' = 'access.grant.exceeds_own'`,
    );
    expect(rows).toHaveLength(4);
  });

  it("are another partner's only", async () => {
    const { apiKey } = await create();
    const south = reseller(3, 'customer.read', 'api_key.manage');
    const missing = { code: 'access.api_key.not_found' };
    await expect(one.get(ApiKeyQueries).get(south, apiKey.id)).rejects.toMatchObject(missing);
    await expect(one.get(RotateApiKey).execute({ actor: south, id: apiKey.id })).rejects.toMatchObject(missing);
    await expect(one.get(RevokeApiKey).execute({ actor: south, id: apiKey.id })).rejects.toMatchObject(missing);
    await expect(create(south, ['customer.read'], { partnerId: 2 })).rejects.toMatchObject({
      code: 'access.partner.not_found',
    });
    expect((await one.get(ApiKeyQueries).list(south, {}, { limit: 25, offset: 0 })).total).toBe(0);
    expect((await one.get(ApiKeyQueries).list(south, { partnerId: 2 }, { limit: 25, offset: 0 })).rows).toEqual([]);
    expect((await one.get(ApiKeyQueries).list(NORTH, {}, { limit: 2, offset: 0 })).rows).toHaveLength(2);
  });

  it('note their last use, at most once a minute', async () => {
    const { secret, apiKey } = await create();
    const lastUse = async () => {
      await one.get(ApiKeyUse).flush();
      return (await one.get(ApiKeyQueries).get(NORTH, apiKey.id)).lastUsedAt;
    };
    expect(await lastUse()).toBeNull();
    await use(secret);
    const first = await lastUse();
    expect(first).toEqual(clock.now());
    clock.advance(59);
    await use(secret);
    expect(await lastUse()).toEqual(first);
    clock.advance(1);
    await use(secret);
    expect(await lastUse()).toEqual(clock.now());
  });
});

describe('client credentials', () => {
  const exchange = (clientId: string, clientSecret: string, scope?: string) =>
    one.get(ExchangeClientCredentials).execute({ clientId, clientSecret, scope });

  it("give a token with the client's scopes, or fewer, that ends with the key", async () => {
    const actor = reseller(2, 'customer.read', 'service.read');
    const { secret, apiKey } = await create(actor, ['customer.read', 'service.read']);
    const all = await exchange(apiKey.publicId, secret);
    expect(all).toMatchObject({ tokenType: 'Bearer', expiresIn: 600, scope: 'customer.read service.read' });
    const fewer = await exchange(apiKey.publicId, secret, 'service.read');
    const caller = await one.get(Authenticate).authenticateBearer(fewer.accessToken);
    expect([...caller.actor.permissions]).toEqual(['service.read']);
    expect(caller.credential).toEqual({ kind: 'jwt', publicId: apiKey.publicId, tier: 'free' });
    await expect(exchange(apiKey.publicId, secret, 'user.manage')).rejects.toMatchObject({
      code: 'access.scope.not_granted',
    });
    await one.get(RevokeApiKey).execute({ actor: NORTH, id: apiKey.id });
    await expect(one.get(Authenticate).authenticateBearer(all.accessToken)).rejects.toMatchObject(refused);
  });

  it('refuse a secret of another client, or none', async () => {
    const [mine, yours] = [await create(), await create()];
    for (const [id, secret] of [
      [mine.apiKey.publicId, yours.secret],
      [mine.apiKey.publicId, ''],
      ['', mine.secret],
      ['x', 'y'],
    ] as const) {
      await expect(exchange(id, secret)).rejects.toMatchObject(refused);
    }
  });
});
