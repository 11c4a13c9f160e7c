import { Injectable } from '@nestjs/common';
import { monotonicMs } from '@isp/kernel';
import { Database, NOT_WAITED_FOR, statement } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';

export const WAKE_CHANNEL = 'isp_work';
/** Wake-ups of one process keep the distance that a dispatcher keeps between its rounds: more would find it asleep. */
export const WAKE_SPACING_MS = 50;
const NOTIFY = statement('work-wake', `SELECT pg_notify('${WAKE_CHANNEL}', '') FROM ${NOT_WAITED_FOR}`);

/**
 * Tells the dispatchers that there is work. It runs after the commit and on its own: NOTIFY inside the business
 * transaction would line up all commits behind one lock. A wake-up that gets lost costs a second, never the work,
 * because dispatchers also look by themselves.
 */
@Injectable()
export class Waker {
  private busy = false;
  private again = false;
  private sentAt = -Infinity;

  constructor(private readonly database: Database) {}

  /** Wakes the dispatchers of all processes: at once, or as soon as the last time is `WAKE_SPACING_MS` ago. */
  wake(): void {
    failPoint('work.before-wake');
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const wait = this.sentAt + WAKE_SPACING_MS - monotonicMs();
    if (wait > 0) setTimeout(() => void this.send(), wait).unref();
    else void this.send();
  }

  private async send(): Promise<void> {
    // Whoever committed until now is told with this one.
    this.again = false;
    this.sentAt = monotonicMs();
    await this.database.query(NOTIFY).catch(() => undefined);
    this.busy = false;
    if (this.again) this.wake();
  }
}
