import { Injectable } from '@nestjs/common';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { PurgeWebhooks } from './purge-webhooks.usecase.js';

@Injectable()
@RunsOnSchedule({ name: 'webhooks.purge', everySeconds: 3_600 })
export class PurgeWebhooksSchedule implements Scheduled {
  constructor(private readonly purge: PurgeWebhooks) {}

  run(): Promise<void> {
    return this.purge.execute();
  }
}
