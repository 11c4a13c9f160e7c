import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { isAddress, parsePrefix } from './address-text.js';
import { note, refuseStale } from './ipam-audit.js';
import { ipamErrors } from './ipam.errors.js';
import { type AddressRange, POOL_COLUMNS, type PoolKind, type PoolStatus, type PoolView } from './ipam.view.js';
import { PoolQueries } from './pool.queries.js';

const BASE = statement(
  'pools-base',
  `SELECT device_id AS "deviceId", prefix::text AS prefix FROM prefixes WHERE id = $1 AND role = 'assignment' FOR KEY SHARE`,
);
const INSERT = statement(
  'pools-insert',
  `INSERT INTO ip_pools (name, kind, vrf_id, prefix_id, base_prefix, router_id, prefix, unit_length, reserved_ranges)
   SELECT $2, $3, x.vrf_id, x.id, x.prefix, x.device_id, coalesce($4::cidr, x.prefix), $5, $6 FROM prefixes x WHERE x.id = $1
   RETURNING ${POOL_COLUMNS}`,
);
const WITHHELD = `EXISTS (SELECT FROM jsonb_to_recordset(p.reserved_ranges) AS r(first inet, last inet)
  WHERE a.address BETWEEN r.first AND r.last)`;
// Every host of the pool but its prefix's network, broadcast and router (the first host).
const FILL = statement(
  'pools-fill',
  `INSERT INTO ip_addresses (pool_id, vrf_id, address, withheld)
   SELECT p.id, p.vrf_id, a.address, ${WITHHELD}
     FROM ip_pools p
     CROSS JOIN LATERAL generate_series(0, (1 << (32 - masklen(p.prefix))) - 1) AS n
     CROSS JOIN LATERAL (SELECT host(network(p.prefix))::inet + n AS address) a
    WHERE p.id = $1 AND (masklen(p.base_prefix) >= 31 OR host(a.address) NOT IN
      (host(network(p.base_prefix)), host(network(p.base_prefix)::inet + 1), host(broadcast(p.base_prefix))))`,
);
const RANGES_FIT = statement(
  'pools-ranges-fit',
  `SELECT coalesce(bool_and(r.first <= r.last AND p.prefix >>= r.first AND p.prefix >>= r.last), true) AS fit
     FROM ip_pools p LEFT JOIN LATERAL jsonb_to_recordset(p.reserved_ranges) AS r(first inet, last inet) ON true WHERE p.id = $1`,
);
const WITHHOLD = statement(
  'pools-withhold',
  `UPDATE ip_addresses a SET withheld = NOT a.withheld FROM ip_pools p WHERE p.id = $1 AND a.pool_id = p.id AND a.withheld <> ${WITHHELD}`,
);
const LOCK = statement('pools-lock', `SELECT ${POOL_COLUMNS} FROM ip_pools WHERE id = $1 FOR UPDATE`);
const UPDATE = statement(
  'pools-update',
  `UPDATE ip_pools SET name = $2, status = $3, reserved_ranges = $4, version = version + 1, updated_at = now()
    WHERE id = $1 RETURNING ${POOL_COLUMNS}`,
);
const EMPTY = statement(
  'pools-empty',
  `WITH units AS (DELETE FROM ip_units WHERE pool_id = $1 AND service_id IS NULL AND reservation_id IS NULL AND free_from <= now())
   DELETE FROM ip_addresses WHERE pool_id = $1 AND service_id IS NULL AND reservation_id IS NULL AND free_from <= now()`,
);
const DELETE = statement('pools-delete', 'DELETE FROM ip_pools WHERE id = $1');

const unfit = () => ipamErrors('network.pool.unfit');
const UNIT_LENGTHS: Readonly<Record<PoolKind, number>> = { ipv4: 32, ipv6: 64, delegated: 56 };

export interface CreatePoolInput {
  readonly actor: Actor;
  /** An assignment of a router; the pool is for that router's subscribers. */
  readonly prefixId: number;
  readonly name: string;
  readonly kind: PoolKind;
  /** The part of the prefix that it gives away; all of it when absent. */
  readonly prefix?: string | undefined;
  /** Length of what one service gets: 32 of IPv4; 64 (framed) or 56 (delegated) of IPv6 when absent. */
  readonly unitLength?: number | undefined;
  readonly reservedRanges?: readonly AddressRange[] | undefined;
}

export interface ChangePoolInput {
  readonly actor: Actor;
  readonly id: number;
  readonly name?: string | undefined;
  readonly status?: Exclude<PoolStatus, 'retired'> | undefined;
  readonly reservedRanges?: readonly AddressRange[] | undefined;
  readonly ifMatch?: number | undefined;
}

