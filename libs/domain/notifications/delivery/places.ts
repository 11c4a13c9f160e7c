import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { MOST_CONNECTIONS } from '../mail/smtp.adapter.js';

/**
 * How many mails this process hands over at once: a mail server that is slow or away holds these places, and the rest of
 * the process's work goes on.
 */
@Injectable()
export class Places {
  private taken = 0;
  private readonly size: number;

  constructor(@Inject(CONFIG) config: Config) {
    this.size = Math.max(1, Math.min(MOST_CONNECTIONS, Math.floor(config.ISP_WORKER_CONCURRENCY / 2)));
  }

  /** Does `work` in a place; false when there is none, and nothing was done. */
  async within(work: () => Promise<void>): Promise<boolean> {
    if (this.taken >= this.size) return false;
    this.taken += 1;
    try {
      await work();
      return true;
    } finally {
      this.taken -= 1;
    }
  }
}
