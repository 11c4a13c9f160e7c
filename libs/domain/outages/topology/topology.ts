import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { outageErrors } from '../outages.errors.js';

/** What is down or worked on: a device, or a node as a whole. */
export interface Place {
  readonly deviceId: number | null;
  readonly nodeId: number | null;
}

// Nothing hangs below an ONT, so thousands of them are not asked.
const BELOW = `RECURSIVE below AS (
   SELECT d.id, d.kind, d.service_id FROM devices d WHERE d.id = $1 OR (d.node_id = $2 AND d.status = 'active')
   UNION
   SELECT c.id, c.kind, c.service_id FROM below b CROSS JOIN LATERAL (
     SELECT id, kind, service_id FROM devices WHERE parent_id = b.id AND status = 'active'
     UNION ALL SELECT id, kind, service_id FROM devices WHERE olt_id = b.id AND status = 'active') c
    WHERE b.kind <> 'ont')`;
const SERVICES = `, hung AS (
   SELECT u.service_id FROM subscribers u WHERE u.router_id IN (SELECT id FROM below WHERE kind IN ('router', 'bng'))
   UNION SELECT service_id FROM below WHERE service_id IS NOT NULL
   UNION SELECT v.service_id FROM vlans v JOIN below b ON b.id = v.device_id WHERE v.service_id IS NOT NULL),
 reached AS (SELECT s.partner_id, s.customer_id, s.id FROM hung h JOIN services s ON s.id = h.service_id WHERE s.status IN ('active', 'suspended'))`;
/** Also for the benchmark, which times it alone. */
export const LIST_FOR_OUTAGE = statement(
  'outage_services-list',
  `WITH ${BELOW}${SERVICES}
   INSERT INTO outage_services AS l (outage_id, partner_id, customer_id, service_id, since)
   SELECT $3, partner_id, customer_id, id, $4 FROM reached
   ON CONFLICT (outage_id, service_id) DO UPDATE SET since = excluded.since WHERE excluded.since < l.since`,
);
const MAINTENANCE = statement(
  'maintenance_services-list',
  `WITH ${BELOW}${SERVICES}
   INSERT INTO maintenance_services (window_id, partner_id, customer_id, service_id)
   SELECT $3, partner_id, customer_id, id FROM reached ON CONFLICT (window_id, service_id) DO NOTHING`,
);
const ABOVE = `RECURSIVE above AS (
   SELECT id, parent_id, olt_id, node_id FROM devices WHERE id = $1
   UNION SELECT d.id, d.parent_id, d.olt_id, d.node_id FROM above a JOIN devices d ON d.id IN (a.parent_id, a.olt_id))`;
const RELATIONS = statement(
  'outages-relations',
  `WITH ${ABOVE} SELECT ARRAY(SELECT id FROM above) AS devices,
          ARRAY(SELECT DISTINCT node_id FROM above WHERE node_id IS NOT NULL) AS nodes`,
);
const DESCENDANTS = statement('outages-descendants', `WITH ${BELOW} SELECT id FROM below WHERE kind <> 'ont'`);
const KNOWN = statement(
  'outages-place',
  `SELECT coalesce((SELECT name FROM devices WHERE id = $1 AND status = 'active'),
                   (SELECT name FROM network_nodes WHERE id = $2 AND status = 'active')) AS name`,
);

/** What hangs behind what. Everything here is asked once for any number of services. */
@Injectable()
export class Topology {
  constructor(private readonly uow: UnitOfWork) {}

  /** Lists the services behind a place as those of an outage, down since then; those that were listed stay, the earlier time counts. */
  async listForOutage(outageId: number, { deviceId, nodeId }: Place, since: Date): Promise<void> {
    await this.uow.tx.execute(LIST_FOR_OUTAGE, [deviceId, nodeId, outageId, since]);
  }

  listForMaintenance(windowId: number, { deviceId, nodeId }: Place): Promise<number> {
    return this.uow.tx.execute(MAINTENANCE, [deviceId, nodeId, windowId]);
  }

  /** A device, everything that it hangs below, and the nodes where those stand. */
  async above(deviceId: number): Promise<{ readonly devices: readonly number[]; readonly nodes: readonly number[] }> {
    const found = await this.uow.tx.one<{ devices: number[]; nodes: number[] }>(RELATIONS, [deviceId]);
    return found ?? { devices: [], nodes: [] };
  }

  /** A place's devices and all below them, but for ONTs. */
  async below({ deviceId, nodeId }: Place): Promise<readonly number[]> {
    return (await this.uow.tx.query<{ id: number }>(DESCENDANTS, [deviceId, nodeId])).map(({ id }) => id);
  }

  /** What people call it. @throws `outages.place.unknown` */
  async nameOf({ deviceId, nodeId }: Place): Promise<string> {
    const found = await this.uow.tx.one<{ name: string | null }>(KNOWN, [deviceId, nodeId]);
    if (!found?.name) throw outageErrors('outages.place.unknown');
    return found.name;
  }
}
