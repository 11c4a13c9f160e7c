import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { outageErrors } from '../outages.errors.js';
import type { Place } from '../topology/topology.js';
import { OUTAGE_COLUMNS, type OutageView } from './outage.view.js';

// Outages open and end one after another: of two devices that fall together the second sees what the first opened.
const LOCK = statement('outages-lock', `SELECT pg_advisory_xact_lock(hashtextextended('outages', 0))`);
const GET = statement('outages-get', `SELECT ${OUTAGE_COLUMNS} FROM outages o WHERE o.id = $1`);
const GET_LOCKED = statement(
  'outages-get-locked',
  `SELECT ${OUTAGE_COLUMNS} FROM outages o WHERE o.id = $1 FOR UPDATE`,
);
const LIVE = statement(
  'outages-live',
  `SELECT ${OUTAGE_COLUMNS} FROM outages o WHERE o.status IN ('open', 'recovering')
    AND (o.device_id = ANY ($1::integer[]) OR o.node_id = ANY ($2::integer[])) ORDER BY o.id FOR UPDATE`,
);
// Of devices below, and of nodes where nothing is down but what is below. Those that people opened stay by themselves: they
// last until a person ends them, and what is above may be back long before. Tables beside the locked one are safe to ask:
// whoever opens and ends outages waits for the lock above.
const LIVE_BELOW = statement(
  'outages-live-below',
  `SELECT ${OUTAGE_COLUMNS} FROM outages o WHERE o.status IN ('open', 'recovering') AND o.origin = 'monitoring' AND (o.device_id = ANY ($1::integer[])
     OR (o.node_id IS NOT NULL AND (SELECT bool_and(d.device_id = ANY ($1::integer[])) FROM outage_devices d
           WHERE d.outage_id = o.id AND (d.up_at IS NULL OR o.status = 'recovering'))))
    ORDER BY o.id FOR UPDATE OF o`,
);
const INSERT = statement(
  'outages-insert',
  `INSERT INTO outages (device_id, node_id, origin, title, started_at, detected_at, opened_by, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $6) RETURNING id`,
);
const MOVE = statement(
  'outages-move',
  `UPDATE outages SET status = $2, started_at = $3, ended_at = $4, closes_at = $5, flaps = $6, device_id = $7, node_id = $8, title = $9,
          merged_into_id = $10, ticket_id = $11, version = version + 1, updated_at = $12 WHERE id = $1`,
);
const COUNT = statement(
  'outages-count-affected',
  `UPDATE outages o SET affected_services = c.services, affected_customers = c.customers
     FROM (SELECT count(*) AS services, count(DISTINCT customer_id) AS customers FROM outage_services WHERE outage_id = $1) c
    WHERE o.id = $1`,
);
const TAKE_SERVICES = statement(
  'outages-take-services',
  `INSERT INTO outage_services AS s (outage_id, partner_id, customer_id, service_id, since)
   SELECT $1, partner_id, customer_id, service_id, min(since) FROM outage_services WHERE outage_id = ANY ($2::integer[]) GROUP BY 2, 3, 4
   ON CONFLICT (outage_id, service_id) DO UPDATE SET since = excluded.since WHERE excluded.since < s.since`,
);
const SINCE = statement('outages-services-since', 'UPDATE outage_services SET since = $2 WHERE outage_id = $1');
const TAKE_DEVICES = statement(
  'outages-take-devices',
  `INSERT INTO outage_devices (outage_id, device_id, sequence, down_at, up_at)
   SELECT $1, device_id, sequence, down_at, up_at FROM outage_devices WHERE outage_id = ANY ($2::integer[]) ON CONFLICT DO NOTHING`,
);
const FALL = statement(
  'outages-device-falls',
  `INSERT INTO outage_devices (outage_id, device_id, sequence, down_at) VALUES ($1, $2, $3, $4)
   ON CONFLICT (outage_id, device_id) DO UPDATE SET sequence = excluded.sequence, up_at = NULL`,
);
const KNOWN_FALL = statement(
  'outages-device-fell',
  'SELECT EXISTS (SELECT FROM outage_devices WHERE device_id = $1 AND sequence >= $2) AS known',
);
const RISE = statement(
  'outages-device-rises',
  `UPDATE outage_devices SET up_at = greatest(down_at, $3) WHERE device_id = $1 AND up_at IS NULL AND sequence < $2 RETURNING outage_id AS id`,
);
const BACK = statement(
  'outages-all-back',
  `SELECT max(up_at) AS at FROM outage_devices WHERE outage_id = $1 HAVING count(*) > 0 AND bool_and(up_at IS NOT NULL)`,
);