/** Writes of pools. No two pools of one VRF overlap: the database refuses the second. */
@Injectable()
export class PoolRegister {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly pools: PoolQueries,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * @throws `network.prefix.unknown`, `network.prefix.malformed`, `network.prefix.overlaps`, `network.pool.no_router`,
   *   `….name_taken`, `….unfit`, `….range_unfit`
   */
  create({ actor, ...values }: CreatePoolInput): Promise<PoolView> {
    const { prefixId, name, kind, reservedRanges = [], unitLength = UNIT_LENGTHS[kind] } = values;
    const prefix = values.prefix === undefined ? null : parsePrefix(values.prefix);
    refuseRanges(kind, reservedRanges);
    return this.uow.run(actor, async (tx) => {
      const base = await tx.one<{ deviceId: number | null; prefix: string }>(BASE, [prefixId]);
      if (!base) throw ipamErrors('network.prefix.unknown');
      if (base.deviceId === null) throw ipamErrors('network.pool.no_router');
      const row = [prefixId, name, kind, prefix, unitLength, JSON.stringify(reservedRanges)];
      const pool = (await guarded(tx.one<PoolView>(INSERT, row), {
        ip_pools_name_key: () => ipamErrors('network.pool.name_taken'),
        ip_pools_apart: () => networkErrors('network.prefix.overlaps', { prefix: prefix ?? base.prefix }),
        ip_pools_inside_prefix: unfit,
        ip_pools_family: unfit,
        ip_pools_units: unfit,
      })) as PoolView;
      await this.refuseRangesOutside(pool.id);
      if (kind === 'ipv4') await tx.execute(FILL, [pool.id]);
      note(this.audit, actor, 'pool.create', pool.id, { ...values });
      return pool;
    });
  }

  /**
   * Changes name, status or reserved ranges. What services hold in a range stays theirs; a range keeps what is free.
   * @throws `network.pool.not_found`, `….retired`, `….name_taken`, `….range_unfit`, `network.ipam.stale`
   */
  change({ actor, id, ifMatch, ...values }: ChangePoolInput): Promise<PoolView> {
    return this.uow.run(actor, async (tx) => {
      const before = await this.lock(id, ifMatch);
      if (before.status === 'retired') throw ipamErrors('network.pool.retired');
      const diff = changesBetween(before, values);
      if (Object.keys(diff).length === 0) return before;
      const { name = before.name, status = before.status, reservedRanges = before.reservedRanges } = values;
      refuseRanges(before.kind, reservedRanges);
      const after = (await guarded(tx.one<PoolView>(UPDATE, [id, name, status, JSON.stringify(reservedRanges)]), {
        ip_pools_name_key: () => ipamErrors('network.pool.name_taken'),
      })) as PoolView;
      if ('reservedRanges' in diff) {
        await this.refuseRangesOutside(id);
        await tx.execute(WITHHOLD, [id]);
      }
      note(this.audit, actor, 'pool.update', id, diff);
      return after;
    });
  }

  /** Lets a pool give nothing away any more, for good; what services hold stays theirs. @throws as `change` */
  retire(actor: Actor, id: number): Promise<PoolView> {
    return this.uow.run(actor, async (tx) => {
      const { name, status, reservedRanges } = await this.lock(id, undefined);
      if (status === 'retired') throw ipamErrors('network.pool.retired');
      const after = (await tx.one<PoolView>(UPDATE, [id, name, 'retired', JSON.stringify(reservedRanges)])) as PoolView;
      note(this.audit, actor, 'pool.retire', id, { status: [status, 'retired'] });
      return after;
    });
  }

  /** @throws `network.pool.not_found`, `network.pool.in_use`, `network.ipam.stale` */
  remove(actor: Actor, id: number, ifMatch?: number): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const { name, prefix } = await this.lock(id, ifMatch);
      const { used, reserved, quarantined } = (await this.pools.get(actor, id)).utilisation;
      const inUse = () => ipamErrors('network.pool.in_use', { used, reserved, quarantined });
      await tx.execute(EMPTY, [id]);
      await guarded(tx.execute(DELETE, [id]), { ip_addresses_pool_fkey: inUse, ip_units_pool_fkey: inUse });
      note(this.audit, actor, 'pool.delete', id, { name, prefix });
    });
  }

  private async refuseRangesOutside(id: number): Promise<void> {
    const found = await this.uow.tx.one<{ fit: boolean }>(RANGES_FIT, [id]);
    if (!found?.fit) throw ipamErrors('network.pool.range_unfit');
  }

  private async lock(id: number, ifMatch: number | undefined): Promise<PoolView> {
    const pool = await this.uow.tx.one<PoolView>(LOCK, [id]);
    if (!pool) throw ipamErrors('network.pool.not_found');
    refuseStale(pool, ifMatch);
    return pool;
  }
}

function refuseRanges(kind: PoolKind, ranges: readonly AddressRange[]): void {
  const fit = ranges.every(({ first, last }) => isAddress(first) && isAddress(last));
  if (!fit || (kind !== 'ipv4' && ranges.length > 0)) throw ipamErrors('network.pool.range_unfit');
}
