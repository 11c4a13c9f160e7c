import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AUTHENTICATOR,
  ErrorFilter,
  REQUEST_LIMITER,
  RouteTable,
  SharedApiModule,
  createHttpAdapter,
  prepareHttpServer,
  type RequestLimiter,
} from '@isp/apis/shared';
import { PERMISSIONS } from '@isp/contracts';
import { Authenticate, CreateApiKey, CreateUser, accessEntities } from '@isp/domain/access';
import { AuditModule } from '@isp/domain/audit';
import { ConfigModule, loadConfig } from '@isp/platform/config';
import { CryptoModule } from '@isp/platform/crypto';
import { API_LIMITS, DatabaseModule } from '@isp/platform/database';
import { IdempotencyModule } from '@isp/platform/idempotency';
import { Log, LoggingModule, createLogger } from '@isp/platform/logging';
import { ROOT } from '../../../../test/support/access-world.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { coreErrorRenderer } from '../core.errors.js';
import { CoreAccessModule } from './core-access.module.js';

const PASSWORD = 'correct horse battery';
const unlimited = () => Promise.resolve(undefined);
const NO_LIMITS: RequestLimiter = { admit: unlimited, admitRefused: unlimited };
let database: TestDatabase;
let app: NestFastifyApplication;
let base: string;

@Module({})
class World {}

beforeAll(async () => {
  database = await createTestDatabase();
  const config = loadConfig({
    DATABASE_URL: database.appUrl,
    ISP_MASTER_KEYS: `k:${Buffer.from('a master key'.padEnd(32, '.')).toString('base64')}`,
  });
  const ports = [
    { provide: AUTHENTICATOR, useExisting: Authenticate },
    { provide: REQUEST_LIMITER, useValue: NO_LIMITS },
  ];
  const imports = [
    ConfigModule.with(config),
    LoggingModule.with(new Log(createLogger('silent', 'test'))),
    DatabaseModule.connect(
      { url: database.appUrl, max: 8, limits: API_LIMITS, applicationName: 'api-test' },
      accessEntities,
    ),
    CryptoModule,
    AuditModule,
    IdempotencyModule,
    SharedApiModule.with([coreErrorRenderer], ports),
    CoreAccessModule,
  ];
  const adapter = createHttpAdapter({ trustedProxies: [] });
  app = await NestFactory.create<NestFastifyApplication>({ module: World, imports }, adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  const filter = app.get(ErrorFilter);
  const fastify = adapter.getInstance();
  prepareHttpServer(fastify, app.get(RouteTable), () => false);
  fastify.setErrorHandler((error, request, reply) => filter.answer(error, request as never, reply as never));
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
  const fields = {
    username: 'root.admin',
    email: 'root@example.com',
    fullName: 'Root',
    password: PASSWORD,
    roles: ['superadmin'],
  };
  await app.get(CreateUser, { strict: false }).execute({ actor: ROOT, ...fields });
}, 120_000);
afterAll(async () => {
  await app.close();
  await database.drop();
});

interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly payload?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

async function call({ method, url, payload, token, headers = {} }: Call) {
  const all = new Headers(headers);
  if (token !== undefined) all.set('authorization', `Bearer ${token}`);
  if (payload !== undefined) all.set('content-type', 'application/json');
  const body = payload === undefined ? {} : { body: JSON.stringify(payload) };
  const response = await fetch(`${base}/v1${url}`, { method, headers: all, ...body });
  const text = await response.text();
  const answer = (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, json: answer };
}

const login = (name = 'root.admin', password = PASSWORD) =>
  call({ method: 'POST', url: '/auth/login', payload: { login: name, password } });
const tokenOf = async (name?: string, password?: string): Promise<string> =>
  (await login(name, password)).json['access_token'] as string;

describe('signing in over HTTP', () => {
  it('answers tokens that must not be stored, then who one is, then ends', async () => {
    const { status, headers, json } = await login();
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 600,
    });
    const refreshed = await call({
      method: 'POST',
      url: '/auth/refresh',
      payload: { refresh_token: json['refresh_token'] },
    });
    expect(refreshed.status).toBe(200);
    const token = refreshed.json['access_token'] as string;
    const me = await call({ method: 'GET', url: '/auth/me', token });
    expect(me).toMatchObject({
      status: 200,
      json: { kind: 'user', reach: 'all', user: { username: 'root.admin', roles: ['superadmin'] } },
    });
    expect((await call({ method: 'POST', url: '/auth/logout', token })).status).toBe(204);
    expect((await call({ method: 'GET', url: '/auth/me', token })).status).toBe(401);
  });

  it('answers 401 alike for wrong and unknown, 400 for what is no log-in', async () => {
    const [wrong, unknown] = [await login('root.admin', 'nope'), await login('nobody', 'nope')];
    for (const answer of [wrong, unknown]) {
      expect(answer.status).toBe(401);
      expect(answer.json).toMatchObject({
        error: { code: 'UNAUTHENTICATED', message: 'The login or the password is wrong.' },
      });
    }
    expect((await call({ method: 'POST', url: '/auth/login', payload: { login: 'a' } })).status).toBe(400);
    expect(
      (await call({ method: 'POST', url: '/auth/login', payload: { login: 'a', password: 'b', admin: true } })).status,
    ).toBe(400);
    expect((await call({ method: 'POST', url: '/auth/refresh', payload: { refresh_token: 'x' } })).status).toBe(401);
    for (const url of ['/auth/me', '/users', '/api-keys', '/roles'])
      expect((await call({ method: 'GET', url })).status).toBe(401);
  });
});

