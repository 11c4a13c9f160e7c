import { Injectable } from '@nestjs/common';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { ApplyDueChanges } from './apply-due-changes.usecase.js';

@Injectable()
@RunsOnSchedule({ name: 'services.apply-due-changes', everySeconds: 10 })
export class ApplyDueChangesSchedule implements Scheduled {
  constructor(private readonly apply: ApplyDueChanges) {}

  async run(): Promise<void> {
    await this.apply.execute();
  }
}
