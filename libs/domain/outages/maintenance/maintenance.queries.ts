import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { type SortedSlice, UnitOfWork, sortedStatements, sorting, statement } from '@isp/platform/database';
import { outageErrors } from '../outages.errors.js';
import { MAINTENANCE_COLUMNS, type MaintenanceState, type MaintenanceView, stateOf } from './maintenance.view.js';

const STATE = `CASE WHEN w.status = 'cancelled' THEN 'cancelled' WHEN $1 < w.starts_at THEN 'planned' WHEN $1 < w.ends_at THEN 'running' ELSE 'over' END`;
const MATCH = `FROM maintenance_windows w WHERE ($2::text IS NULL OR ${STATE} = $2) AND ($3::integer IS NULL OR w.device_id = $3)
  AND ($4::integer IS NULL OR w.node_id = $4)
  AND ($5::integer IS NULL OR EXISTS (SELECT FROM maintenance_services s WHERE s.service_id = $5 AND s.window_id = w.id))
  AND ($6::timestamptz IS NULL OR w.ends_at > $6) AND ($7::timestamptz IS NULL OR w.starts_at < $7)`;
export const MAINTENANCE_SORTING = sorting({
  id: 'w.id',
  otherwise: ['w.id DESC'],
  fields: { created_at: 'w.id', starts_at: 'w.starts_at', ends_at: 'w.ends_at' },
  words: { newest: '-created_at', next: 'starts_at' },
});
const LISTS = sortedStatements(
  'maintenance-list',
  MAINTENANCE_SORTING,
  (order) => `SELECT ${MAINTENANCE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $8 OFFSET $9`,
);
const COUNT = statement('maintenance-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('maintenance-get', `SELECT ${MAINTENANCE_COLUMNS} FROM maintenance_windows w WHERE w.id = $1`);
const OWN = statement(
  'maintenance-own-affected',
  `SELECT window_id AS id, count(*)::integer AS services, count(DISTINCT customer_id)::integer AS customers
     FROM maintenance_services WHERE window_id = ANY ($1::integer[]) GROUP BY 1`,
);

export interface MaintenanceFilter {
  readonly state?: MaintenanceState | undefined;
  readonly deviceId?: number | undefined;
  readonly nodeId?: number | undefined;
  readonly serviceId?: number | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}
export type MaintenanceWithState = MaintenanceView & { readonly state: MaintenanceState };

/** Reads of announced work: the operator sees all, others what reaches a service of theirs. */
@Injectable()
export class MaintenanceQueries {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(actor: Actor, filter: MaintenanceFilter, page: SortedSlice<typeof MAINTENANCE_SORTING>) {
    const { state, deviceId, nodeId, serviceId, from, to } = filter;
    const values = [this.clock.now(), ...[state, deviceId, nodeId, serviceId, from, to].map((value) => value ?? null)];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<MaintenanceView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows: await this.seen(actor, rows), total: count?.total ?? 0 };
    });
  }

  /** @throws `outages.maintenance.not_found` */
  get(actor: Actor, id: number): Promise<MaintenanceWithState> {
    return this.uow.run(actor, async (tx) => {
      const [found] = await this.seen(actor, await tx.query<MaintenanceView>(GET, [id]));
      if (!found) throw outageErrors('outages.maintenance.not_found');
      return found;
    });
  }

  private async seen(actor: Actor, rows: readonly MaintenanceView[]): Promise<MaintenanceWithState[]> {
    const now = this.clock.now();
    const own = actor.reach === 'all' ? [] : await this.uow.tx.query<Own>(OWN, [rows.map(({ id }) => id)]);
    const counts = new Map(own.map((one) => [one.id, one]));
    return rows.map((row) => ({
      ...row,
      state: stateOf(row, now),
      affectedServices: actor.reach === 'all' ? row.affectedServices : (counts.get(row.id)?.services ?? 0),
      affectedCustomers: actor.reach === 'all' ? row.affectedCustomers : (counts.get(row.id)?.customers ?? 0),
    }));
  }
}

interface Own {
  readonly id: number;
  readonly services: number;
  readonly customers: number;
}
