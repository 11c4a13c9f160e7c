import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { AddressState, Slice } from './ipam.view.js';
import { STATE } from './pool.queries.js';

// One row always: of an address that nothing is known of, the fields are null.
const LOOK = statement(
  'addresses-look',
  `SELECT host($2::inet) AS address, n.id AS "prefixId", n.prefix::text AS prefix, x.pool_id AS "poolId",
          CASE WHEN x.pool_id IS NOT NULL THEN ${STATE} END AS state,
          s.id AS "serviceId", coalesce(s.customer_id, r.customer_id) AS "customerId", r.id AS "reservationId",
          CASE WHEN x.service_id IS NOT NULL THEN x.assigned_at END AS "assignedAt",
          CASE WHEN x.service_id IS NULL AND x.free_from > now() THEN x.free_from END AS "quarantinedUntil"
     FROM (SELECT) one
     LEFT JOIN LATERAL (
       SELECT p.id, p.prefix FROM prefixes p WHERE p.vrf_id = $1 AND p.prefix >>= $2::inet ORDER BY masklen(p.prefix) DESC LIMIT 1) n ON true
     LEFT JOIN LATERAL (
       SELECT pool_id, service_id, reservation_id, withheld, free_from, assigned_at FROM ip_addresses WHERE vrf_id = $1 AND address = $2::inet
       UNION ALL
       SELECT pool_id, service_id, reservation_id, false, free_from, assigned_at FROM ip_units WHERE vrf_id = $1 AND prefix >>= $2::inet
       UNION ALL
       SELECT p.id, NULL, NULL, false, '-infinity', NULL FROM ip_pools p WHERE p.vrf_id = $1 AND p.kind <> 'ipv4' AND p.prefix >>= $2::inet
       LIMIT 1) x ON true
     LEFT JOIN services s ON s.id = x.service_id LEFT JOIN ip_reservations r ON r.id = x.reservation_id`,
);
// What ended is history, what goes on stands in the pools; both behind the walls of the partners whose services had it.
const HELD = `FROM (
    SELECT h.partner_id, h.customer_id, h.service_id, h.address, lower(h.during) AS since, upper(h.during) AS until
      FROM address_history h WHERE h.vrf_id = $1 AND h.address >>= $2::inet AND ($3::timestamptz IS NULL OR h.during @> $3)
    UNION ALL
    SELECT s.partner_id, s.customer_id, s.id, x.address, x.assigned_at, NULL
      FROM (SELECT service_id, address, assigned_at FROM ip_addresses WHERE vrf_id = $1 AND address = $2::inet
            UNION ALL
            SELECT service_id, prefix::inet, assigned_at FROM ip_units WHERE vrf_id = $1 AND prefix >>= $2::inet) x
      JOIN services s ON s.id = x.service_id WHERE $3::timestamptz IS NULL OR x.assigned_at <= $3) held`;
const HISTORY = statement(
  'addresses-history',
  `SELECT partner_id AS "partnerId", customer_id AS "customerId", service_id AS "serviceId",
          CASE WHEN family(address) = 4 THEN host(address) ELSE text(address) END AS address, since, until
     ${HELD} ORDER BY since DESC LIMIT $4 OFFSET $5`,
);
const HISTORY_COUNT = statement('addresses-history-count', `SELECT count(*)::integer AS total ${HELD}`);

export interface AddressView {
  readonly address: string;
  /** The longest prefix of the VRF that holds it. */
  readonly prefixId: number | null;
  readonly prefix: string | null;
  readonly poolId: number | null;
  /** Null when no pool gives it away. */
  readonly state: AddressState | null;
  readonly serviceId: number | null;
  readonly customerId: number | null;
  readonly reservationId: number | null;
  readonly assignedAt: Date | null;
  readonly quarantinedUntil: Date | null;
}

/** Who had an address, or the IPv6 prefix that it lies in: from `since` on, until before `until` (null: still). */
export interface HoldingView {
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly address: string;
  readonly since: Date;
  readonly until: Date | null;
}

@Injectable()
export class AddressQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** What an address of a VRF is at this moment. */
  async look(actor: Actor, vrfId: number, address: string): Promise<AddressView> {
    return (await this.uow.run(actor, (tx) => tx.one<AddressView>(LOOK, [vrfId, address]))) as AddressView;
  }

  /** Who had an address, the latest first; with `at` the one who had it at that instant, if anybody did. */
  history(actor: Actor, vrfId: number, address: string, at: Date | undefined, { limit, offset }: Slice) {
    const values = [vrfId, address, at ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<HoldingView>(HISTORY, [...values, limit, offset]),
        tx.one<{ total: number }>(HISTORY_COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }
}
