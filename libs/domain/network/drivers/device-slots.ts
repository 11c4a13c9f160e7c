import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { WorkRun } from '@isp/platform/work';
import type { RouterView } from '../devices/router.queries.js';
import { RouterControl } from './router-control.js';

const TAKE = statement(
  'device-slots-take',
  `WITH free AS (
     SELECT s.slot FROM device_slots s
      WHERE s.device_id = $1 AND s.slot <= $2
        AND NOT EXISTS (SELECT FROM work_items w WHERE w.id = s.work_id AND w.epoch = s.epoch AND w.status = 'running')
      ORDER BY s.slot LIMIT 1 FOR UPDATE OF s SKIP LOCKED)
   UPDATE device_slots s SET work_id = $3, epoch = $4 FROM free WHERE s.device_id = $1 AND s.slot = free.slot`,
);
const ADD = statement(
  'device-slots-add',
  `INSERT INTO device_slots (device_id, slot) SELECT $1, generate_series(1, $2::integer) ON CONFLICT DO NOTHING`,
);

/**
 * How many pieces of work talk to one device at once. A slot belongs to a claim of work, so nobody gives it back: it is
 * free when the work ends, fails, is postponed, or its worker dies.
 */
@Injectable()
export class DeviceSlots {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly control: RouterControl,
  ) {}

  /** In the caller's transaction, for the claim of `run`; false when the device is busy. Unlimited devices cost nothing. */
  async take(router: RouterView, run: WorkRun): Promise<boolean> {
    const limit = this.control.limitOf(router);
    if (limit === undefined) return true;
    const { tx } = this.uow;
    const claim = [router.id, limit, run.workId, run.epoch];
    if ((await tx.execute(TAKE, claim)) > 0) return true;
    return (await tx.execute(ADD, [router.id, limit])) > 0 && (await tx.execute(TAKE, claim)) > 0;
  }
}
