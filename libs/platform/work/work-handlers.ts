import { Injectable } from '@nestjs/common';
import { type EventName, type JobName, type JobPayload, systemActor } from '@isp/contracts';
import { type Transaction, UnitOfWork, statement, together } from '@isp/platform/database';
import { withRequestId } from '@isp/platform/logging';
import type { JobPart, PublishedEvent, WorkRun } from './handlers.js';
import { HandlerRegistry } from './registry.js';

const EVENT = statement(
  'outbox-read',
  `SELECT event_id AS id, name, partner_id AS "partnerId", payload, occurred_at AS "occurredAt" FROM outbox WHERE id = $1`,
);

const EVENTS = statement(
  'outbox-read-all',
  `SELECT o.id::text AS "outboxId", o.event_id AS id, o.name, o.partner_id AS "partnerId", o.payload, o.occurred_at AS "occurredAt"
     FROM unnest($1::bigint[]) AS asked (id) JOIN outbox o ON o.id = asked.id`,
);

/** Work of a listener with the request in whose wake it is. */
export interface ListenerWork {
  readonly payload: JobPayload<'platform.listener'>;
  readonly requestId: string;
}

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

  /** Whether the handler of a job wants all of it that was claimed at once. */
  handlesTogether(name: JobName): boolean {
    return this.registry.jobs.get(name)?.instance.handleAll !== undefined;
  }

  /** A promise for each part, in their order. */
  handleAll(name: JobName, parts: readonly JobPart<never>[]): readonly Promise<void>[] {
    return this.registry.jobs.get(name)?.instance.handleAll?.(parts) ?? [];
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

  /** The handler of work that may be done together with other work of the same handler: its job, or its listener. */
  batchOf(name: JobName, payload: JobPayload<'platform.listener'>): string | undefined {
    if (this.handlesTogether(name)) return name;
    const listener = name === 'platform.listener' ? this.registry.listeners.get(payload.listener) : undefined;
    return listener?.options.batched ? payload.listener : undefined;
  }

  /** Handles several events of one listener in one transaction, in which `complete` marks the work done. */
  async listenTogether(name: string, work: readonly ListenerWork[], complete: () => Promise<void>): Promise<void> {
    const listener = this.registry.listeners.get(name);
    if (!listener) throw new Error(`no listener ${name}`);
    await this.uow.run(systemActor(name), async (tx) => {
      const ids = work.map(({ payload }) => payload.outbox_id);
      const [, rows] = await together([
        complete(),
        tx.query<PublishedEvent<EventName> & { readonly outboxId: string }>(EVENTS, [ids]),
      ]);
      const events = new Map(rows.map(({ outboxId, ...event }) => [outboxId, event]));
      // In the order of the work.
      const told = work.flatMap(({ payload, requestId }) => {
        const event = events.get(payload.outbox_id);
        return event ? [{ event, requestId }] : [];
      });
      const { instance } = listener;
      if (instance.onAll)
        return instance.onAll(
          told.map(({ event, requestId }) => ({ ...event, requestId })),
          tx,
        );
      // One after the other: they write on one connection.
      for (const { event, requestId } of told) await withRequestId(requestId, () => instance.on(event, tx));
    });
  }

  private async runSchedule(payload: JobPayload<'platform.schedule'>): Promise<void> {
    await this.registry.schedules.get(payload.schedule)?.instance.run();
  }
}
