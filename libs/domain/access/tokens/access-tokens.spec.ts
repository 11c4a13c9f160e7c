import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { accessProcess, type AccessProcess, ROOT, TestClock } from '../../../../test/support/access-world.js';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { Authenticate } from '../authentication/authenticate.js';
import { Login } from '../sessions/login.usecase.js';
import { CreateUser } from '../users/create-user.usecase.js';
import { AccessTokens } from './access-tokens.js';
import { RotateSigningKeys } from './rotate-signing-keys.usecase.js';
import { type SigningKey, SigningKeys } from './signing-keys.js';

const clock = new TestClock();
const refused = { code: 'access.unauthenticated', message: 'Missing or invalid authentication' };
let database: TestDatabase;
let world: AccessProcess;
let key: SigningKey;
let good: string;
let sessionId: string;
let subject: string;
let listener: Server;
let hits = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  world = await accessProcess(database.appUrl, clock);
  listener = createServer((_, response) => {
    hits += 1;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  const user = {
    actor: ROOT,
    username: 'ada',
    email: 'ada@example.com',
    fullName: 'Ada',
    password: 'correct horse battery',
    roles: ['noc'],
  };
  const { id } = await world.get(CreateUser).execute(user);
  good = (await world.get(Login).execute({ login: 'ada', password: user.password, address: '::1' })).accessToken;
  key = await world.get(SigningKeys).current();
  sessionId = claimsOf(good)['sid'] as string;
  subject = `user:${id}`;
}, 120_000);
afterAll(async () => {
  listener.close();
  await world.close();
  await database.drop();
});

const claimsOf = (token: string) => jwt.decode(token) as Record<string, unknown>;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = () => Math.floor(clock.now().getTime() / 1_000);
const authenticate = (token: string) => world.get(Authenticate).authenticateBearer(token);

/** A token like the program's own, but for what the test changes. */
function forge(
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  privateKey = key.privateKey,
): string {
  const payload = { ...claimsOf(good), ...claims };
  for (const [name, value] of Object.entries(payload)) if (value === undefined) delete payload[name];
  return jwt.sign(payload, privateKey, {
    algorithm: 'ES256',
    noTimestamp: !('iat' in payload),
    header: { alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header },
  });
}

function unsigned(alg: string, secret?: string): string {
  const text = `${encode({ alg, typ: 'at+jwt', kid: key.kid })}.${encode(claimsOf(good))}`;
  return `${text}.${secret === undefined ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`;
}

