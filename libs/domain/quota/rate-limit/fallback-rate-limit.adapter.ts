import { monotonicMs } from '@isp/kernel';
import type { RateLimitStore, TakeResult, WindowLimit } from './rate-limit.port.js';

export interface FallbackOptions {
  /** Processes that share the limit while each counts alone. */
  readonly processes: number;
  /** How long a call may wait for the shared store (250 ms). */
  readonly timeoutMs?: number;
  /** How often a store that failed is tried again, beside the traffic (1 s). */
  readonly probeEveryMs?: number;
  /** Told of every change, once. */
  readonly onSwitch?: (store: 'shared' | 'local', cause?: unknown) => void;
}

/**
 * A shared store with a local one behind it. When the shared store fails or is slow, this process counts alone at its
 * share of each limit, and goes back as soon as a probe is answered. Never rejects.
 */
export class FallbackRateLimitStore implements RateLimitStore {
  private down = false;
  private probing = false;
  private nextProbeMs = 0;
  private readonly processes: number;
  private readonly timeoutMs: number;
  private readonly probeEveryMs: number;
  private readonly onSwitch: NonNullable<FallbackOptions['onSwitch']>;

  constructor(
    private readonly shared: RateLimitStore,
    private readonly local: RateLimitStore,
    options: FallbackOptions,
  ) {
    this.processes = options.processes;
    this.timeoutMs = options.timeoutMs ?? 250;
    this.probeEveryMs = options.probeEveryMs ?? 1000;
    this.onSwitch = options.onSwitch ?? (() => undefined);
  }

  take(key: string, limits: readonly WindowLimit[], n: number): Promise<TakeResult> {
    return this.call(key, limits, (store, its) => store.take(key, its, n));
  }

  peek(key: string, limits: readonly WindowLimit[]): Promise<TakeResult> {
    return this.call(key, limits, (store, its) => store.peek(key, its));
  }

  private async call(
    key: string,
    limits: readonly WindowLimit[],
    use: (store: RateLimitStore, limits: readonly WindowLimit[]) => Promise<TakeResult>,
  ): Promise<TakeResult> {
    if (!this.down) {
      try {
        return await this.inTime(() => use(this.shared, limits));
      } catch (cause) {
        this.fail(cause);
      }
    }
    this.probe(key, limits);
    return use(
      this.local,
      limits.map((window) => this.shareOf(window)),
    );
  }

  private shareOf(window: WindowLimit): WindowLimit {
    return { ...window, limit: Math.max(1, Math.floor(window.limit / this.processes)) };
  }

  private fail(cause: unknown): void {
    this.nextProbeMs = monotonicMs() + this.probeEveryMs;
    if (this.down) return;
    this.down = true;
    this.onSwitch('local', cause);
  }

  /** Asks the shared store without letting a caller wait for it. */
  private probe(key: string, limits: readonly WindowLimit[]): void {
    if (this.probing || monotonicMs() < this.nextProbeMs) return;
    this.probing = true;
    this.inTime(() => this.shared.peek(key, limits))
      .then(
        () => {
          this.down = false;
          this.onSwitch('shared');
        },
        (cause: unknown) => this.fail(cause),
      )
      .finally(() => (this.probing = false))
      .catch(() => undefined);
  }

  private inTime<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const giveUp = (): void => reject(new Error(`no answer within ${this.timeoutMs} ms`));
      // One more turn of the event loop: when this process was busy, the answer may lie there unread.
      const timer = setTimeout(() => setImmediate(giveUp), this.timeoutMs);
      work().then(
        (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        (cause: Error) => {
          clearTimeout(timer);
          reject(cause);
        },
      );
    });
  }
}
