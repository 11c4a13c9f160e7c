import { Injectable } from '@nestjs/common';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { PurgeSessions } from './purge-sessions.usecase.js';

@Injectable()
@RunsOnSchedule({ name: 'access.purge-sessions', everySeconds: 3_600 })
export class PurgeSessionsSchedule implements Scheduled {
  constructor(private readonly purge: PurgeSessions) {}

  run(): Promise<void> {
    return this.purge.execute();
  }
}
