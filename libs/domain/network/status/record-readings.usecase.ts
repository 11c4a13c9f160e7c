import { Injectable } from '@nestjs/common';
import { OPERATOR_PARTNER_ID, systemActor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { Outbox } from '@isp/platform/work';
import { AlarmWatch } from '../alarms/alarm-watch.js';
import { type Recorded, type ReadResult, StatusRepository } from './status.repository.js';

const ACTOR = systemActor('network');

/** Keeps what devices answered: last state, samples, reachability with its events, alarms; one transaction a batch. */
@Injectable()
export class RecordReadings {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly status: StatusRepository,
    private readonly outbox: Outbox,
    private readonly alarms: AlarmWatch,
  ) {}

  execute(results: readonly ReadResult[]): Promise<void> {
    if (results.length === 0) return Promise.resolve();
    return this.uow.run(ACTOR, async () => {
      const recorded = await this.status.record(results);
      for (const one of recorded) this.tell(one);
      await this.alarms.observe(recorded);
    });
  }

  /** The first answer of a new device is no news. */
  private tell({ deviceId, name, kind, node, was, nowIs, transitions }: Recorded): void {
    if (was === nowIs || (was === 'unknown' && nowIs === 'up')) return;
    const event = nowIs === 'down' ? 'network.device.down.v1' : 'network.device.up.v1';
    const fact = { partner_id: OPERATOR_PARTNER_ID, device_id: deviceId, name, kind, node, sequence: transitions };
    this.outbox.add(event, fact);
  }
}
