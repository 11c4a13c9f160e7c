import { type JsonWebKey, createHmac, createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@isp/platform/config';
import { startProgram } from '../../apps/wiring/program.js';
import { type ApiWorld, MASTER_KEYS, MovableClock, apiWorld } from '../support/api-world.js';
import { query } from '../support/embedded-postgres.js';

type Claims = Readonly<Record<string, unknown>>;

const clock = new MovableClock();
let world: ApiWorld;
let token: string;
let header: Claims;
let claims: Claims;
let publicJwk: Claims;
let listener: Server;
let hits = 0;
let elsewhere: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  token = await world.tokenOf('admin');
  [header, claims] = token
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Claims) as [Claims, Claims];
  const [row] = await query<{ jwk: Claims }>(world.database.ownerUrl, 'SELECT public_jwk AS jwk FROM signing_keys');
  publicJwk = row?.jwk ?? {};
  listener = createServer((_request, response) => {
    hits += 1;
    response.end(JSON.stringify({ keys: [mine.publicKey.export({ format: 'jwk' })] }));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  elsewhere = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}, 120_000);
afterAll(async () => {
  listener.close();
  await world.close();
});

/** An attacker's own key. */
const mine = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const forged = (withHeader: Claims, withClaims: Claims = claims): string => {
  const text = `${part(withHeader)}.${part(withClaims)}`;
  return `${text}.${signBytes('sha256', Buffer.from(text), { key: mine.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};
const hmac = (alg: string, key: string): string => {
  const text = `${part({ ...header, alg })}.${part(claims)}`;
  return `${text}.${createHmac(`sha${alg.slice(2)}`, key)
    .update(text)
    .digest('base64url')}`;
};
const SIGNATURE = 'A'.repeat(86);

async function refusal(text: string, path = '/v1/auth/me'): Promise<void> {
  const answer = await world.ask(path, { headers: { authorization: `Bearer ${text}` } });
  expect([answer.status, answer.json<{ error: { code: string; message: string } }>().error]).toMatchObject([
    401,
    { code: 'UNAUTHENTICATED', message: 'Missing or invalid authentication' },
  ]);
}

describe('a token that somebody made up', () => {
  const attacks: Readonly<Record<string, () => string>> = {
    'alg none, no signature': () => `${part({ ...header, alg: 'none' })}.${part(claims)}.`,
    'alg None, no signature': () => `${part({ ...header, alg: 'None' })}.${part(claims)}.`,
    'alg NONE with a signature': () => `${part({ ...header, alg: 'NONE' })}.${part(claims)}.${SIGNATURE}`,
    'HS256 keyed with the public key in PEM': () => hmac('HS256', pemOf(publicJwk)),
    'HS384 keyed with the public key as JWK': () => hmac('HS384', JSON.stringify(publicJwk)),
    'HS512 keyed with nothing': () => hmac('HS512', ''),
    'the signature cut off': () => `${token.split('.').slice(0, 2).join('.')}.`,
    'only two parts': () => token.split('.').slice(0, 2).join('.'),
    'a signature of zeros (CVE-2022-21449)': () => `${token.split('.').slice(0, 2).join('.')}.${SIGNATURE}`,
    'other claims under the old signature': () =>
      `${part(header)}.${part({ ...claims, sub: 'user:1', x: 1 })}.${token.split('.')[2] ?? ''}`,
    'an embedded jwk': () => forged({ ...header, jwk: mine.publicKey.export({ format: 'jwk' }) }),
    'an embedded x5c': () => forged({ ...header, x5c: ['MIIB'] }),
    'a jku to a listener': () => forged({ ...header, jku: `${elsewhere}/jwks.json` }),
    'an x5u to a listener': () => forged({ ...header, x5u: `${elsewhere}/cert.pem` }),
    'a kid that is a URL': () => forged({ ...header, kid: `${elsewhere}/key` }),
    'a kid that is a path': () => forged({ ...header, kid: '../../dev/null' }),
    'a kid that is SQL': () => forged({ ...header, kid: "x' UNION SELECT 'AA==' --" }),
    'a kid of 10 kB': () => forged({ ...header, kid: 'k'.repeat(10_000) }),
    'a kid that is an array': () => forged({ ...header, kid: [header['kid']] }),
    'no kid': () => forged({ alg: 'ES256', typ: 'at+jwt' }),
    'the right kid, another key': () => forged(header),
    'a crit header': () => forged({ ...header, crit: ['exp'] }),
    'a wrong typ': () => forged({ ...header, typ: 'JWT' }),
    'a token of 8 kB': () => 'a'.repeat(8_000),
    'no JSON at all': () => `${'A'.repeat(20)}.${'A'.repeat(20)}.${SIGNATURE}`,
    'an array as header': () => `${part([])}.${part(claims)}.${SIGNATURE}`,
    'null as header': () => `${part(null)}.${part(claims)}.${SIGNATURE}`,
    'padded base64': () => `${token}=`,
    'a NUL behind it': () => `${token}%00`,
  };

  it.each(Object.entries(attacks))('is refused: %s', async (_, make) => refusal(make()));

  it('is refused by every API', async () => {
    for (const path of ['/wholesale/customers?q=a', '/operations/v1/customers', '/v1/customers'])
      expect((await world.ask(path, { token: forged(header) })).status).toBe(401);
  });

  it('makes the program ask nobody', () => {
    expect(hits).toBe(0);
  });
});

describe('a token that is not good here', () => {
  afterAll(() => {
    clock.shiftSeconds = 0;
  });

  it('works up to its end and the agreed skew, not longer', async () => {
    clock.shiftSeconds = 625;
    expect((await world.ask('/v1/auth/me', { token })).status).toBe(200);
    clock.shiftSeconds = 632;
    await refusal(token);
  });

  it('does not work before its time', async () => {
    clock.shiftSeconds = 3_600;
    const later = await world.tokenOf('noc');
    clock.shiftSeconds = 3_540;
    await refusal(later);
    clock.shiftSeconds = 0;
    await refusal(later);
  });

  it('is no refresh token, and a refresh token is no access token', async () => {
    clock.shiftSeconds = 0;
    const body = { login: 'support', password: 'support-sandbox-password' };
    const tokens = (await world.ask('/v1/auth/login', { method: 'POST', body })).json<Record<string, string>>();
    await refusal(tokens['refresh_token'] ?? '');
    const answer = await world.ask('/v1/auth/refresh', {
      method: 'POST',
      body: { refresh_token: tokens['access_token'] },
    });
    expect(answer.status).toBe(401);
  });

  it('is refused by another deployment: other issuer, audience and keys', async () => {
    const fresh = await world.tokenOf('support');
    const other = await apiWorld({ settings: { ISP_PUBLIC_URL: 'https://api.other.example' } });
    try {
      expect((await other.ask('/v1/auth/me', { token: fresh })).status).toBe(401);
    } finally {
      await other.close();
    }
  });

  it('is refused by a deployment that shares the keys but not the address', async () => {
    const fresh = await world.tokenOf('support');
    const settings = {
      DATABASE_URL: world.database.appUrl,
      PORT: '0',
      ISP_MASTER_KEYS: MASTER_KEYS,
      ISP_LOG_LEVEL: 'silent',
    };
    const other = await startProgram(loadConfig({ ...settings, ISP_PUBLIC_URL: 'https://api.other.example' }), {
      api: true,
      worker: false,
    });
    try {
      const me = await fetch(`${other.url}/v1/auth/me`, { headers: { authorization: `Bearer ${fresh}` } });
      expect(me.status).toBe(401);
      await me.text();
    } finally {
      await other.stop(0);
    }
  });
});

describe('two credentials at once, or none that can be read', () => {
  it.each([
    ['a token and a key', () => ({ authorization: `Bearer ${token}`, 'x-api-key': 'test_isp_x' })],
    ['an empty bearer', () => ({ authorization: 'Bearer ' })],
    ['basic', () => ({ authorization: 'Basic YWRtaW46YWRtaW4=' })],
    ['a bare token', () => ({ authorization: token })],
    ['two bearers', () => ({ authorization: `Bearer ${token}, Bearer ${token}` })],
    ['a token as key', () => ({ 'x-api-key': token })],
    ['a token in the query', () => ({})],
  ])('%s', async (_, headers) => {
    const answer = await world.ask(`/v1/auth/me?access_token=${token}`, { headers: headers() });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

function pemOf(jwk: Claims): string {
  return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
}
