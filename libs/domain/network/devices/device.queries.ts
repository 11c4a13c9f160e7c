import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { DEVICE_COLUMNS, DEVICE_TABLES, type DeviceKind, type DeviceView, type Reachability } from './device.view.js';

// Every device that stands at a node, and everything that hangs below those.
const BELOW = `WITH RECURSIVE below AS (
    SELECT id FROM devices WHERE node_id = $1 AND status = 'active'
    UNION SELECT c.id FROM devices c JOIN below b ON c.parent_id = b.id OR c.olt_id = b.id WHERE c.status = 'active')`;
const MATCH = `FROM ${DEVICE_TABLES} WHERE ($1::text IS NULL OR d.kind = $1) AND ($2::text IS NULL OR d.status = $2)
  AND ($3::integer IS NULL OR d.node_id = $3) AND ($4::integer IS NULL OR d.parent_id = $4) AND ($5::integer IS NULL OR d.model_id = $5)
  AND ($6::text IS NULL OR coalesce(s.reachability, 'unknown') = $6) AND ($7::integer IS NULL OR d.service_id = $7)
  AND ($8::text IS NULL OR d.serial_number = $8)`;
export const DEVICE_SORTING = sorting({
  id: 'd.id',
  otherwise: ['d.id'],
  fields: {
    created_at: 'd.id',
    name: 'lower(d.name)',
  },
});
const LISTS = sortedStatements(
  'devices-list',
  DEVICE_SORTING,
  (order) => `SELECT ${DEVICE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $9 OFFSET $10`,
);
const COUNT = statement('devices-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('devices-get', `SELECT ${DEVICE_COLUMNS} FROM ${DEVICE_TABLES} WHERE d.id = $1`);
const AFFECTED = statement(
  'devices-affected',
  `${BELOW} SELECT ${DEVICE_COLUMNS} FROM ${DEVICE_TABLES} JOIN below b ON b.id = d.id ORDER BY d.id LIMIT $2 OFFSET $3`,
);
const AFFECTED_COUNT = statement(
  'devices-affected-count',
  `${BELOW} SELECT count(*)::integer AS total, count(service_id)::integer AS services FROM devices JOIN below USING (id)`,
);
const TOPOLOGY = statement(
  'devices-topology',
  `SELECT d.id, d.name, d.kind, coalesce(d.parent_id, d.olt_id) AS "parentId", d.node_id AS "nodeId",
          coalesce(s.reachability, 'unknown') AS reachability
     FROM devices d LEFT JOIN device_status s ON s.device_id = d.id
    WHERE d.status = 'active' AND ($1::boolean OR d.kind <> 'ont') ORDER BY d.id LIMIT 5000`,
);

export interface DeviceFilter {
  readonly kind?: DeviceKind | undefined;
  readonly status?: DeviceView['status'] | undefined;
  readonly nodeId?: number | undefined;
  readonly parentId?: number | undefined;
  readonly modelId?: number | undefined;
  readonly reachability?: Reachability | undefined;
  readonly serviceId?: number | undefined;
  readonly serialNumber?: string | undefined;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** A device in the tree of what hangs below what. */
export interface TopologyEntry {
  readonly id: number;
  readonly name: string;
  readonly kind: DeviceKind;
  readonly parentId: number | null;
  readonly nodeId: number | null;
  readonly reachability: Reachability;
}

/** Reads of devices; never their credentials. */
@Injectable()
export class DeviceQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: DeviceFilter, page: SortedSlice<typeof DEVICE_SORTING>) {
    const { kind, status, nodeId, parentId, modelId, reachability, serviceId, serialNumber } = filter;
    const given = [kind, status, nodeId, parentId, modelId, reachability, serviceId, serialNumber];
    const values = given.map((one) => one ?? null);
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<DeviceView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.device.not_found` */
  async get(actor: Actor, id: number): Promise<DeviceView> {
    const device = await this.uow.read(actor, (tx) => tx.one<DeviceView>(GET, [id]));
    if (!device) throw networkErrors('network.device.not_found');
    return device;
  }

  /** What would go dark with a node: the devices that stand there and all that hang below them, and their services. */
  affectedBy(actor: Actor, nodeId: number, page: Page) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<DeviceView>(AFFECTED, [nodeId, page.limit, page.offset]),
        tx.one<{ total: number; services: number }>(AFFECTED_COUNT, [nodeId]),
      ]);
      return { rows, total: count?.total ?? 0, services: count?.services ?? 0 };
    });
  }

  /** Devices in service (at most 5,000) with what each hangs below; ONTs, which are many, only when asked for. */
  topology(actor: Actor, withOnts: boolean): Promise<TopologyEntry[]> {
    return this.uow.read(actor, (tx) => tx.query<TopologyEntry>(TOPOLOGY, [withOnts]));
  }
}
