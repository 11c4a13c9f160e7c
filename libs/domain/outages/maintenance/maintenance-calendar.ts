import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { Topology } from '../topology/topology.js';

const AROUND = statement(
  'maintenance-around',
  `SELECT coalesce(bool_or(w.starts_at <= $3 AND w.ends_at > $4), false) AS now, max(w.ends_at) FILTER (WHERE w.starts_at <= $3 AND w.ends_at <= $4) AS before
     FROM maintenance_windows w WHERE w.status = 'planned' AND w.starts_at <= $4
      AND (w.device_id = ANY ($1::integer[]) OR w.node_id = ANY ($2::integer[]))`,
);
const BEGUN = statement(
  'maintenance-begun',
  `SELECT id, device_id AS "deviceId", node_id AS "nodeId" FROM maintenance_windows
    WHERE status = 'planned' AND starts_at <= $1 AND ends_at > $1 AND listed_at < starts_at ORDER BY id FOR UPDATE SKIP LOCKED`,
);
const COUNT = statement(
  'maintenance-count-affected',
  `UPDATE maintenance_windows w SET affected_services = c.services, affected_customers = c.customers, listed_at = $2
     FROM (SELECT count(*) AS services, count(DISTINCT customer_id) AS customers FROM maintenance_services WHERE window_id = $1) c
    WHERE w.id = $1`,
);

/** When work on what was announced. */
@Injectable()
export class MaintenanceCalendar {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly topology: Topology,
  ) {}

  /** Whether something that hangs below these fell within work that still goes on, and when such work ended. */
  async around(
    { devices, nodes }: { readonly devices: readonly number[]; readonly nodes: readonly number[] },
    at: Date,
    now: Date,
  ): Promise<{ readonly now: boolean; readonly before: Date | null }> {
    const found = await this.uow.tx.one<{ now: boolean; before: Date | null }>(AROUND, [devices, nodes, at, now]);
    return found ?? { now: false, before: null };
  }

  /** Services that came since a window was announced are behind it as well. */
  async relist(now: Date): Promise<void> {
    const begun = await this.uow.tx.query<{ id: number; deviceId: number | null; nodeId: number | null }>(BEGUN, [now]);
    for (const window of begun) await this.list(window, now);
  }

  async list(
    window: { readonly id: number; readonly deviceId: number | null; readonly nodeId: number | null },
    now: Date,
  ) {
    await this.topology.listForMaintenance(window.id, window);
    await this.uow.tx.execute(COUNT, [window.id, now]);
  }
}
