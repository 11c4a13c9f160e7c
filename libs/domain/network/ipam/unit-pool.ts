import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';

export type UnitKind = 'ipv6' | 'delegated';

const POOLS = `pools AS MATERIALIZED (
     SELECT id, vrf_id, kind, prefix, unit_length, 1::bigint << (unit_length - masklen(prefix)) AS size
       FROM ip_pools WHERE router_id = $2 AND kind = $3 AND status = 'active')`;
const TAKEN = 'service_id = $1, assigned_at = greatest(clock_timestamp(), u.released_at)';
const NEW = `INSERT INTO ip_units (pool_id, position, vrf_id, kind, prefix, service_id, assigned_at)
     SELECT c.id, c.n, c.vrf_id, c.kind, nth_subnet(c.prefix, c.unit_length, c.n), $1, clock_timestamp() FROM chosen c
     ON CONFLICT DO NOTHING RETURNING prefix`;

// What the service holds, else what is kept for it or its customer, else what was its own before, else a unit by lot: most
// of an IPv6 pool is free, and whoever draws the same one at the same time is refused by the exclusion and tries again.
const ASSIGN = statement(
  'units-assign',
  `WITH ${POOLS},
   held AS MATERIALIZED (SELECT prefix FROM ip_units WHERE service_id = $1 AND kind = $3),
   former AS MATERIALIZED (
     SELECT u.pool_id, u.position FROM (
       SELECT u.pool_id, u.position, 1 AS turn
         FROM services s JOIN ip_reservations r ON r.partner_id = s.partner_id AND r.customer_id = s.customer_id
              AND coalesce(r.service_id, s.id) = s.id JOIN ip_units u ON u.reservation_id = r.id
        WHERE s.id = $1
       UNION ALL
       SELECT u.pool_id, u.position, 2 FROM ip_units u WHERE u.last_service_id = $1 AND u.reservation_id IS NULL) mine
       JOIN pools p ON p.id = mine.pool_id
       JOIN ip_units u ON u.pool_id = mine.pool_id AND u.position = mine.position
      WHERE u.service_id IS NULL AND NOT EXISTS (SELECT FROM held)
      ORDER BY mine.turn, u.released_at DESC NULLS LAST LIMIT 1 FOR UPDATE OF u SKIP LOCKED),
   own AS (
     UPDATE ip_units u SET ${TAKEN} FROM former f WHERE u.pool_id = f.pool_id AND u.position = f.position RETURNING u.prefix),
   chosen AS MATERIALIZED (
     SELECT p.*, floor(random() * p.size)::bigint AS n FROM pools p
      WHERE NOT EXISTS (SELECT FROM held) AND NOT EXISTS (SELECT FROM former) ORDER BY p.id LIMIT 1),
   fresh AS (${NEW})
   SELECT (SELECT count(*)::integer FROM pools) AS pools,
          (SELECT prefix::text FROM (TABLE held UNION ALL TABLE own UNION ALL TABLE fresh) one) AS prefix`,
);
// When lots keep falling on taken units: one out of quarantine, else one next to a taken one. Every gap begins behind a
// taken unit or at the first, so what this does not find is not there.
const SEARCH = statement(
  'units-search',
  `WITH ${POOLS},
   old AS MATERIALIZED (
     SELECT u.pool_id, u.position FROM ip_units u JOIN pools p ON p.id = u.pool_id
      WHERE u.service_id IS NULL AND u.reservation_id IS NULL AND u.free_from <= now() ORDER BY u.free_from LIMIT 1 FOR UPDATE OF u SKIP LOCKED),
   recycled AS (
     UPDATE ip_units u SET ${TAKEN} FROM old o WHERE u.pool_id = o.pool_id AND u.position = o.position RETURNING u.prefix),
   gaps AS MATERIALIZED (
     SELECT p.*, g.n FROM pools p CROSS JOIN LATERAL (
       SELECT 0::bigint AS n WHERE NOT EXISTS (SELECT FROM ip_units v WHERE v.pool_id = p.id AND v.position = 0)
       UNION ALL
       SELECT u.position + 1 FROM ip_units u WHERE u.pool_id = p.id AND u.position + 1 < p.size
          AND NOT EXISTS (SELECT FROM ip_units v WHERE v.pool_id = p.id AND v.position = u.position + 1)
       LIMIT 64) g),
   chosen AS MATERIALIZED (SELECT * FROM gaps WHERE NOT EXISTS (SELECT FROM old) ORDER BY random() LIMIT 1),
   fresh AS (${NEW})
   SELECT EXISTS (SELECT FROM gaps) AS "more", (SELECT prefix::text FROM (TABLE recycled UNION ALL TABLE fresh) one) AS prefix`,
);
const MAX_SEARCHES = 500;

/** IPv6 prefixes of the routers' pools: framed ones (one link, or one address) and delegated ones. */
@Injectable()
export class UnitPool {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * The prefix of a service on a router: the one it holds, one that is kept for it, the one it had, or a free one;
   * undefined when the router has no such pool. @throws `network.pool.exhausted`, `network.address.taken`
   */
  async assign(serviceId: number, routerId: number, kind: UnitKind): Promise<string | undefined> {
    try {
      return await this.take(serviceId, routerId, kind);
    } catch (error) {
      // The same service asked twice at the same time.
      if (violatedConstraint(error) === 'ip_units_service') throw networkErrors('network.address.taken');
      throw error;
    }
  }

  private async take(serviceId: number, routerId: number, kind: UnitKind): Promise<string | undefined> {
    const { tx } = this.uow;
    const values = [serviceId, routerId, kind];
    const found = await tx.one<{ pools: number; prefix: string | null }>(ASSIGN, values);
    if (found?.prefix) return found.prefix;
    if (!found?.pools) return undefined;
    for (let search = 0; search < MAX_SEARCHES; search += 1) {
      const next = await tx.one<{ more: boolean; prefix: string | null }>(SEARCH, values);
      if (next?.prefix) return next.prefix;
      if (!next?.more) break;
    }
    throw networkErrors('network.pool.exhausted');
  }
}
