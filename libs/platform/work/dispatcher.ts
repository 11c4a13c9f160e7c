import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { QUEUES, systemActor } from '@isp/contracts';
import { monotonicMs } from '@isp/kernel';
import { Database, UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { Log } from '@isp/platform/logging';
import { PUT_BACK, SAVE_SCHEDULES, TAKE_DUE, TAKE_SCHEDULES, expanding } from './dispatch.statements.js';
import { Carriers } from './carriers.js';
import { HeldWork } from './held-work.js';
import { type DueWork, messagesOf } from './messages.js';
import { HandlerRegistry } from './registry.js';
import { WakeListener } from './wake-listener.js';

const POLL_MS = 500;
/** Rounds of a busy stretch keep this distance, so that each hands over what several commits promised. */
const SPACING_MS = 50;
/**
 * While the process has enough to do, or so much comes that it soon will, nothing is in a hurry: a round then hands over more
 * at once, which costs less together.
 */
const BUSY_SPACING_MS = 200;
const BATCH = 500;
/** Work of one message at most; nor more than a process does at once: what is more urgent would wait behind the rest. */
const PER_MESSAGE = 20;

interface Expanded {
  readonly events: number;
  readonly work: readonly DueWork[];
}

/**
 * Hands accepted work to the queues: events become work for each listener, due work becomes queue messages, and what a
 * queue or a dead process lost is handed over again. Any number of processes may run one.
 */
@Injectable()
export class Dispatcher {
  private running: Promise<void> | undefined;
  private stopped = false;
  private schedulesTakenAt = 0;
  /** Pieces of work of the last round. */
  private handed = 0;

  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly registry: HandlerRegistry,
    private readonly carriers: Carriers,
    private readonly listener: WakeListener,
    private readonly held: HeldWork,
    private readonly log: Log,
  ) {}

  start(): void {
    this.running = this.loop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.listener.wakeLocally();
    await this.running;
    await this.listener.stop();
  }

  private async loop(): Promise<void> {
    await this.listener.start();
    let schedulesSaved = false;
    while (!this.stopped) {
      try {
        schedulesSaved ||= await this.saveSchedules();
        const startedAt = monotonicMs();
        const busy = await this.round();
        if (busy) continue;
        await this.listener.woken(POLL_MS);
        await this.keepDistance(startedAt);
      } catch (error) {
        this.log.warn(`dispatcher: ${(error as Error).message}`);
        await sleep(500);
      }
    }
  }

  private async keepDistance(startedAt: number): Promise<void> {
    const left = (spacing: number): number => spacing - (monotonicMs() - startedAt);
    while (!this.stopped && left(this.busy ? BUSY_SPACING_MS : SPACING_MS) > 0)
      await sleep(Math.min(SPACING_MS, left(BUSY_SPACING_MS)));
  }

  private get busy(): boolean {
    return this.held.busy || this.handed * 2 >= this.held.limit;
  }

  /** One look at everything; answers whether a full batch suggests that more is waiting. */
  private async round(): Promise<boolean> {
    const { events, listeners } = this.registry.routes();
    const expand = expanding(this.registry.conditions());
    const [expanded, due, schedules] = await Promise.allSettled([
      this.uow.run(systemActor('dispatcher'), (tx) => tx.one<Expanded>(expand, [events, listeners, BATCH])),
      this.database.query<DueWork>(TAKE_DUE, [BATCH]),
      this.takeSchedules(),
    ]);
    // What one of them took is handed over whatever became of the others: nobody else looks at it for 12 s.
    const made = expanded.status === 'fulfilled' ? expanded.value : undefined;
    const taken = due.status === 'fulfilled' ? due.value : [];
    const work = [...taken, ...(made?.work ?? [])];
    this.handed = work.length;
    if (work.length > 0) failPoint('work.after-take');
    if (work.length > 0) await this.hand(work);
    for (const one of [expanded, due, schedules]) if (one.status === 'rejected') throw one.reason;
    return made?.events === BATCH || taken.length === BATCH;
  }

  /** Schedules are a matter of seconds; wake-ups come far more often. */
  private async takeSchedules(): Promise<void> {
    if (monotonicMs() - this.schedulesTakenAt < POLL_MS) return;
    this.schedulesTakenAt = monotonicMs();
    await this.database.query(TAKE_SCHEDULES, [[...this.registry.schedules.keys()]]);
  }

  private async hand(due: readonly DueWork[]): Promise<void> {
    const most = Math.min(PER_MESSAGE, this.held.limit);
    const results = await Promise.allSettled(
      QUEUES.map(async (queue) => {
        const items = due.filter((item) => item.queue === queue);
        if (items.length > 0)
          await this.carriers.send(
            queue,
            messagesOf(items, most, (listener) => this.isBatched(listener)),
          );
      }),
    );
    const lost = QUEUES.filter((_, index) => results[index]?.status === 'rejected');
    if (lost.length === 0) return;
    const why = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).message] : []));
    this.log.warn(`queues out of reach: ${lost.join(', ')} (${why[0]}); their work stays in the database`);
    const ids = due.filter((item) => lost.includes(item.queue)).map((item) => item.id);
    await this.database.query(PUT_BACK, [ids]);
    await sleep(POLL_MS);
  }

  private async saveSchedules(): Promise<boolean> {
    const all = [...this.registry.schedules.values()].map(({ options }) => options);
    await this.database.query(SAVE_SCHEDULES, [all.map((one) => one.name), all.map((one) => one.everySeconds)]);
    return true;
  }

  private isBatched(listener: string): boolean {
    return this.registry.listeners.get(listener)?.options.batched ?? false;
  }
}
