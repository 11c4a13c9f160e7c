import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork, guarded, statement, together } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { parsePrefix } from './address-text.js';
import { note, refuseStale } from './ipam-audit.js';
import { ipamErrors } from './ipam.errors.js';
import { PREFIX_COLUMNS, type PrefixRole, type PrefixView } from './ipam.view.js';

// Below the longest container that holds it (or the one that is named), else at the top of the VRF.
const INSERT = statement(
  'prefixes-insert',
  `INSERT INTO prefixes (vrf_id, prefix, role, device_id, description, parent_id, parent_prefix)
   SELECT v.id, $2::cidr, $3, $4, $5, c.id, c.prefix
     FROM vrfs v LEFT JOIN LATERAL (
       SELECT x.id, x.prefix FROM prefixes x
        WHERE x.vrf_id = v.id AND x.role = 'container' AND x.prefix >> $2::cidr AND ($6::integer IS NULL OR x.id = $6)
        ORDER BY masklen(x.prefix) DESC LIMIT 1) c ON true
    WHERE v.id = $1 AND ($6::integer IS NULL OR c.id IS NOT NULL)
   RETURNING ${PREFIX_COLUMNS}`,
);
// One after the other in a VRF: of many that overlap at the same moment, each would wait for another one's end.
const VRF = statement('prefixes-vrf', 'SELECT 1 FROM vrfs WHERE id = $1 FOR NO KEY UPDATE');
const LOCK = statement('prefixes-lock', `SELECT ${PREFIX_COLUMNS} FROM prefixes WHERE id = $1 FOR UPDATE`);
const UPDATE = statement(
  'prefixes-update',
  `UPDATE prefixes SET device_id = $2, description = $3, version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${PREFIX_COLUMNS}`,
);
const DELETE = statement('prefixes-delete', 'DELETE FROM prefixes WHERE id = $1');

const refusals = (prefix: string) => ({
  prefixes_siblings_apart: () => networkErrors('network.prefix.overlaps', { prefix }),
  prefixes_device_id_fkey: () => networkErrors('network.router.unknown'),
  prefixes_parent_fkey: () => ipamErrors('network.prefix.has_children'),
  ip_pools_prefix_fkey: () => ipamErrors('network.prefix.has_pools'),
});

export interface CreatePrefixInput {
  readonly actor: Actor;
  readonly vrfId: number;
  /** Network address with its length, such as `192.0.2.0/24`. */
  readonly prefix: string;
  readonly role: PrefixRole;
  readonly deviceId?: number | undefined;
  /** The container that must hold it; found by itself when absent. */
  readonly parentId?: number | undefined;
  readonly description?: string | undefined;
}

export interface ChangePrefixInput {
  readonly actor: Actor;
  readonly id: number;
  readonly deviceId?: number | null | undefined;
  readonly description?: string | undefined;
  readonly ifMatch?: number | undefined;
}

/** Writes of prefixes. Inside one VRF the database refuses two that overlap, unless one is a container of the other. */
@Injectable()
export class PrefixRegister {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @throws `network.prefix.malformed`, `….overlaps`, `….parent_unfit`, `network.vrf.unknown`, `network.router.unknown`
   */
  create({ actor, ...values }: CreatePrefixInput): Promise<PrefixView> {
    const { vrfId, role, deviceId = null, parentId = null, description = '' } = values;
    const prefix = parsePrefix(values.prefix);
    return this.uow.run(actor, async (tx) => {
      const row = [vrfId, prefix, role, deviceId, description, parentId];
      // A container that goes away under the new prefix is a parent that does not fit any more.
      const [vrf, made] = await together([
        tx.one(VRF, [vrfId]),
        guarded(tx.one<PrefixView>(INSERT, row), {
          ...refusals(prefix),
          prefixes_parent_fkey: () => ipamErrors('network.prefix.parent_unfit'),
        }),
      ]);
      if (!vrf) throw ipamErrors('network.vrf.unknown');
      if (!made) throw ipamErrors('network.prefix.parent_unfit');
      note(this.audit, actor, 'prefix.create', made.id, { ...values });
      return made;
    });
  }

  /** @throws `network.prefix.not_found`, `….has_pools` (of another router), `network.router.unknown`, `network.ipam.stale` */
  change({ actor, id, ifMatch, ...values }: ChangePrefixInput): Promise<PrefixView> {
    return this.uow.run(actor, async (tx) => {
      const before = await this.lock(id, ifMatch);
      const diff = changesBetween(before, values);
      if (Object.keys(diff).length === 0) return before;
      const { deviceId = before.deviceId, description = before.description } = values;
      const write = tx.one<PrefixView>(UPDATE, [id, deviceId, description]);
      const after = (await guarded(write, refusals(before.prefix))) as PrefixView;
      note(this.audit, actor, 'prefix.update', id, diff);
      return after;
    });
  }

  /** @throws `network.prefix.not_found`, `….has_children`, `….has_pools`, `network.ipam.stale` */
  remove(actor: Actor, id: number, ifMatch?: number): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const { prefix } = await this.lock(id, ifMatch);
      await guarded(tx.execute(DELETE, [id]), refusals(prefix));
      note(this.audit, actor, 'prefix.delete', id, { prefix });
    });
  }

  private async lock(id: number, ifMatch: number | undefined): Promise<PrefixView> {
    const prefix = await this.uow.tx.one<PrefixView>(LOCK, [id]);
    if (!prefix) throw ipamErrors('network.prefix.not_found');
    refuseStale(prefix, ifMatch);
    return prefix;
  }
}
