/** How long what is done waits for others that are about to be. */
const WAITS_MS = 25;

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: Promise<R>) => void;
}

/**
 * Parts of a batch that end together, in groups of what is done: at once when nobody is left to wait for, and never much
 * later for one who is slow.
 */
export class DoneTogether<T, R> {
  private waiting: Waiting<T, R>[] = [];
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param expected how many there are, each of whom comes once or leaves
   * @param end ends several of them; answers a promise for each, in their order
   */
  constructor(
    private expected: number,
    private readonly end: (items: readonly T[]) => readonly Promise<R>[],
  ) {}

  come(item: T): Promise<R> {
    return new Promise((resolve) => {
      this.waiting.push({ item, resolve });
      this.leave();
      if (this.waiting.length > 0) this.timer ??= setTimeout(() => this.endWaiting(), WAITS_MS);
    });
  }

  /** One of them will not come. */
  leave(): void {
    this.expected -= 1;
    if (this.expected === 0) this.endWaiting();
  }

  private endWaiting(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const all = this.waiting;
    this.waiting = [];
    if (all.length === 0) return;
    const ended = this.end(all.map(({ item }) => item));
    all.forEach(({ resolve }, index) => resolve(ended[index] as Promise<R>));
  }
}
