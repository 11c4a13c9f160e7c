import { setTimeout as sleep } from 'node:timers/promises';

/** Of so many slots that come free while some wait in a hurry and some do not, one is for those who do not. */
const SHARE = 4;

/**
 * A counting semaphore. A slot that comes free is handed to who waits longest, so nobody who comes later can take it;
 * those in a hurry come first, but for every fourth slot: whoever hurries may not keep all others out.
 */
export class Slots {
  private readonly hurried: (() => void)[] = [];
  private readonly waiters: (() => void)[] = [];
  private gathering = false;
  private hurriedTurns = 0;
  private free: number;

  constructor(readonly size: number) {
    this.free = size;
  }

  /**
   * Waits for one slot, then takes up to `wanted` of the free ones; answers how many. Who had to wait and wants several
   * waits `gatherMs` more, in which they are kept for it; who is in a hurry takes what there is.
   */
  async take(wanted: number, { gatherMs = 0, hurry = false } = {}): Promise<number> {
    const turn = hurry || !this.gathering;
    if (this.free > 0 && turn) return this.grab(wanted);
    await new Promise<void>((resolve) => (hurry ? this.hurried : this.waiters).push(resolve));
    // One is ours by now.
    if (gatherMs > 0 && !hurry && wanted > 1 && !this.gathering) {
      this.gathering = true;
      await sleep(gatherMs);
      this.gathering = false;
    }
    const taken = 1 + this.grab(wanted - 1);
    this.hand();
    return taken;
  }

  /** All slots, as they come free; those that have not in `withinMs` are not waited for. Answers how many it has. */
  async takeAll(withinMs: number): Promise<number> {
    const late = sleep(withinMs, 0, { ref: false });
    let kept = 0;
    while (kept < this.size) {
      const taking = this.take(this.size - kept, { hurry: true });
      const taken = await Promise.race([taking, late]);
      if (taken === 0) {
        void taking.then((slots) => this.give(slots));
        break;
      }
      kept += taken;
    }
    return kept;
  }

  give(count = 1): void {
    this.free += count;
    this.hand();
  }

  private grab(wanted: number): number {
    const taken = Math.min(wanted, this.free);
    this.free -= taken;
    return taken;
  }

  private hand(): void {
    while (this.free > 0) {
      const next = this.next();
      if (!next) return;
      this.free -= 1;
      next();
    }
  }

  private next(): (() => void) | undefined {
    const others = !this.gathering && this.waiters.length > 0;
    if (this.hurried.length > 0 && !(others && this.hurriedTurns >= SHARE - 1)) {
      if (others) this.hurriedTurns += 1;
      return this.hurried.shift();
    }
    this.hurriedTurns = 0;
    return others ? this.waiters.shift() : undefined;
  }
}
