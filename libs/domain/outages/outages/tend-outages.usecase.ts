import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { MaintenanceCalendar } from '../maintenance/maintenance-calendar.js';
import { type DeviceNews, FollowDevice } from './follow-device.usecase.js';
import { OutageDesk } from './outage-desk.js';
import { OutageRepository } from './outage.repository.js';

const ACTOR = systemActor('outages');
const CLOSING = statement(
  'outages-closing',
  `SELECT id FROM outages WHERE status = 'recovering' AND closes_at <= $1 ORDER BY closes_at LIMIT 100`,
);
// Devices whose state and whose outage do not agree: news that came too late or under maintenance, devices that retired.
const ASTRAY = statement(
  'outages-astray',
  `SELECT d.id AS "deviceId", 'down' AS "nowIs", s.changed_at AS at, s.transitions AS sequence
     FROM device_status s JOIN devices d ON d.id = s.device_id
    WHERE s.reachability = 'down' AND d.status = 'active' AND d.kind <> 'ont' AND s.changed_at < now() - interval '5 seconds'
      AND NOT EXISTS (SELECT FROM outage_devices o WHERE o.device_id = d.id AND o.sequence >= s.transitions)
   UNION ALL
   SELECT o.device_id, 'up', CASE WHEN s.reachability = 'up' THEN s.changed_at ELSE now() END, greatest(s.transitions, o.sequence + 1)
     FROM outage_devices o JOIN devices d ON d.id = o.device_id JOIN device_status s ON s.device_id = d.id
    WHERE o.up_at IS NULL AND (d.status <> 'active' OR s.next_poll_at IS NULL
      OR (s.reachability = 'up' AND s.transitions > o.sequence AND s.changed_at < now() - interval '5 seconds'))`,
);

/** Ends outages whose hold is over, looks up again who is behind work that begins, and finds devices that were missed. */
@Injectable()
export class TendOutages {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly outages: OutageRepository,
    private readonly desk: OutageDesk,
    private readonly follow: FollowDevice,
    private readonly maintenance: MaintenanceCalendar,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    await this.uow.run(ACTOR, () => this.maintenance.relist(this.clock.now()));
    const astray = await this.uow.run(ACTOR, (tx) => tx.query<DeviceNews>(ASTRAY));
    for (const news of astray) await this.follow.execute(news);
    const due = await this.uow.run(ACTOR, (tx) => tx.query<{ id: number }>(CLOSING, [this.clock.now()]));
    for (const { id } of due) await this.close(id);
  }

  /** One transaction each; of two that find the same the second finds it closed. */
  private close(id: number): Promise<void> {
    return this.uow.run(ACTOR, async () => {
      await this.outages.lock();
      const outage = await this.outages.get(id, true);
      const { status, closesAt, endedAt } = outage;
      if (status !== 'recovering' || !closesAt || !endedAt || closesAt > this.clock.now()) return;
      await this.desk.resolve(ACTOR, outage, endedAt);
    });
  }
}

@Injectable()
@RunsOnSchedule({ name: 'outages.tend', everySeconds: 15 })
export class TendOutagesSchedule implements Scheduled {
  constructor(private readonly tend: TendOutages) {}

  run(): Promise<void> {
    return this.tend.execute();
  }
}
