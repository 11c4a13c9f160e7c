import { setTimeout as sleep } from 'node:timers/promises';

/** A counting semaphore whose waiters are served in order, those in a hurry before the others. */
export class Slots {
  private readonly hurried: (() => void)[] = [];
  private readonly waiters: (() => void)[] = [];
  private free: number;

  constructor(readonly size: number) {
    this.free = size;
  }

  /**
   * Waits for one slot, then takes up to `wanted` of the free ones; answers how many. Who had to wait waits `gatherMs`
   * more, so that under load several are taken at once; who is in a hurry takes what there is.
   */
  async take(wanted: number, { gatherMs = 0, hurry = false } = {}): Promise<number> {
    while (this.free === 0) {
      await new Promise<void>((resolve) => (hurry ? this.hurried : this.waiters).push(resolve));
      if (gatherMs > 0 && !hurry) await sleep(gatherMs);
    }
    const taken = Math.min(wanted, this.free);
    this.free -= taken;
    return taken;
  }

  give(count = 1): void {
    this.free += count;
    for (let left = count; left > 0; left -= 1) (this.hurried.shift() ?? this.waiters.shift())?.();
  }
}
