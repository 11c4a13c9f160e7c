import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@isp/kernel';
import { type Attribute, RADIUS_CODE, type RadiusClientPool, type RadiusPeer, type Secret } from '@isp/platform/radius';

export interface AccountingSenderOptions {
  readonly clients: RadiusClientPool;
  readonly peer: RadiusPeer;
  readonly secret: Secret;
  readonly clock: Clock;
  /** Before what was not acknowledged is sent again. */
  readonly retryMs: number;
  /** Whether packets leave at all. */
  isReachable(): boolean;
}

export interface AccountingReport {
  /** Reports of one key are sent one after the other, and every new key's after those of `BOOT`. */
  readonly key: string;
  readonly attributes: readonly Attribute[];
  /** Sent again until it is acknowledged; otherwise the next report makes up for it. */
  readonly mustArrive: boolean;
  readonly twice?: boolean;
  /** Sent after whatever follows it. */
  readonly late?: boolean;
}

export const BOOT = '';
const WAITING_AT_MOST = 10_000;
const LATE_MS = 1_000;

/** Sends accounting as a NAS does: in order for each session, again and again while nobody acknowledges it. */
export class AccountingSender {
  private readonly chains = new Map<string, Promise<void>>();
  private readonly stopped = new AbortController();
  /** Reports that nobody acknowledged and that were given up. */
  lost = 0;
  private waiting = 0;

  constructor(private readonly options: AccountingSenderOptions) {
    // Every report on its way listens, however many they are.
    setMaxListeners(0, this.stopped.signal);
  }

  /** Reports that are on their way. */
  get pending(): number {
    return this.waiting;
  }

  send(report: AccountingReport): void {
    if (this.waiting >= WAITING_AT_MOST) {
      this.lost += 1;
      return;
    }
    this.waiting += 1;
    const before = report.late
      ? sleep(LATE_MS, undefined, { ref: false })
      : (this.chains.get(report.key) ?? this.chains.get(BOOT));
    const done = Promise.resolve(before)
      .then(() => this.deliver(report))
      .finally(() => {
        this.waiting -= 1;
        if (this.chains.get(report.key) === done) this.chains.delete(report.key);
      });
    if (!report.late) this.chains.set(report.key, done);
  }

  /** Gives up whatever is on its way. */
  stop(): void {
    this.stopped.abort();
  }

  private async deliver(report: AccountingReport): Promise<void> {
    const since = this.options.clock.now().getTime();
    while (!this.stopped.signal.aborted) {
      const delay = Math.max(0, Math.floor((this.options.clock.now().getTime() - since) / 1000));
      const attributes: Attribute[] = [...report.attributes, ['Acct-Delay-Time', delay]];
      const sent = await Promise.all(Array.from({ length: report.twice ? 2 : 1 }, () => this.once(attributes)));
      if (sent.includes(true)) return;
      if (!report.mustArrive) break;
      await sleep(this.options.retryMs, undefined, { signal: this.stopped.signal, ref: false }).catch(() => undefined);
    }
    this.lost += 1;
  }

  private async once(attributes: readonly Attribute[]): Promise<boolean> {
    const { clients, peer, secret } = this.options;
    if (!this.options.isReachable()) return false;
    const { AccountingRequest: code, AccountingResponse } = RADIUS_CODE;
    const order = { code, attributes, secret, answers: [AccountingResponse], messageAuthenticator: false };
    return clients.request(peer, { ...order, signal: this.stopped.signal }).then(
      () => true,
      () => false,
    );
  }
}
