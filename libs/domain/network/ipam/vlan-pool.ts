import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { ipamErrors } from './ipam.errors.js';

// The one that the service holds, else the lowest free one of the device's ranges.
const ASSIGN_ANY = statement(
  'vlans-assign-any',
  `WITH held AS MATERIALIZED (SELECT vlan_id FROM vlans WHERE service_id = $1 AND device_id = $2),
   free AS MATERIALIZED (
     SELECT id FROM vlans WHERE device_id = $2 AND service_id IS NULL AND automatic AND NOT EXISTS (SELECT FROM held)
      ORDER BY port, vlan_id LIMIT 1 FOR UPDATE SKIP LOCKED),
   taken AS (
     UPDATE vlans v SET service_id = $1, assigned_at = now() FROM free WHERE v.id = free.id RETURNING v.vlan_id)
   SELECT (SELECT vlan_id FROM (TABLE held UNION ALL TABLE taken) one) AS "vlanId",
          EXISTS (SELECT FROM vlans WHERE device_id = $2 AND automatic) AS ranged`,
);
const LEAVE = statement(
  'vlans-leave',
  `WITH asked_for AS (DELETE FROM vlans WHERE service_id = $1 AND NOT automatic AND (device_id, vlan_id) <> ($2, $3))
   UPDATE vlans SET service_id = NULL, assigned_at = NULL WHERE service_id = $1 AND automatic AND (device_id, vlan_id) <> ($2, $3)`,
);
// A number that no range of the device has is made for the one who asks for it.
const ASSIGN_WANTED = statement(
  'vlans-assign-wanted',
  `WITH held AS MATERIALIZED (SELECT vlan_id FROM vlans WHERE service_id = $1 AND device_id = $2 AND vlan_id = $3),
   free AS MATERIALIZED (
     SELECT id FROM vlans WHERE device_id = $2 AND vlan_id = $3 AND service_id IS NULL AND NOT EXISTS (SELECT FROM held)
      ORDER BY port LIMIT 1 FOR UPDATE SKIP LOCKED),
   taken AS (
     UPDATE vlans v SET service_id = $1, assigned_at = now() FROM free WHERE v.id = free.id RETURNING v.vlan_id),
   made AS (
     INSERT INTO vlans (device_id, vlan_id, automatic, service_id, assigned_at)
     SELECT $2, $3, false, $1, now() WHERE NOT EXISTS (SELECT FROM vlans WHERE device_id = $2 AND vlan_id = $3)
     ON CONFLICT DO NOTHING RETURNING vlan_id)
   SELECT vlan_id AS "vlanId" FROM (TABLE held UNION ALL TABLE taken UNION ALL TABLE made) one`,
);

/** VLAN ids (IEEE 802.1Q), each for one service on one port of a device. They are released with the addresses. */
@Injectable()
export class VlanPool {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * The VLAN id of a service on a device: the wanted one, or the one it holds, or a free one of the device's ranges; null
   * when the device has no range. @throws `network.vlan.taken`, `network.vlan.exhausted`
   */
  async assign(serviceId: number, deviceId: number, wanted?: number): Promise<number | null> {
    try {
      return await (wanted === undefined
        ? this.assignAny(serviceId, deviceId)
        : this.assignWanted(serviceId, deviceId, wanted));
    } catch (error) {
      if (violatedConstraint(error) === 'vlans_service') throw ipamErrors('network.vlan.taken');
      throw error;
    }
  }

  private async assignAny(serviceId: number, deviceId: number): Promise<number | null> {
    const found = await this.uow.tx.one<{ vlanId: number | null; ranged: boolean }>(ASSIGN_ANY, [serviceId, deviceId]);
    const vlanId = found?.vlanId ?? null;
    if (vlanId === null && found?.ranged) throw ipamErrors('network.vlan.exhausted');
    return vlanId;
  }

  private async assignWanted(serviceId: number, deviceId: number, wanted: number): Promise<number> {
    const values = [serviceId, deviceId, wanted];
    await this.uow.tx.execute(LEAVE, values);
    const found = await this.uow.tx.one<{ vlanId: number }>(ASSIGN_WANTED, values);
    if (!found) throw ipamErrors('network.vlan.taken');
    return found.vlanId;
  }
}
