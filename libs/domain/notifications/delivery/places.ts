import { Inject, Injectable } from '@nestjs/common';
import { monotonicMs } from '@isp/kernel';
import { CONFIG, type Config } from '@isp/platform/config';
import { MOST_CONNECTIONS } from '../mail/smtp.adapter.js';
import { Pace } from './pace.js';

/**
 * How many mails this process hands over at once: a mail server that is slow or away holds these places, and the rest of
 * the process's work goes on.
 */
@Injectable()
export class Places {
  private taken = 0;
  private readonly size: number;
  private readonly pace: Pace;

  constructor(@Inject(CONFIG) config: Config) {
    this.size = Math.max(1, Math.min(MOST_CONNECTIONS, Math.floor(config.ISP_WORKER_CONCURRENCY / 2)));
    this.pace = new Pace(this.size);
  }

  /** Does `work` in a place; where there is none it does nothing, and answers the seconds after which there may be. */
  async within(work: () => Promise<void>): Promise<number | undefined> {
    if (this.taken >= this.size) return this.pace.wait(monotonicMs()) / 1_000;
    this.taken += 1;
    const start = monotonicMs();
    try {
      await work();
      return undefined;
    } finally {
      this.taken -= 1;
      this.pace.took(monotonicMs() - start);
    }
  }
}
