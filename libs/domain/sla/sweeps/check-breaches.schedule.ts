import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { CheckBreaches } from './check-breaches.usecase.js';

@Injectable()
@RunsOnSchedule({ name: 'sla.check-breaches', everySeconds: 60 })
export class CheckBreachesSchedule implements Scheduled {
  constructor(private readonly sweep: CheckBreaches) {}

  async run(): Promise<void> {
    await this.sweep.execute(systemActor('sla'));
  }
}