export type Changes = Partial<
  Pick<
    OutageView,
    | 'status'
    | 'startedAt'
    | 'endedAt'
    | 'closesAt'
    | 'flaps'
    | 'deviceId'
    | 'nodeId'
    | 'title'
    | 'mergedIntoId'
    | 'ticketId'
  >
>;

export interface NewOutage extends Place {
  readonly origin: 'monitoring' | 'person';
  readonly title: string;
  readonly startedAt: Date;
  readonly detectedAt: Date;
  readonly openedBy: string;
}

@Injectable()
export class OutageRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Until the transaction ends nobody else opens or ends an outage. */
  async lock(): Promise<void> {
    await this.uow.tx.query(LOCK);
  }

  /** @throws `outages.outage.not_found` */
  async get(id: number, locked = false): Promise<OutageView> {
    const found = await this.uow.tx.one<OutageView>(locked ? GET_LOCKED : GET, [id]);
    if (!found) throw outageErrors('outages.outage.not_found');
    return found;
  }

  /** Outages that last, of any of these; the oldest first. */
  live(devices: readonly number[], nodes: readonly number[]): Promise<OutageView[]> {
    return this.uow.tx.query<OutageView>(LIVE, [devices, nodes]);
  }

  /** Outages that last, and that nobody opened by hand, of what is below something: of these devices, and of nodes where only these are down. */
  liveBelow(devices: readonly number[]): Promise<OutageView[]> {
    return this.uow.tx.query<OutageView>(LIVE_BELOW, [devices]);
  }

  async insert(made: NewOutage): Promise<number> {
    const { deviceId, nodeId, origin, title, startedAt, detectedAt, openedBy } = made;
    const values = [deviceId, nodeId, origin, title, startedAt, detectedAt, openedBy];
    return ((await this.uow.tx.one<{ id: number }>(INSERT, values)) as { id: number }).id;
  }

  async change(outage: OutageView, changes: Changes, now: Date): Promise<OutageView> {
    const next = { ...outage, ...changes };
    const { id, status, startedAt, endedAt, closesAt, flaps, deviceId, nodeId, title, mergedIntoId, ticketId } = next;
    const values = [status, startedAt, endedAt, closesAt, flaps, deviceId, nodeId, title, mergedIntoId, ticketId, now];
    await this.uow.tx.execute(MOVE, [id, ...values]);
    return this.get(id);
  }

  /** Counts what is affected. */
  async count(id: number): Promise<void> {
    await this.uow.tx.execute(COUNT, [id]);
  }

  /** One outage gets what others had: their services and devices. */
  async take(id: number, others: readonly number[]): Promise<void> {
    await this.uow.tx.execute(TAKE_SERVICES, [id, others]);
    await this.uow.tx.execute(TAKE_DEVICES, [id, others]);
  }

  /** All its services are down since then. */
  async since(id: number, at: Date): Promise<void> {
    await this.uow.tx.execute(SINCE, [id, at]);
  }

  async falls(id: number, deviceId: number, sequence: number, at: Date): Promise<void> {
    await this.uow.tx.execute(FALL, [id, deviceId, sequence, at]);
  }

  /** Whether this fall of the device, or a later one, is in an outage already. */
  async knows(deviceId: number, sequence: number): Promise<boolean> {
    return (await this.uow.tx.one<{ known: boolean }>(KNOWN_FALL, [deviceId, sequence]))?.known ?? false;
  }

  /** The device answers again. Answers the outages that it was down in. */
  async rises(deviceId: number, sequence: number, at: Date): Promise<number[]> {
    return (await this.uow.tx.query<{ id: number }>(RISE, [deviceId, sequence, at])).map(({ id }) => id);
  }

  /** When the last of its devices came back; undefined while one is down, or when it has none. */
  async backAt(id: number): Promise<Date | undefined> {
    return (await this.uow.tx.one<{ at: Date }>(BACK, [id]))?.at;
  }
}
