import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, together } from '@isp/platform/database';
import type { WorkRun } from '@isp/platform/work';
import type { RouterView } from '../devices/router.queries.js';
import { RouterControl } from './router-control.js';

const ADD = statement(
  'device-slots-add',
  `INSERT INTO device_slots (device_id, slot) SELECT $1, generate_series(1, $2::integer) ON CONFLICT DO NOTHING`,
);
// One at a time decides about a device, and TAKE, a statement of its own, sees what the one before it decided. In a single
// statement it would not: a row that changed while its lock was awaited is looked at again, but what its NOT EXISTS found
// absent stays absent, and two would have one slot.
const LOCK = statement(
  'device-slots-lock',
  'SELECT FROM device_slots WHERE device_id = $1 ORDER BY slot LIMIT 1 FOR UPDATE',
);
const TAKE = statement(
  'device-slots-take',
  `UPDATE device_slots d SET work_id = $3, epoch = $4
    WHERE d.device_id = $1 AND d.slot = (
      SELECT min(s.slot) FROM device_slots s
       WHERE s.device_id = $1 AND s.slot <= $2
         AND NOT EXISTS (SELECT FROM work_items w WHERE w.id = s.work_id AND w.epoch = s.epoch AND w.status = 'running'))`,
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

  /**
   * In the caller's transaction, for the claim of `run`; false when the device is busy. Unlimited devices cost nothing.
   * Whoever needs several devices takes them in the order of their ids.
   */
  async take(router: RouterView, run: WorkRun): Promise<boolean> {
    const limit = this.control.limitOf(router);
    if (limit === undefined) return true;
    const { tx } = this.uow;
    const [, , taken] = await together([
      tx.execute(ADD, [router.id, limit]),
      tx.execute(LOCK, [router.id]),
      tx.execute(TAKE, [router.id, limit, run.workId, run.epoch]),
    ]);
    return taken > 0;
  }
}
