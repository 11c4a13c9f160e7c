import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { ipamErrors } from './ipam.errors.js';
import {
  type AddressState,
  POOL_COLUMNS,
  type PoolKind,
  type PoolStatus,
  type PoolView,
  type PooledAddressView,
  type Slice,
  type Utilisation,
} from './ipam.view.js';

const MATCH = `FROM ip_pools WHERE ($1::integer IS NULL OR vrf_id = $1) AND ($2::integer IS NULL OR router_id = $2)
  AND ($3::integer IS NULL OR prefix_id = $3) AND ($4::text IS NULL OR kind = $4) AND ($5::text IS NULL OR status = $5)`;
export const POOL_SORTING = sorting({
  id: 'id',
  otherwise: ['id'],
  fields: {
    created_at: 'created_at',
    name: 'lower(name)',
  },
});
const LISTS = sortedStatements(
  'pools-list',
  POOL_SORTING,
  (order) => `SELECT ${POOL_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $6 OFFSET $7`,
);
const COUNT = statement('pools-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('pools-get', `SELECT ${POOL_COLUMNS} FROM ip_pools WHERE id = $1`);
// Addresses of IPv4 are rows; of IPv6 units those that were never given away are not.
const UTILISATION = statement(
  'pools-utilisation',
  `SELECT total::float8, used::float8, quarantined::float8, reserved::float8, (total - used - quarantined - reserved)::float8 AS free
     FROM (SELECT CASE p.kind WHEN 'ipv4' THEN a.total ELSE 1::bigint << (p.unit_length - masklen(p.prefix)) END AS total,
                  a.used + u.used AS used, a.quarantined + u.quarantined AS quarantined, a.reserved + u.reserved AS reserved
             FROM ip_pools p
             CROSS JOIN LATERAL (
               SELECT count(*) AS total, count(*) FILTER (WHERE service_id IS NOT NULL) AS used,
                      count(*) FILTER (WHERE service_id IS NULL AND (reservation_id IS NOT NULL OR withheld)) AS reserved,
                      count(*) FILTER (WHERE service_id IS NULL AND reservation_id IS NULL AND NOT withheld AND free_from > now()) AS quarantined
                 FROM ip_addresses WHERE pool_id = p.id) a
             CROSS JOIN LATERAL (
               SELECT count(*) FILTER (WHERE service_id IS NOT NULL) AS used,
                      count(*) FILTER (WHERE service_id IS NULL AND reservation_id IS NOT NULL) AS reserved,
                      count(*) FILTER (WHERE service_id IS NULL AND reservation_id IS NULL AND free_from > now()) AS quarantined
                 FROM ip_units WHERE pool_id = p.id) u
            WHERE p.id = $1) counted`,
);

const UNITS = `SELECT host(address) AS address, address AS place, service_id, reservation_id, withheld, free_from, assigned_at
    FROM ip_addresses WHERE pool_id = $1
  UNION ALL
  SELECT prefix::text, prefix::inet, service_id, reservation_id, false, free_from, assigned_at FROM ip_units WHERE pool_id = $1`;
/** The state of a row of addresses or units, called x. */
export const STATE = `CASE WHEN x.service_id IS NOT NULL THEN 'assigned' WHEN x.reservation_id IS NOT NULL OR x.withheld THEN 'reserved'
  WHEN x.free_from > now() THEN 'quarantined' ELSE 'free' END`;
const IN_STATE = `FROM (${UNITS}) x WHERE $2::text IS NULL OR ${STATE} = $2`;
// Services and reservations stand behind their partners' walls: who may not see them sees that the address is taken.
const ADDRESSES = statement(
  'pools-addresses',
  `SELECT y.address, y.state, s.id AS "serviceId", coalesce(s.customer_id, r.customer_id) AS "customerId", r.id AS "reservationId",
          y.assigned_at AS "assignedAt", y.quarantined_until AS "quarantinedUntil"
     FROM (SELECT x.address, x.place, x.service_id, x.reservation_id, ${STATE} AS state,
                  CASE WHEN x.service_id IS NOT NULL THEN x.assigned_at END AS assigned_at,
                  CASE WHEN x.service_id IS NULL AND x.free_from > now() THEN x.free_from END AS quarantined_until
             ${IN_STATE} ORDER BY x.place LIMIT $3 OFFSET $4) y
     LEFT JOIN services s ON s.id = y.service_id LEFT JOIN ip_reservations r ON r.id = y.reservation_id
    ORDER BY y.place`,
);
const ADDRESS_COUNT = statement('pools-address-count', `SELECT count(*)::integer AS total ${IN_STATE}`);

export interface PoolFilter {
  readonly vrfId?: number | undefined;
  readonly deviceId?: number | undefined;
  readonly prefixId?: number | undefined;
  readonly kind?: PoolKind | undefined;
  readonly status?: PoolStatus | undefined;
}

export type PoolWithUtilisation = PoolView & { readonly utilisation: Utilisation };

@Injectable()
export class PoolQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(
    actor: Actor,
    { vrfId, deviceId, prefixId, kind, status }: PoolFilter,
    { limit, offset, sort }: SortedSlice<typeof POOL_SORTING>,
  ) {
    const values = [vrfId ?? null, deviceId ?? null, prefixId ?? null, kind ?? null, status ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PoolView>(LISTS.of(sort), [...values, limit, offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `network.pool.not_found` */
  get(actor: Actor, id: number): Promise<PoolWithUtilisation> {
    return this.uow.run(actor, async (tx) => {
      const [pool, utilisation] = await Promise.all([
        tx.one<PoolView>(GET, [id]),
        tx.one<Utilisation>(UTILISATION, [id]),
      ]);
      if (!pool || !utilisation) throw ipamErrors('network.pool.not_found');
      return { ...pool, utilisation };
    });
  }

  /** A pool's addresses in order; of an IPv6 pool the units that are or were in use. @throws `network.pool.not_found` */
  addresses(actor: Actor, id: number, state: AddressState | undefined, { limit, offset }: Slice) {
    return this.uow.run(actor, async (tx) => {
      const [pool, rows, count] = await Promise.all([
        tx.one<PoolView>(GET, [id]),
        tx.query<PooledAddressView>(ADDRESSES, [id, state ?? null, limit, offset]),
        tx.one<{ total: number }>(ADDRESS_COUNT, [id, state ?? null]),
      ]);
      if (!pool) throw ipamErrors('network.pool.not_found');
      return { rows, total: count?.total ?? 0 };
    });
  }
}
