import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { QUEUES } from '@isp/contracts';
import type { Queue } from 'bullmq';
import { Carriers } from './carriers.js';
import { CleanupSchedule } from './cleanup.schedule.js';
import { DeadWork } from './dead-work.js';
import { Dispatcher } from './dispatcher.js';
import { HeldWork } from './held-work.js';
import { Outbox } from './outbox.js';
import { QUEUE_CONNECTIONS, type QueueConnections } from './queue-connections.js';
import { HandlerRegistry } from './registry.js';
import { Waker } from './waker.js';
import { WakeListener } from './wake-listener.js';
import { WorkHandlers } from './work-handlers.js';
import { WorkQueue } from './work-queue.js';
import { WorkRunner } from './work-runner.js';
import { WorkerRuntime } from './worker-runtime.js';

@Global()
@Module({})
class QueueConnectionsModule implements OnApplicationShutdown {
  constructor(@Inject(QUEUE_CONNECTIONS) private readonly connections: QueueConnections) {}

  static with(connections: QueueConnections): DynamicModule {
    return {
      module: QueueConnectionsModule,
      providers: [{ provide: QUEUE_CONNECTIONS, useValue: connections }],
      exports: [QUEUE_CONNECTIONS],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connections.close().catch(() => undefined);
  }
}

/** The producing side of accepted work: every process has it. */
@Global()
@Module({})
export class WorkModule {
  static with(connections: QueueConnections): DynamicModule {
    return {
      module: WorkModule,
      imports: [
        QueueConnectionsModule.with(connections),
        BullModule.forRoot({ connection: connections.producer as never, prefix: connections.prefix }),
        BullModule.registerQueue(...QUEUES.map((name) => ({ name, defaultJobOptions: { removeOnComplete: true } }))),
      ],
      providers: [
        Outbox,
        WorkQueue,
        Waker,
        DeadWork,
        {
          provide: Carriers,
          useFactory: (...queues: Queue[]) => new Carriers(queues),
          inject: QUEUES.map((name) => getQueueToken(name)),
        },
      ],
      exports: [Outbox, WorkQueue, Waker, Carriers, DeadWork],
    };
  }
}

/** The consuming side: processes that carry work out import it beside every domain's worker module. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    HandlerRegistry,
    WorkHandlers,
    HeldWork,
    WorkRunner,
    WakeListener,
    Dispatcher,
    WorkerRuntime,
    CleanupSchedule,
  ],
  exports: [HandlerRegistry],
})
export class WorkerRuntimeModule {}