describe('users over HTTP', () => {
  it('are created, read with an ETag, changed under it, disabled and enabled', async () => {
    const token = await tokenOf();
    const payload = {
      username: 'sup',
      email: 'sup@example.com',
      full_name: 'Sup Port',
      password: PASSWORD,
      roles: ['support'],
    };
    const created = await call({ method: 'POST', url: '/users', token, payload });
    expect(created.status).toBe(201);
    expect(JSON.stringify(created.json)).not.toContain('password');
    const url = String(created.headers.get('location')).slice('/v1'.length);
    const read = await call({ method: 'GET', url, token });
    expect(read.json).toEqual(created.json);
    const patch = (etag: string) =>
      call({ method: 'PATCH', url, token, headers: { 'if-match': etag }, payload: { full_name: 'Other' } });
    expect((await patch(String(read.headers.get('etag')))).status).toBe(200);
    expect((await patch(String(read.headers.get('etag')))).status).toBe(412);
    expect((await call({ method: 'POST', url: `${url}/disable`, token })).json).toMatchObject({ status: 'disabled' });
    expect((await login('sup')).status).toBe(401);
    expect((await call({ method: 'POST', url: `${url}/enable`, token })).json).toMatchObject({ status: 'active' });
    expect((await call({ method: 'POST', url, token })).status).toBe(405);
    expect((await call({ method: 'POST', url: '/users', token, payload })).status).toBe(409);
    expect(
      (await call({ method: 'POST', url: '/users', token, payload: { ...payload, username: 's2', password: 'short' } }))
        .status,
    ).toBe(400);
    expect((await call({ method: 'GET', url: '/users?search=sup%40', token })).json).toMatchObject({
      pagination: { total: 1 },
    });
    const support = await tokenOf('sup');
    expect((await call({ method: 'GET', url: '/users', token: support })).status).toBe(403);
    expect((await call({ method: 'GET', url: '/roles', token })).json['roles']).toHaveLength(8);
    const change = { current_password: PASSWORD, new_password: 'another four words here' };
    expect((await call({ method: 'POST', url: '/auth/password', token: support, payload: change })).status).toBe(204);
    expect((await login('sup', change.new_password)).status).toBe(200);
  });
});

describe('API keys over HTTP', () => {
  it('are shown once, work as header and as OAuth client, rotate and end', async () => {
    const token = await tokenOf();
    const payload = { name: 'CRM', scopes: ['user.read', 'api_key.read'] };
    const created = await call({ method: 'POST', url: '/api-keys', token, payload });
    expect(created.status).toBe(201);
    const { api_key: key, public_id: id, ...shown } = created.json as Record<string, string>;
    const url = `/api-keys/${shown['id']}`;
    expect((await call({ method: 'GET', url, token })).json).toEqual({ ...shown, public_id: id });
    const byKey = { 'x-api-key': key as string };
    expect((await call({ method: 'GET', url: '/users', headers: byKey })).status).toBe(200);
    expect((await call({ method: 'POST', url: '/api-keys', headers: byKey, payload })).status).toBe(403);

    const asked = { grant_type: 'client_credentials', client_id: id, client_secret: key, scope: 'user.read' };
    const json = await call({ method: 'POST', url: '/oauth/token', payload: asked });
    expect(json).toMatchObject({ status: 200, json: { token_type: 'Bearer', expires_in: 600, scope: 'user.read' } });
    const form = {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${id}:${key}`).toString('base64')}`,
    };
    const basic = await fetch(`${base}/v1/oauth/token`, {
      method: 'POST',
      headers: form,
      body: 'grant_type=client_credentials',
    });
    expect(basic.status).toBe(200);
    const client = json.json['access_token'] as string;
    expect((await call({ method: 'GET', url: '/users', token: client })).status).toBe(200);
    expect((await call({ method: 'GET', url: '/api-keys', token: client })).status).toBe(403);
    const wrong = { ...asked, client_secret: `${key}x` };
    expect((await call({ method: 'POST', url: '/oauth/token', payload: wrong })).status).toBe(401);

    const rotated = await call({ method: 'POST', url: `${url}/rotate`, token });
    expect(rotated.status).toBe(201);
    expect((await call({ method: 'POST', url: `${url}/rotate`, token, payload: { overlap_hours: 1 } })).status).toBe(
      409,
    );
    expect((await call({ method: 'GET', url: '/users', headers: byKey })).status).toBe(200);
    expect((await call({ method: 'DELETE', url, token })).status).toBe(204);
    expect((await call({ method: 'GET', url: '/users', headers: byKey })).status).toBe(401);
    expect((await call({ method: 'GET', url: '/users', token: client })).status).toBe(401);
    expect((await call({ method: 'GET', url: '/api-keys/999999', token })).status).toBe(404);
    expect(
      (await call({ method: 'POST', url: '/api-keys', token, payload: { name: 'x', scopes: ['time.travel'] } })).status,
    ).toBe(400);
  });

  it('can be made by a program for itself only with what it has', async () => {
    const create = app.get(CreateApiKey, { strict: false });
    const { secret } = await create.execute({ actor: ROOT, name: 'maker', scopes: ['api_key.manage', 'user.read'] });
    const make = (scopes: string[]) =>
      call({ method: 'POST', url: '/api-keys', headers: { 'x-api-key': secret }, payload: { name: 'made', scopes } });
    expect((await make(['user.read'])).status).toBe(201);
    expect((await make([...PERMISSIONS])).status).toBe(403);
  });
});
