import { chanceOf } from './chance.js';
import type { DialIn, SimulatedNas } from './simulated-nas.js';

export interface SessionGeneratorOptions {
  readonly nas: SimulatedNas;
  /** Everybody with a line on the NAS, whether the network lets them in or not. */
  subscribers(): Promise<readonly DialIn[]>;
  readonly seed: number;
  /** How often it looks who is offline, ms. */
  readonly everyMs: number;
  /** Before a subscriber whose session ended dials again, ms. */
  readonly redialMs: number;
  /** The longest that a refused subscriber waits, ms: it doubles from `redialMs`. */
  readonly patienceMs: number;
  /** Dials at once. */
  readonly atOnce: number;
  /** Over how long those of the first look dial in, ms, so that a crowd neither comes nor reports as one; 0 when absent. */
  readonly spreadMs?: number;
  /** Monotonic milliseconds. */
  now(): number;
  /** Told of every round that failed, as when the database is away. */
  onError?(error: unknown): void;
}

interface Wish {
  refusals: number;
  dueAt: number;
  online: boolean;
}

/**
 * Gives a NAS life: whoever has a line dials in, dials again after a disconnect, keeps trying with longer and longer
 * pauses when refused, and is gone when the line is.
 */
export class SessionGenerator {
  private readonly wishes = new Map<string, Wish>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isFirstLook = true;

  constructor(private readonly options: SessionGeneratorOptions) {}

  start(): void {
    this.timer = setInterval(() => this.look(), this.options.everyMs);
    this.timer.unref();
    this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One look at who is to be online and is not. */
  async round(): Promise<void> {
    const { nas, atOnce } = this.options;
    const lines = new Map((await this.options.subscribers()).map((line) => [line.username, line]));
    const online = new Set<string>();
    for (const session of nas.sessions()) {
      if (lines.has(session.username)) online.add(session.username);
      else nas.hangUp(session);
    }
    for (const username of this.wishes.keys()) if (!lines.has(username)) this.wishes.delete(username);
    const due = [...lines.values()].filter((line) => this.isDue(line.username, online.has(line.username)));
    for (let at = 0; at < due.length; at += atOnce) {
      await Promise.all(due.slice(at, at + atOnce).map((line) => this.dial(line)));
    }
    this.isFirstLook = false;
  }

  private look(): void {
    this.running ??= this.round()
      .catch((error: unknown) => this.options.onError?.(error))
      .finally(() => (this.running = undefined));
  }

  private isDue(username: string, online: boolean): boolean {
    const now = this.options.now();
    const wish = this.wishes.get(username) ?? { refusals: 0, dueAt: now + this.firstWait(username), online: false };
    this.wishes.set(username, wish);
    if (wish.online && !online) wish.dueAt = now + this.options.redialMs;
    wish.online = online;
    return !online && now >= wish.dueAt;
  }

  private firstWait(username: string): number {
    return this.isFirstLook ? (this.options.spreadMs ?? 0) * chanceOf(this.options.seed, username, 'first') : 0;
  }

  private async dial(line: DialIn): Promise<void> {
    const wish = this.wishes.get(line.username);
    const { outcome } = await this.options.nas.dialIn(line);
    if (!wish) return;
    wish.online = outcome === 'accepted';
    wish.refusals = outcome === 'accepted' ? 0 : wish.refusals + 1;
    wish.dueAt = this.options.now() + this.pause(line.username, wish.refusals);
  }

  /** Doubled for every refusal, up to a quarter shorter by chance, so that a crowd does not come back as one. */
  private pause(username: string, refusals: number): number {
    const { redialMs, patienceMs, seed } = this.options;
    const whole = Math.min(patienceMs, redialMs * 2 ** Math.min(20, Math.max(0, refusals - 1)));
    return whole * (1 - 0.25 * chanceOf(seed, username, refusals));
  }
}
