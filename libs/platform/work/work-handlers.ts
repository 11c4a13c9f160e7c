import { Injectable } from '@nestjs/common';
import { type EventName, type JobName, type JobPayload, systemActor } from '@isp/contracts';
import { type Transaction, UnitOfWork, statement, together } from '@isp/platform/database';
import type { PublishedEvent, WorkRun } from './handlers.js';
import { HandlerRegistry } from './registry.js';

const EVENT = statement(
  'outbox-read',
  `SELECT event_id AS id, name, partner_id AS "partnerId", payload, occurred_at AS "occurredAt" FROM outbox WHERE id = $1`,
);

type Handle = (payload: never, run: WorkRun) => Promise<void>;

const DEFAULT_POLICY = { maxFailures: 8, baseDelaySeconds: 1, maxDelaySeconds: 300 };

/** Finds who handles a piece of work: a domain's handler, or the platform for an event's listener and a schedule's turn. */
@Injectable()
export class WorkHandlers {
  private readonly own = new Map<JobName, Handle>([
    ['platform.listener', (payload, run) => this.listen(payload, run)],
    ['platform.schedule', (payload) => this.runSchedule(payload)],
  ]);

  constructor(
    private readonly uow: UnitOfWork,
    private readonly registry: HandlerRegistry,
  ) {}

  async handle(name: JobName, payload: never, run: WorkRun): Promise<void> {
    const own = this.own.get(name);
    if (own) return own(payload, run);
    const domain = this.registry.jobs.get(name);
    if (!domain) throw new Error(`no handler for ${name}`);
    await domain.instance.handle(payload, run);
  }

  /** How often and when a failing piece of work is tried again. */
  policyOf(name: JobName): typeof DEFAULT_POLICY {
    return { ...DEFAULT_POLICY, ...this.registry.jobs.get(name)?.options };
  }

  /** Lets the owner of dead work put its house in order, in the transaction that declares the death. */
  async onDead(name: JobName, payload: never, reason: string, tx: Transaction): Promise<void> {
    await this.registry.jobs.get(name)?.instance.onDead?.(payload, reason, tx);
  }

  private async listen(payload: JobPayload<'platform.listener'>, run: WorkRun): Promise<void> {
    const listener = this.registry.listeners.get(payload.listener);
    if (!listener) throw new Error(`no listener ${payload.listener}`);
    await this.uow.run(systemActor(payload.listener), async (tx) => {
      // Completing first takes the row's lock: a second delivery waits here and then finds itself fenced.
      const [, event] = await together([run.complete(), tx.one<PublishedEvent<EventName>>(EVENT, [payload.outbox_id])]);
      if (event) await listener.instance.on(event, tx);
    });
  }

  private async runSchedule(payload: JobPayload<'platform.schedule'>): Promise<void> {
    await this.registry.schedules.get(payload.schedule)?.instance.run();
  }
}
