import { Injectable } from '@nestjs/common';
import { Database, statement } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';

export const WAKE_CHANNEL = 'isp_work';
const NOTIFY = statement('work-wake', `SELECT pg_notify('${WAKE_CHANNEL}', '')`);

/**
 * Tells the dispatchers that there is work. It runs after the commit and on its own: NOTIFY inside the business
 * transaction would line up all commits behind one lock. A wake-up that gets lost costs a second, never the work,
 * because dispatchers also look by themselves.
 */
@Injectable()
export class Waker {
  private state: 'idle' | 'sending' | 'again' = 'idle';

  constructor(private readonly database: Database) {}

  /** Wakes the dispatchers of all processes; calls while one is on its way are merged. */
  wake(): void {
    failPoint('work.before-wake');
    if (this.state !== 'idle') {
      this.state = 'again';
      return;
    }
    this.state = 'sending';
    void this.send();
  }

  private async send(): Promise<void> {
    await this.database.query(NOTIFY).catch(() => undefined);
    const again = this.state === 'again';
    this.state = 'idle';
    if (again) this.wake();
  }
}
