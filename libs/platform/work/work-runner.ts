import { Inject, Injectable } from '@nestjs/common';
import { type JobName, OPERATOR_PARTNER_ID, PRIORITIES, type Priority, systemActor } from '@isp/contracts';
import { DomainError } from '@isp/kernel';
import { CONFIG, type Config } from '@isp/platform/config';
import { Database, UnitOfWork, isConnectionFailure, together } from '@isp/platform/database';
import { Log, withRequestId } from '@isp/platform/logging';
import { BURY, CLAIM, RETRY_LATER } from './dispatch.statements.js';
import { type HeldRun, HeldWork } from './held-work.js';
import { Outbox } from './outbox.js';
import { Slots } from './slots.js';
import { WorkHandlers } from './work-handlers.js';

/** Deaths of its process, without an advance between them, after which work is poison. */
export const MAX_DEATHS = 3;

/** How long a full process lets slots come free before it claims again: one claim then takes several. */
const GATHER_MS = 50;

/** How long work whose next death is its last waits for a process of its own; what lasts longer it runs beside. */
const ALONE_WITHIN_MS = 5_000;

/** Work of this urgency or more gets the next free slot, whatever a process holds already. */
const HURRIED: Priority = 'high';

interface Claim {
  readonly id: string;
  readonly name: JobName;
  readonly payload: never;
  readonly epoch: number;
  readonly deaths: number;
  readonly failures: number;
  readonly requestId: string | null;
}

/** What a message of the queue says. */
export interface WorkMessage {
  readonly ids: readonly string[];
  readonly deaths: number;
  readonly together?: boolean;
}

/**
 * Runs claimed work: at most `ISP_WORKER_CONCURRENCY` at once in this process, retries with full jitter, and declares
 * dead what failed too often or killed its process three times without getting any further. Work that was part of a death runs one at a time, so
 * that poison cannot take innocents with it twice.
 */
