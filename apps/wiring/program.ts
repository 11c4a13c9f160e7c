import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AUTHENTICATOR,
  type Authenticator,
  createHttpAdapter,
  ErrorFilter,
  Lifecycle,
  observeRequests,
  prepareHttpServer,
  RouteTable,
  serveDocs,
  serveQueueBoard,
} from '@isp/apis/shared';
import type { Clock } from '@isp/kernel';
import type { Config } from '@isp/platform/config';
import { createLogger, Log } from '@isp/platform/logging';
import { Metrics } from '@isp/platform/metrics';
import { Carriers, openQueueConnections } from '@isp/platform/work';
import { apis } from './apis.js';
import { type Roles, RootModule } from './modules.js';

export interface RunningProgram {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly port: number;
  /** Readiness goes 503 at once; after `graceSeconds` of serving on, everything is finished or handed back. */
  stop(graceSeconds?: number): Promise<void>;
}

/** Builds the program without listening: routes, hooks and workers are in place. */
export async function createProgram(config: Config, roles: Roles, clock?: Clock): Promise<NestFastifyApplication> {
  const name = roles.api && roles.worker ? 'standalone' : roles.api ? 'api' : 'worker';
  const log = new Log(createLogger(config.ISP_LOG_LEVEL, name));
  const connections = openQueueConnections(config, roles.worker ? 'worker' : 'api');
  const trustedProxies = config.ISP_TRUSTED_PROXIES.split(',').filter(Boolean);
  const parts = { config, log, connections, roles, clock };
  const app = await NestFactory.create<NestFastifyApplication>(
    RootModule.with(parts),
    createHttpAdapter({ trustedProxies }),
    {
      logger: log,
      abortOnError: false,
      bodyParser: false,
    },
  );
  const fastify = app.getHttpAdapter().getInstance();
  const lifecycle = app.get(Lifecycle);
  prepareHttpServer(fastify, app.get(RouteTable), () => lifecycle.draining);
  observeRequests(fastify, app.get(Metrics), log);
  if (roles.api) {
    await serveDocs(app, fastify, apis);
    const authenticator = app.get<Authenticator>(AUTHENTICATOR);
    await serveQueueBoard(fastify, {
      queues: app.get(Carriers).all,
      authenticator,
      errors: app.get(ErrorFilter),
    });
  }
  return app;
}

/** Listens and answers how to reach and stop the program. */
export async function listen(app: NestFastifyApplication, config: Config): Promise<RunningProgram> {
  await app.listen({ port: config.PORT, host: config.ISP_HOST });
  const address = app.getHttpServer().address() as { port: number };
  const host = config.ISP_HOST.includes(':') ? `[${config.ISP_HOST}]` : config.ISP_HOST;
  const url = `http://${host}:${address.port}`;
  app.get(Log).log(`listening on ${url}`, { url });
  let stopping: Promise<void> | undefined;
  const stop = (graceSeconds = config.ISP_SHUTDOWN_GRACE_SECONDS): Promise<void> =>
    (stopping ??= drain(app, graceSeconds));
  return { app, url, port: address.port, stop };
}

export async function startProgram(config: Config, roles: Roles, clock?: Clock): Promise<RunningProgram> {
  return listen(await createProgram(config, roles, clock), config);
}

async function drain(app: NestFastifyApplication, graceSeconds: number): Promise<void> {
  app.get(Lifecycle).draining = true;
  await new Promise((resolve) => setTimeout(resolve, graceSeconds * 1000));
  await app.close();
}
