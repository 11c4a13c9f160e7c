import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Permission } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AUTHENTICATOR,
  type Authenticator,
  type Caller,
  type ErrorRenderer,
  REQUEST_LIMITER,
  type RequestLimiter,
  RouteTable,
  SharedApiModule,
  createHttpAdapter,
  prepareHttpServer,
} from '@isp/apis/shared';
import { foundations, partnerActor } from './webhooks-world.js';

export interface WebhooksHttp {
  request(
    actor: string,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Bearer tokens of the tests: `partner-<id>`, `reader-<id>` without the right to change, `root`. */
async function authenticateBearer(token: string): Promise<Caller> {
  const [kind, id] = token.split('-');
  const actor = partnerActor(Number(id ?? 1));
  const permissions = kind === 'reader' ? new Set<Permission>(['webhook.read']) : actor.permissions;
  const reach = kind === 'root' ? 'all' : 'partner';
  await Promise.resolve();
  return { actor: { ...actor, permissions, reach }, credential: { kind: 'jwt', tier: 'free' } };
}

@Module({})
class HttpWorld {}

/** One module of an API over HTTP, without a worker. */
export async function webhooksHttp(
  databaseUrl: string,
  clock: Clock,
  api: Type,
  renderer: ErrorRenderer,
): Promise<WebhooksHttp> {
  const { imports } = foundations(databaseUrl, clock, 'api');
  const authenticator: Authenticator = { authenticateBearer, authenticateApiKey: authenticateBearer };
  const unlimited = () => Promise.resolve(undefined);
  const limiter: RequestLimiter = { admit: unlimited, admitRefused: unlimited };
  const shared = SharedApiModule.with(
    [renderer],
    [
      { provide: AUTHENTICATOR, useValue: authenticator },
      { provide: REQUEST_LIMITER, useValue: limiter },
    ],
  );
  const adapter = createHttpAdapter({ trustedProxies: [] });
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: HttpWorld, imports: [...imports, shared, api] },
    adapter,
    { logger: false, abortOnError: false, bodyParser: false },
  );
  prepareHttpServer(adapter.getInstance(), app.get(RouteTable), () => false);
  await app.listen(0, '127.0.0.1');
  const base = await app.getUrl();
  return {
    close: () => app.close(),
    async request(actor, method, path, body, headers = {}) {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${actor}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
      };
    },
  };
}
