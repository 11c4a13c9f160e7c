import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Actor, JOBS, type JobName, PERMISSIONS, systemActor } from '@isp/contracts';
import { type Clock, monotonicMs } from '@isp/kernel';
import { AuditModule } from '@isp/domain/audit';
import { WebhooksModule, WebhooksWorkerModule } from '@isp/domain/webhooks';
import { ConfigModule, loadConfig } from '@isp/platform/config';
import { CryptoModule } from '@isp/platform/crypto';
import { DatabaseModule, UnitOfWork, WORKER_LIMITS } from '@isp/platform/database';
import { IdempotencyModule } from '@isp/platform/idempotency';
import { createLogger, Log, LoggingModule } from '@isp/platform/logging';
import { HandlesJobs, Outbox, WorkModule, WorkerRuntimeModule, openQueueConnections } from '@isp/platform/work';

@Module({})
class World {}

/** A worker refuses to boot when a job has no handler; these have nothing to do here. */
function idle(job: JobName): Type<object> {
  @Injectable()
  @HandlesJobs({ job })
  class Idle {
    handle(): Promise<void> {
      return Promise.resolve();
    }
  }
  return Idle;
}

const OWN_JOBS: readonly string[] = ['platform.listener', 'platform.schedule', 'webhooks.deliver'];

@Module({ providers: (Object.keys(JOBS) as JobName[]).filter((job) => !OWN_JOBS.includes(job)).map(idle) })
class OtherJobsModule {}

export interface WebhooksProcess {
  readonly app: INestApplicationContext;
  get<T>(type: Type<T>): T;
  close(): Promise<void>;
}

/** What every process of the program stands on. */
export function foundations(databaseUrl: string, clock: Clock, role: 'api' | 'worker', entities: readonly Type[] = []) {
  const masterKeys = `test:${Buffer.from('a webhook test master key 32byte').toString('base64')}`;
  const config = loadConfig({ DATABASE_URL: databaseUrl, ISP_MASTER_KEYS: masterKeys, ISP_MODE: 'sandbox' });
  const settings = { url: databaseUrl, max: 10, limits: WORKER_LIMITS, applicationName: `webhooks-test ${role}` };
  const imports = [
    ConfigModule.with(config, clock),
    LoggingModule.with(new Log(createLogger('silent', 'test'))),
    DatabaseModule.connect(settings, entities),
    CryptoModule,
    AuditModule,
    IdempotencyModule,
    WorkModule.with(openQueueConnections(config, role)),
  ];
  return { imports };
}

/** The webhooks domain with its worker, queues and dispatcher, as one process of the program. */
export async function webhooksProcess(databaseUrl: string, clock: Clock): Promise<WebhooksProcess> {
  const worker = [WorkerRuntimeModule, WebhooksModule, WebhooksWorkerModule, OtherJobsModule];
  const imports = [...foundations(databaseUrl, clock, 'worker').imports, ...worker];
  const app = await NestFactory.createApplicationContext(
    { module: World, imports },
    { logger: false, abortOnError: false },
  );
  return { app, get: (type) => app.get(type, { strict: false }), close: () => app.close() };
}

export function partnerActor(partnerId: number): Actor {
  return { kind: 'user', name: `user:${partnerId}00`, reach: 'partner', partnerId, permissions: new Set(PERMISSIONS) };
}

/** The operator's administrator. */
export const ROOT: Actor = { ...partnerActor(1), name: 'user:1', reach: 'all' };

let serial = 1000;

/** Publishes `count` facts about new customers of a partner, in one transaction. */
export async function publishCustomers(world: WebhooksProcess, partnerId: number, count: number): Promise<void> {
  await world.get(UnitOfWork).run(systemActor('test'), () => {
    for (let index = 0; index < count; index += 1) {
      serial += 1;
      const who = { customer_id: serial, name: 'Zoë', email: `c${serial}@example.com`, portal_id: '10003456' };
      world.get(Outbox).add('customers.customer.created.v1', { partner_id: partnerId, ...who, sequence: 1 });
    }
    return Promise.resolve();
  });
}

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Reply = (received: Received, response: ServerResponse) => void | Promise<void>;

/** A receiver that keeps the raw bytes of everything it got. */
export class Receiver {
  readonly got: Received[] = [];
  connections = 0;
  inFlight = 0;
  mostInFlight = 0;
  reply: Reply = (_, response) => void response.end('ok');

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('connection', () => (receiver.connections += 1));
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      receiver.inFlight += 1;
      receiver.mostInFlight = Math.max(receiver.mostInFlight, receiver.inFlight);
      response.once('close', () => (receiver.inFlight -= 1));
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const received = { path: request.url ?? '', headers: flat(request.headers), body };
        receiver.got.push(received);
        void receiver.reply(received, response);
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Waits until `probe` answers something true. */
export async function eventually<T>(probe: () => Promise<T> | T, withinMs = 10_000): Promise<NonNullable<T>> {
  const deadline = monotonicMs() + withinMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (monotonicMs() > deadline) throw new Error(`not within ${withinMs} ms: ${probe.toString()}`);
    await sleep(25);
  }
}
