import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Log } from '@isp/platform/logging';

/** Exchanges at once in this process: mostly waiting, so many; bounded, so that memory is. */
const MAX_FLIGHTS = 400;
const FINISH_MS = 5_000;

/**
 * Exchanges that are under way in this process. They wait here and not in the places of the work runner, so that
 * however many receivers are slow, the next delivery starts at once.
 */
@Injectable()
export class Flights implements BeforeApplicationShutdown {
  private readonly flying = new Set<Promise<void>>();
  private readonly grounding = new AbortController();

  constructor(private readonly log: Log) {
    setMaxListeners(2 * MAX_FLIGHTS, this.grounding.signal);
  }

  get size(): number {
    return this.flying.size;
  }

  /** Starts a flight, once there is room for it; does not wait for its end. */
  async launch(fly: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    while (this.flying.size >= MAX_FLIGHTS) await Promise.race(this.flying);
    const flight: Promise<void> = fly(this.grounding.signal)
      .then(
        () => undefined,
        // What was not written down is sent again when its claim lapses.
        (error: Error) => this.log.warn(`webhook result not recorded: ${error.message}`),
      )
      .finally(() => this.flying.delete(flight));
    this.flying.add(flight);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.flying.size > 0) await Promise.allSettled(this.flying);
  }

  /** Lets what is under way finish for a while, then calls the rest off: another process sends it again. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.race([this.idle(), sleep(FINISH_MS, undefined, { ref: false })]);
    this.grounding.abort(new Error('shutting down'));
    await this.idle();
  }
}
