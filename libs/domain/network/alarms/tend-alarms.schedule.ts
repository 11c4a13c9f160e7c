import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { AlarmRepository } from './alarm.repository.js';
import { LASTING_SOURCES } from './trap.policy.js';

/** An event (a restart, a wrong community) is no news any more when it has not come again for so long. */
export const EVENT_FADES_SECONDS = 3_600;
/** Days that alarms can be looked at after they are over. */
export const CLEARED_KEPT_DAYS = 90;

/** Ends alarms of events, which nothing else ends, and forgets alarms that were over long ago. */
@Injectable()
@RunsOnSchedule({ name: 'network.tend-alarms', everySeconds: 300 })
export class TendAlarmsSchedule implements Scheduled {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly alarms: AlarmRepository,
  ) {}

  async run(): Promise<void> {
    const inTransaction = <T>(work: () => Promise<T>) => this.uow.run(systemActor('network'), work);
    await inTransaction(() => this.alarms.fade(LASTING_SOURCES, EVENT_FADES_SECONDS));
    let removed: number;
    do removed = await inTransaction(() => this.alarms.forget(CLEARED_KEPT_DAYS));
    while (removed > 0);
  }
}
