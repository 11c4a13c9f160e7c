import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { AUTHENTICATOR, HealthModule, REQUEST_LIMITER, SharedApiModule, TierRequestLimiter } from '@isp/apis/shared';
import { WholesaleEventsModule } from '@isp/apis/wholesale';
import { AccessModule, AccessWorkerModule, Authenticate, accessEntities } from '@isp/domain/access';
import { AuditModule, AuditWorkerModule } from '@isp/domain/audit';
import { BillingWorkerModule } from '@isp/domain/billing';
import { catalogEntities } from '@isp/domain/catalog';
import { customersEntities } from '@isp/domain/customers';
import { DunningWorkerModule } from '@isp/domain/dunning';
import { NetworkWorkerModule } from '@isp/domain/network';
import { NotificationsWorkerModule } from '@isp/domain/notifications';
import { OrderingWorkerModule } from '@isp/domain/ordering';
import { OutagesWorkerModule } from '@isp/domain/outages';
import { partnersEntities } from '@isp/domain/partners';
import { PremisesWorkerModule } from '@isp/domain/premises';
import { ProvisioningWorkerModule } from '@isp/domain/provisioning';
import { QuotaModule, QuotaWorkerModule } from '@isp/domain/quota';
import { ServicesWorkerModule, servicesEntities } from '@isp/domain/services';
import { SlaWorkerModule } from '@isp/domain/sla';
import { UsageWorkerModule } from '@isp/domain/usage';
import { WebhooksWorkerModule } from '@isp/domain/webhooks';
import { WorkOrdersWorkerModule } from '@isp/domain/work-orders';
import { type Clock, clockAhead } from '@isp/kernel';
import { type Config, ConfigModule } from '@isp/platform/config';
import { CryptoModule } from '@isp/platform/crypto';
import { API_LIMITS, DatabaseClock, DatabaseModule, WORKER_LIMITS } from '@isp/platform/database';
import { IdempotencyModule } from '@isp/platform/idempotency';
import { type Log, LoggingModule } from '@isp/platform/logging';
import { MetricsModule } from '@isp/platform/metrics';
import { type QueueConnections, WorkerRuntimeModule, WorkModule } from '@isp/platform/work';
import { apis } from './apis.js';

/** Every entity of every domain. */
export const entities = [
  ...accessEntities,
  ...partnersEntities,
  ...catalogEntities,
  ...customersEntities,
  ...servicesEntities,
];

/** What a process does: answer the APIs, carry out work, or both. */
export interface Roles {
  readonly api: boolean;
  readonly worker: boolean;
}

export interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly connections: QueueConnections;
  readonly roles: Roles;
  /** What a test goes by instead of the database's. */
  readonly clock?: Clock | undefined;
}

const workerModules = [
  WorkerRuntimeModule,
  AccessWorkerModule,
  AuditWorkerModule,
  QuotaWorkerModule,
  NetworkWorkerModule,
  PremisesWorkerModule,
  ServicesWorkerModule,
  ProvisioningWorkerModule,
  UsageWorkerModule,
  WorkOrdersWorkerModule,
  OrderingWorkerModule,
  BillingWorkerModule,
  DunningWorkerModule,
  OutagesWorkerModule,
  SlaWorkerModule,
  NotificationsWorkerModule,
  WebhooksWorkerModule,
  WholesaleEventsModule,
];

@Module({})
export class RootModule {
  static with({ config, log, connections, roles, clock }: Parts): DynamicModule {
    const pool = {
      url: config.DATABASE_URL,
      max: config.ISP_DATABASE_POOL,
      limits: {
        ...(roles.worker ? WORKER_LIMITS : API_LIMITS),
        ...(roles.api ? { poolWaitMs: API_LIMITS.poolWaitMs } : {}),
      },
      applicationName: `isp ${[roles.api ? 'api' : '', roles.worker ? 'worker' : ''].filter(Boolean).join('+')}`,
    };
    const clockAheadDays = config.ISP_CLOCK_AHEAD_DAYS;
    const databaseClock = new DatabaseClock({ tell: (text) => log.warn(text) });
    const ports = [
      { provide: AUTHENTICATOR, useExisting: Authenticate },
      { provide: REQUEST_LIMITER, useClass: TierRequestLimiter },
    ];
    const imports: ModuleMetadata['imports'] = [
      ConfigModule.with(config, clock ?? clockAhead(clockAheadDays, databaseClock)),
      LoggingModule.with(log),
      CryptoModule,
      DatabaseModule.connect({ ...pool, clockAheadDays }, entities, databaseClock),
      WorkModule.with(connections),
      IdempotencyModule,
      MetricsModule,
      AuditModule,
      AccessModule,
      QuotaModule,
      SharedApiModule.with(
        apis.map(({ renderer }) => renderer),
        ports,
      ),
      HealthModule,
      ...(roles.api ? apis.flatMap(({ modules }) => [...modules]) : []),
      ...(roles.worker ? workerModules : []),
    ];
    return { module: RootModule, imports };
  }
}
