import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { note } from './ipam-audit.js';
import { ipamErrors } from './ipam.errors.js';
import type { Slice, VlanView } from './ipam.view.js';

const COLUMNS = `v.id, v.device_id AS "deviceId", v.port, v.vlan_id AS "vlanId", v.automatic, s.id AS "serviceId", v.assigned_at AS "assignedAt"`;
const MATCH = `FROM vlans v WHERE ($1::integer IS NULL OR v.device_id = $1) AND ($2::text IS NULL OR v.port = $2)
  AND ($3::boolean IS NULL OR (v.service_id IS NULL) = $3)`;
// Services stand behind their partners' walls.
const LIST = statement(
  'vlans-list',
  `SELECT ${COLUMNS} FROM (SELECT v.* ${MATCH} ORDER BY v.device_id, v.port, v.vlan_id LIMIT $4 OFFSET $5) v
     LEFT JOIN services s ON s.id = v.service_id ORDER BY v.device_id, v.port, v.vlan_id`,
);
const COUNT = statement('vlans-count', `SELECT count(*)::integer AS total ${MATCH}`);
// A number that a service asked for by itself becomes part of the range.
const DEFINE = statement(
  'vlans-define',
  `INSERT INTO vlans (device_id, port, vlan_id) SELECT $1, $2, n FROM generate_series($3::integer, $4) n
   ON CONFLICT (device_id, port, vlan_id) DO UPDATE SET automatic = true WHERE NOT vlans.automatic`,
);
const LOCK = statement(
  'vlans-lock',
  `SELECT id, device_id AS "deviceId", port, vlan_id AS "vlanId", service_id AS "serviceId" FROM vlans WHERE id = $1 FOR UPDATE`,
);
const DELETE = statement('vlans-delete', 'DELETE FROM vlans WHERE id = $1');

export interface VlanFilter {
  readonly deviceId?: number | undefined;
  readonly port?: string | undefined;
  readonly free?: boolean | undefined;
}

export interface VlanRangeInput {
  readonly actor: Actor;
  readonly deviceId: number;
  /** Empty: the device as a whole. */
  readonly port: string;
  /** IEEE 802.1Q VLAN ids, 1 to 4094, both included. */
  readonly first: number;
  readonly last: number;
}

/** Which VLAN ids the services of a device's port may get. */
@Injectable()
export class VlanRanges {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, { deviceId, port, free }: VlanFilter, { limit, offset }: Slice) {
    const values = [deviceId ?? null, port ?? null, free ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<VlanView>(LIST, [...values, limit, offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** Answers how many VLAN ids there are now more. @throws `network.router.unknown`, `network.vlan.exists` */
  define({ actor, deviceId, port, first, last }: VlanRangeInput): Promise<number> {
    return this.uow.run(actor, async (tx) => {
      const made = await guarded(tx.execute(DEFINE, [deviceId, port, first, last]), {
        vlans_device_id_fkey: () => networkErrors('network.router.unknown'),
      });
      if (made < last - first + 1) throw ipamErrors('network.vlan.exists');
      note(this.audit, actor, 'vlan.create', deviceId, { device_id: deviceId, port, first, last });
      return made;
    });
  }

  /** @throws `network.vlan.not_found`, `network.vlan.in_use` */
  remove(actor: Actor, id: number): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const vlan = await tx.one<VlanView>(LOCK, [id]);
      if (!vlan) throw ipamErrors('network.vlan.not_found');
      if (vlan.serviceId !== null) throw ipamErrors('network.vlan.in_use');
      await tx.execute(DELETE, [id]);
      note(this.audit, actor, 'vlan.delete', id, { device_id: vlan.deviceId, port: vlan.port, vlan_id: vlan.vlanId });
    });
  }
}
