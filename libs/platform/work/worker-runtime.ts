import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { QUEUES } from '@isp/contracts';
import { CONFIG, type Config } from '@isp/platform/config';
import { Log } from '@isp/platform/logging';
import { Worker } from 'bullmq';
import { withTimeout } from './carriers.js';
import { Dispatcher } from './dispatcher.js';
import { HeldWork } from './held-work.js';
import { QUEUE_CONNECTIONS, type QueueConnections } from './queue-connections.js';
import { type WorkMessage, WorkRunner } from './work-runner.js';

const FINISH_MS = 15_000;
/** BullMQ's own crash handling, tight: its default takes a minute to notice a dead worker. */
const CARRIER = { lockDuration: 10_000, stalledInterval: 3_000, maxStalledCount: 1_000 };

/** The consuming side of a process: BullMQ workers and the dispatcher, started last and stopped first. */
@Injectable()
export class WorkerRuntime implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private workers: Worker[] = [];

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly runner: WorkRunner,
    private readonly held: HeldWork,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(QUEUE_CONNECTIONS) private readonly connections: QueueConnections,
  ) {}

  onApplicationBootstrap(): void {
    // One turn later, so that every registry has filled itself.
    setImmediate(() => this.start());
  }

  private start(): void {
    this.held.start();
    this.workers = QUEUES.map((queue) => {
      const worker = new Worker<WorkMessage>(queue, async (job) => this.runner.process(job.data, job.priority), {
        connection: this.connections.consumer,
        prefix: this.connections.prefix,
        concurrency: this.config.ISP_WORKER_CONCURRENCY,
        removeOnFail: { age: 3_600 },
        ...CARRIER,
      } as never);
      worker.on('error', (error) => this.log.debug(`queue ${queue}: ${error.message}`));
      return worker;
    });
    this.dispatcher.start();
  }

  /** Stops claiming, lets work in flight finish for 15 s, hands the rest back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.runner.stopClaiming();
    await this.dispatcher.stop();
    const closing = Promise.allSettled(this.workers.map((worker) => worker.close()));
    await withTimeout(closing, FINISH_MS).catch(() => undefined);
    await this.held.handBack().catch((error: Error) => this.log.warn(`could not hand work back: ${error.message}`));
  }

  async onApplicationShutdown(): Promise<void> {
    this.held.stop();
    await Promise.allSettled(this.workers.map((worker) => withTimeout(worker.close(true), 2_000)));
  }
}