@Injectable()
export class WorkRunner {
  private readonly slots: Slots;
  private readonly solo = new Slots(1);
  private stopping = false;

  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly handlers: WorkHandlers,
    private readonly held: HeldWork,
    private readonly outbox: Outbox,
    private readonly log: Log,
    @Inject(CONFIG) config: Config,
  ) {
    this.slots = new Slots(config.ISP_WORKER_CONCURRENCY);
  }

  stopClaiming(): void {
    this.stopping = true;
  }

  /** Works through one queue message; resolves when all of it was tried. Never rejects for a failing piece of work. */
  async process({ ids, deaths, together: atOnce = false }: WorkMessage, priority: number): Promise<void> {
    if (deaths > 0) return this.alone(ids, deaths);
    const hurry = priority <= PRIORITIES.indexOf(HURRIED) + 1;
    if (atOnce) return this.atOnce(ids, hurry);
    const running: Promise<void>[] = [];
    for (let next = 0; next < ids.length && !this.stopping;) {
      const taken = await this.slots.take(ids.length - next, { gatherMs: GATHER_MS, hurry });
      const claims = await this.claim(ids.slice(next, next + taken), 0).catch((error: Error) => {
        this.slots.give(taken);
        throw error;
      });
      this.slots.give(taken - claims.length);
      next += taken;
      for (const batch of this.batches(claims)) running.push(...this.runBatch(batch));
    }
    await Promise.all(running);
  }

  /** One transaction is one piece of work, however many events it handles. */
  private async atOnce(ids: readonly string[], hurry: boolean): Promise<void> {
    await this.slots.take(1, { hurry });
    try {
      for (const batch of this.batches(await this.claim(ids, 0))) await this.runTogether(batch);
    } finally {
      this.slots.give();
    }
  }

  private async alone(ids: readonly string[], deaths: number): Promise<void> {
    await this.solo.take(1);
    // Whatever else this process does ends before work whose next death is its last: only its own doing can bury it.
    const kept = deaths >= MAX_DEATHS - 1 ? await this.slots.takeAll(ALONE_WITHIN_MS) : 0;
    try {
      for (const claim of this.stopping ? [] : await this.claim(ids, deaths))
        await this.run(claim, this.held.hold(claim));
    } finally {
      this.slots.give(kept);
      this.solo.give();
    }
  }

  /** Each piece gives its slot back as it ends; those of one transaction end together. */
  private runBatch(batch: readonly Claim[]): Promise<void>[] {
    const [first] = batch;
    if (first && this.handlers.handlesTogether(first.name)) return this.runSideBySide(batch);
    return [this.runTogether(batch).finally(() => this.slots.give(batch.length))];
  }

  /** Given to their handler at once; each is completed, fails and is tried again by itself. */
  private runSideBySide(claims: readonly Claim[]): Promise<void>[] {
    const parts = claims.map((claim) => ({
      payload: claim.payload,
      run: this.held.hold(claim),
      requestId: requestIdOf(claim),
    }));
    const handled = this.handlers.handleAll((claims[0] as Claim).name, parts);
    return claims.map((claim, index) =>
      this.run(claim, parts[index]?.run as HeldRun, handled[index]).finally(() => this.slots.give()),
    );
  }

  /** In the order in which the work was accepted. */
  private async claim(ids: readonly string[], deaths: number): Promise<Claim[]> {
    if (this.stopping) return [];
    const claims = await this.database.query<Claim>(CLAIM, [ids, deaths]);
    return claims.sort((one, other) => Number(one.id) - Number(other.id));
  }

  /** Claims of one batched listener or of one such handler together, in their order; each other claim by itself. */
  private batches(claims: readonly Claim[]): (readonly Claim[])[] {
    const groups = new Map<string, Claim[]>();
    for (const claim of claims) {
      const key = this.handlers.batchOf(claim.name, claim.payload) ?? claim.id;
      const group = groups.get(key);
      if (group) group.push(claim);
      else groups.set(key, [claim]);
    }
    return [...groups.values()];
  }

  /** One transaction for all; where that fails, for whatever reason, each in its own. */
  private async runTogether(claims: readonly Claim[]): Promise<void> {
    const [first, ...others] = claims;
    if (!first || others.length === 0) return first && this.run(first, this.held.hold(first));
    const runs = claims.map((claim) => this.held.hold(claim));
    const work = claims.map((claim) => ({ payload: claim.payload, requestId: requestIdOf(claim) }));
    try {
      const listener = this.handlers.batchOf(first.name, first.payload) as string;
      await this.handlers.listenTogether(listener, work, () =>
        together(runs.map((run) => run.complete())).then(() => undefined),
      );
      for (const claim of claims) this.held.release(claim);
    } catch (error) {
      this.log.debug(`a batch failed, its parts are tried alone: ${(error as Error).message}`);
      // One after the other: together they may have the place of one.
      for (const [index, claim] of claims.entries()) await this.run(claim, runs[index] as HeldRun);
    }
  }

  private run(claim: Claim, run: HeldRun, handled?: Promise<void>): Promise<void> {
    return withRequestId(requestIdOf(claim), async () => {
      try {
        if (claim.deaths >= MAX_DEATHS) await this.bury(claim, `took its process down ${claim.deaths} times`, 0);
        else await this.handle(claim, run, handled);
      } catch (error) {
        await this.failed(claim, error as Error).catch((second: Error) => {
          this.log.error(`could not record a failure; the lease will lapse: ${second.message}`, { work_id: claim.id });
        });
      } finally {
        this.held.release(claim);
      }
    });
  }

  private async handle(claim: Claim, run: HeldRun, handled?: Promise<void>): Promise<void> {
    await (handled ?? this.handlers.handle(claim.name, claim.payload, run));
    if (!run.completed) await this.uow.run(systemActor('work'), () => run.complete());
  }

  private async failed(claim: Claim, error: Error): Promise<void> {
    if (error instanceof DomainError && error.code === 'platform.work.fenced') return;
    const policy = this.handlers.policyOf(claim.name);
    this.log.warn(`work failed: ${claim.name}: ${error.message}`, { work_id: claim.id, failures: claim.failures + 1 });
    // A database that is away is nobody's failure: the work just waits.
    const counted =
      isConnectionFailure(error) || (error instanceof DomainError && error.kind === 'unavailable') ? 0 : 1;
    if (claim.failures + counted >= policy.maxFailures) return this.bury(claim, error.message, counted);
    const ceiling = Math.min(policy.maxDelaySeconds, policy.baseDelaySeconds * 2 ** claim.failures);
    await this.database.query(RETRY_LATER, [
      claim.id,
      claim.epoch,
      error.message.slice(0, 2_000),
      Math.random() * ceiling,
    ]);
  }

  /** The end of the road: visible as dead, its owner told, to be run again by hand. */
  private async bury(claim: Claim, reason: string, failures: number): Promise<void> {
    await this.uow.run(systemActor('work'), async (tx) => {
      if ((await tx.execute(BURY, [claim.id, claim.epoch, reason.slice(0, 2_000), failures])) === 0) return;
      await this.handlers.onDead(claim.name, claim.payload, reason, tx);
      this.outbox.add('platform.work.died.v1', {
        work_id: claim.id,
        partner_id: OPERATOR_PARTNER_ID,
        queue: claim.name.split('.')[0] ?? claim.name,
        name: claim.name,
        reason: reason.slice(0, 500),
      });
    });
    this.log.error(`work is dead: ${claim.name}: ${reason}`, { work_id: claim.id });
  }
}

const requestIdOf = ({ id, requestId }: Claim): string => requestId ?? `work-${id}`;
