import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { type AskAll, Database, type Statement, UnitOfWork } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import { ADVANCE, COMPLETE, FENCE, HAND_BACK, HEARTBEAT, POSTPONE, PROLONG } from './dispatch.statements.js';
import type { WorkRun } from './handlers.js';
import { workErrors } from './work.errors.js';

const HEARTBEAT_MS = 2_500;
/** Heartbeats that may find a row locked; a lease outlives three. */
const PATIENCE = 2;

export type HeldRun = WorkRun & { completed: boolean };

/** A claim, as statements about several of them need it. */
interface Held {
  readonly id: string;
  readonly epoch: number;
}

/** Which of several claims a statement found as they were. In the order of their ids, as everybody locks them. */
const ofEach =
  (sql: Statement): AskAll<Held, boolean> =>
  async (claims, tx) => {
    const inOrder = claims.toSorted((one, other) => Number(one.id) - Number(other.id));
    const values = [inOrder.map(({ id }) => id), inOrder.map(({ epoch }) => epoch)];
    const found = new Set((await tx.query<{ readonly id: string }>(sql, values)).map(({ id }) => id));
    return claims.map(({ id }) => found.has(id));
  };
const COMPLETE_ALL = ofEach(COMPLETE);
const FENCE_ALL = ofEach(FENCE);

interface Beaten {
  readonly id: string;
  /** False when somebody held the row just then. */
  readonly prolonged: boolean;
}

interface Holding {
  readonly epoch: number;
  readonly abort: AbortController;
  readonly run: HeldRun;
  /** Heartbeats in a row that found the row locked. */
  locked: number;
  /** Its end is on its way: the row may be done, and seen to be, before the answer to the commit is here. */
  ending: boolean;
}

/** The work that this process holds: one heartbeat for all of it, fencing for each, handed back at shutdown. */
@Injectable()
export class HeldWork {
  private readonly held = new Map<string, Holding>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly uow: UnitOfWork,
    private readonly log: Log,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS);
  }

  get size(): number {
    return this.held.size;
  }

  /** How much work this process may hold at once. */
  get limit(): number {
    return this.config.ISP_WORKER_CONCURRENCY;
  }

  /** Whether it has at least half of that. */
  get busy(): boolean {
    return this.size * 2 >= this.limit;
  }

  /** Registers a claim and answers the run as its handler sees it. */
  hold(claim: { readonly id: string; readonly epoch: number; readonly failures: number }): HeldRun {
    const abort = new AbortController();
    // Both end this run for good, so the runner has nothing left to complete.
    const leave = async (left: Promise<boolean>): Promise<void> => {
      const { tx } = this.uow;
      holding.ending = true;
      if (!(await left)) throw this.fenced(claim.id, claim.epoch);
      tx.afterCommit(`left-${claim.id}`, () => (run.completed = true));
    };
    const { id, epoch } = claim;
    const run: HeldRun = {
      workId: claim.id,
      epoch: claim.epoch,
      failures: claim.failures,
      signal: abort.signal,
      completed: false,
      complete: () => leave(this.uow.tx.gather(COMPLETE_ALL, { id, epoch })),
      postpone: (seconds) => leave(this.uow.tx.execute(POSTPONE, [id, epoch, seconds]).then((rows) => rows > 0)),
      fence: async () => {
        if (!(await this.uow.tx.gather(FENCE_ALL, { id, epoch }))) throw this.fenced(id, epoch);
      },
      advance: async () => {
        if ((await this.uow.tx.execute(ADVANCE, [claim.id, claim.epoch])) === 0)
          throw this.fenced(claim.id, claim.epoch);
      },
    };
    // A process that slept past its own lease may claim the work again while its first run still goes on.
    const older = this.held.get(claim.id);
    if (older) this.lose(claim.id, older.epoch);
    const holding: Holding = { epoch, abort, run, locked: 0, ending: false };
    this.held.set(claim.id, holding);
    return run;
  }

  /** Ends a claim; a newer one of the same work stays. */
  release({ id, epoch }: { readonly id: string; readonly epoch: number }): void {
    if (this.held.get(id)?.epoch === epoch) this.held.delete(id);
  }

  /** Gives unfinished work to other processes and fences off what still runs here. */
  async handBack(): Promise<void> {
    clearInterval(this.timer);
    const [ids, epochs] = this.columns();
    for (const { abort } of this.held.values()) abort.abort(new Error('shutting down'));
    if (ids.length > 0) await this.database.query(HAND_BACK, [ids, epochs]);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async beat(): Promise<void> {
    const [ids, epochs] = this.columns();
    if (ids.length === 0) return;
    try {
      const rows = await this.database.query<Beaten>(HEARTBEAT, [ids, epochs]);
      const alive = new Map(rows.map(({ id, prolonged }) => [id, prolonged]));
      ids.forEach((id, index) => {
        const epoch = epochs[index] as number;
        const prolonged = alive.get(id);
        if (prolonged === undefined) this.missed(id, epoch);
        else this.beaten(id, epoch, prolonged);
      });
    } catch (error) {
      this.log.warn(`heartbeat failed: ${(error as Error).message}`);
    }
  }

  /** A row that stays locked is waited for by itself, or its lease would be over when its transaction is. */
  private beaten(id: string, epoch: number, prolonged: boolean): void {
    const holding = this.held.get(id);
    if (holding?.epoch !== epoch) return;
    holding.locked = prolonged ? 0 : holding.locked + 1;
    if (holding.locked === PATIENCE) void this.database.query(PROLONG, [id, epoch]).catch(() => (holding.locked = 0));
  }

  /** One that is ending is lost only if it is still held when the next heartbeat misses it, too. */
  private missed(id: string, epoch: number): void {
    const holding = this.held.get(id);
    if (holding?.epoch === epoch && holding.ending) holding.ending = false;
    else this.lose(id, epoch);
  }

  /** Only that very claim: the process may hold the work under a newer one, or have finished it meanwhile. */
  private lose(id: string, epoch: number): void {
    const holding = this.held.get(id);
    if (holding?.epoch !== epoch || holding.run.completed || holding.abort.signal.aborted) return;
    holding.abort.abort(this.fenced(id, epoch));
  }

  private columns(): [string[], number[]] {
    const inOrder = [...this.held].sort(([one], [other]) => Number(one) - Number(other));
    return [inOrder.map(([id]) => id), inOrder.map(([, { epoch }]) => epoch)];
  }

  private fenced(id: string, epoch: number): Error {
    this.log.warn('fenced: a later claim holds this work', { work_id: id, epoch });
    return workErrors('platform.work.fenced');
  }
}
