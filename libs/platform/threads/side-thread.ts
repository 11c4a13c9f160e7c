import type { Piscina } from 'piscina';
import { threadErrors } from './threads.errors.js';

export interface SideThreadOptions {
  /** URL of a module that exports `run(task)`: `import.meta.resolve('#threads/<domain>/<folder>/<name>')`. */
  readonly entry: string;
  /** Tasks that may wait; the next one is refused. */
  readonly queueLimit?: number;
  /** For one task, from when its turn comes. */
  readonly patienceMs?: number;
  /** After so much quiet the thread ends, with all that it keeps. */
  readonly idleMs?: number;
  /** Of V8's heap for what lives long: who needs more ends the thread, and not the process. */
  readonly heapMegabytes?: number;
}

const RETRY_SECONDS = 5;

/**
 * Does work that keeps a processor busy in a thread of its own, so that the process answers others meanwhile: one task
 * after the other, in the order of their coming. The thread starts with the first task and ends when there are none. A
 * task that takes too long, or that its thread dies of, fails alone: the next one has a new thread.
 */
export class SideThread<Task, Result> {
  private readonly entry: string;
  private readonly queueLimit: number;
  private readonly patienceMs: number;
  private readonly idleMs: number;
  private readonly heapMegabytes: number;
  private pool: Promise<Piscina<Task, Result>> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  /** Tasks that run or wait. */
  private accepted = 0;
  private closed = false;

  constructor({
    entry,
    queueLimit = 20,
    patienceMs = 30_000,
    idleMs = 60_000,
    heapMegabytes = 512,
  }: SideThreadOptions) {
    this.entry = entry;
    this.queueLimit = queueLimit;
    this.patienceMs = patienceMs;
    this.idleMs = idleMs;
    this.heapMegabytes = heapMegabytes;
  }

  /**
   * What the thread's `run` answers; task and answer are copied (structured clone). What it throws is thrown here.
   * @throws `platform.thread.busy` with `retryAfterSeconds`; `platform.thread.slow`; `platform.thread.ended` when the
   * thread died of it, or was closed meanwhile
   */
  async run(task: Task): Promise<Result> {
    if (this.closed) throw threadErrors('platform.thread.ended');
    if (this.accepted > this.queueLimit)
      throw threadErrors('platform.thread.busy', {}, { retryAfterSeconds: RETRY_SECONDS });
    this.accepted += 1;
    const turn = this.last.then(() => this.carryOut(task));
    this.last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.accepted -= 1;
    }
  }

  /** Ends the thread, whatever it is doing; what runs or waits fails with `platform.thread.ended`. */
  async close(): Promise<void> {
    this.closed = true;
    await (await this.pool)?.destroy();
  }

  private async carryOut(task: Task): Promise<Result> {
    if (this.closed) throw threadErrors('platform.thread.ended');
    this.pool ??= this.open();
    const pool = await this.pool;
    const patience = AbortSignal.timeout(this.patienceMs);
    try {
      return await pool.run(task, { signal: patience });
    } catch (error) {
      if (patience.aborted) throw threadErrors('platform.thread.slow', { limit: this.patienceMs }, { cause: error });
      if (this.closed || isDeath(error)) throw threadErrors('platform.thread.ended', {}, { cause: error });
      throw error;
    }
  }

  /** Who never has such work never loads what runs it. */
  private async open(): Promise<Piscina<Task, Result>> {
    const { Piscina: Pool } = await import('piscina');
    const pool = new Pool<Task, Result>({
      filename: this.entry,
      name: 'run',
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: this.idleMs,
      // An idle thread waits for messages as every other does.
      atomics: 'disabled',
      resourceLimits: { maxOldGenerationSizeMb: this.heapMegabytes },
    });
    // A thread that dies while nobody waits for it is nobody's failure; the next task has a new one.
    pool.on('error', () => undefined);
    return pool;
  }
}

/** Whether the thread is gone, and not only the task failed. */
function isDeath(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    code === 'ERR_WORKER_OUT_OF_MEMORY' || /^(worker exited with code|Terminating worker thread)/.test(String(message))
  );
}