describe('access tokens', () => {
  it('hold what RFC 9068 asks for, and a forged copy with nothing changed passes', async () => {
    expect(jwt.decode(good, { complete: true })?.header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: key.kid });
    const claims = claimsOf(good);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'sid', 'sub']);
    expect((claims['exp'] as number) - (claims['iat'] as number)).toBe(600);
    await expect(authenticate(forge())).resolves.toMatchObject({ actor: { name: subject } });
  });

  it('are refused under another algorithm, unsigned, or signed with a public key as secret', async () => {
    const spki = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const jwk = JSON.stringify(key.publicKey.export({ format: 'jwk' }));
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const attacks = [
      unsigned('none'),
      unsigned('None'),
      unsigned('nOnE', ''),
      unsigned('HS256', spki),
      unsigned('HS256', spki.trim()),
      unsigned('HS256', jwk),
      unsigned('ES256', spki),
      `${good.split('.').slice(0, 2).join('.')}.`,
      good.split('.').slice(0, 2).join('.'),
      `${good}.`,
      `${good}=`,
      `${good.slice(0, -86)}${'A'.repeat(86)}`,
      forge({}, {}, privateKey),
    ];
    for (const token of attacks) await expect(authenticate(token)).rejects.toMatchObject(refused);
  });

  it('bring no key of their own along', async () => {
    const mine = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/jwks.json`;
    const jwk = mine.publicKey.export({ format: 'jwk' });
    for (const header of [
      { jwk },
      { jku: url },
      { x5u: url },
      { x5c: ['AAAA'] },
      { crit: ['exp'] },
      { jku: url, kid: undefined },
    ]) {
      await expect(authenticate(forge({}, header, mine.privateKey))).rejects.toMatchObject(refused);
      await expect(authenticate(forge({}, header))).rejects.toMatchObject(refused);
    }
    expect(hits).toBe(0);
  });

  it('name their key by an id, never by a path, a statement or a book', async () => {
    const kids = [
      '../../dev/null',
      "' OR '1'='1",
      `${key.kid}'--`,
      'x'.repeat(10_000),
      '',
      'unknown',
      7,
      null,
      ['a'],
      { $ne: '' },
    ];
    for (const kid of kids) {
      const [, payload, signature] = good.split('.') as [string, string, string];
      const token = `${encode({ alg: 'ES256', typ: 'at+jwt', kid })}.${payload}.${signature}`;
      await expect(authenticate(token)).rejects.toMatchObject(refused);
    }
  });

  it('count for 10 minutes, 30 s of skew either way', async () => {
    const now = seconds();
    const passing = [{ exp: now - 29, iat: now - 600 }, { nbf: now + 30 }];
    const failing = [
      { exp: now - 31, iat: now - 600 },
      { exp: now - 30, iat: now - 600 },
      { nbf: now + 31 },
      { exp: now + 3_600 },
      { exp: undefined },
      { nbf: undefined },
      { iat: undefined },
      { iat: now + 3_600 },
      { exp: 'never' },
    ];
    for (const claims of passing) await expect(authenticate(forge(claims))).resolves.toBeDefined();
    for (const claims of failing) {
      const signed = () => forge(claims);
      // The library refuses to sign some of these; then there is nothing to attack with.
      if (claims.exp !== 'never') await expect(authenticate(signed())).rejects.toMatchObject(refused);
      else expect(signed).toThrow();
    }
  });

  it('are for this issuer, this audience, this kind of use and a session that is theirs', async () => {
    const { issuer, audience } = world.get(AccessTokens);
    const claims = [
      { iss: 'https://evil.example' },
      { iss: undefined },
      { iss: `${issuer}/` },
      { aud: 'other' },
      { aud: undefined },
      { aud: audience.replace('sandbox', 'live') },
      { jti: undefined },
      { jti: '' },
      { sub: undefined },
      { sub: 'user:999999' },
      { sid: undefined },
      { sid: randomUUID() },
      { sid: "x' OR true --" },
      { sid: sessionId, client_id: 'AbCd1234', scope: 'user.manage' },
      { sid: undefined, client_id: 'AbCd1234', scope: 'user.manage' },
    ];
    for (const changed of claims) await expect(authenticate(forge(changed))).rejects.toMatchObject(refused);
    for (const typ of ['JWT', 'jwt', 'application/at+jwt', 'refresh+jwt', '']) {
      await expect(authenticate(forge({}, { typ }))).rejects.toMatchObject(refused);
    }
  });

  it('are no use in another deployment', async () => {
    const elsewhere = await createTestDatabase();
    const live = await accessProcess(elsewhere.appUrl, clock, 'live');
    const sameDatabase = await accessProcess(database.appUrl, clock, 'live');
    for (const { get } of [live, sameDatabase]) {
      await get(SigningKeys).current();
      await expect(get(Authenticate).authenticateBearer(good)).rejects.toMatchObject(refused);
    }
    await Promise.all([live.close(), sameDatabase.close()]);
    await elsewhere.drop();
  });

  it('refuse rubbish of any kind', async () => {
    for (const token of [
      '',
      '.',
      '..',
      'a.b.c',
      'null',
      '{}',
      `${'a'.repeat(5_000)}.b.c`,
      'Ω.Ω.Ω',
      `${encode([])}.${encode({})}.${'A'.repeat(86)}`,
    ]) {
      await expect(authenticate(token)).rejects.toMatchObject(refused);
    }
  });
});

describe('signing keys', () => {
  it('are sealed at rest and can be rotated under running sessions in every process', async () => {
    const other = await accessProcess(database.appUrl, clock);
    const old = good;
    await other.get(Authenticate).authenticateBearer(old);
    expect(await world.get(RotateSigningKeys).execute()).toBe(false);
    expect(await world.get(RotateSigningKeys).execute({ force: true })).toBe(true);
    expect((await world.get(SigningKeys).current()).kid).toBe(key.kid);
    clock.advance(121);
    const next = await world.get(SigningKeys).current();
    expect(next.kid).not.toBe(key.kid);
    const token = await world.get(AccessTokens).signForSession(subject, sessionId);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await expect(other.get(Authenticate).authenticateBearer(token)).resolves.toBeDefined();
    await expect(other.get(Authenticate).authenticateBearer(old)).resolves.toBeDefined();
    const rows = await query<{ private_key: string }>(database.ownerUrl, 'SELECT * FROM signing_keys');
    expect(rows).toHaveLength(2);
    const stored = JSON.stringify(rows);
    expect(stored).not.toContain('PRIVATE KEY');
    expect(stored).not.toContain(key.privateKey.export({ format: 'jwk' }).d);
    clock.advance(100 * 86_400);
    expect(await other.get(RotateSigningKeys).execute()).toBe(true);
    await other.close();
  });

  it('are made once when two processes start together', async () => {
    const fresh = await createTestDatabase();
    const both = await Promise.all([accessProcess(fresh.appUrl, clock), accessProcess(fresh.appUrl, clock)]);
    const kids = await Promise.all(both.map(async (process) => (await process.get(SigningKeys).current()).kid));
    expect(new Set(kids).size).toBe(1);
    await Promise.all(both.map((process) => process.close()));
    await fresh.drop();
  });
});
