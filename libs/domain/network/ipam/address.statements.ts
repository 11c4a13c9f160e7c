import { rowsOf, statement } from '@isp/platform/database';

const ASSIGNED = `host(x.address) AS address, masklen(p.base_prefix) AS "prefixLength", p.vrf_id AS "vrfId"`;

export const HELD = statement(
  'addresses-held',
  `SELECT ${ASSIGNED}, x.address = $2::inet AS wanted
     FROM ip_addresses x JOIN ip_pools p ON p.id = x.pool_id WHERE x.service_id = $1`,
);

// What the service holds, else what is reserved for it or its customer, else what was its own before.
export const ASSIGN_OWN = statement(
  'addresses-assign-own',
  `WITH held AS MATERIALIZED (
     SELECT pool_id, address FROM ip_addresses WHERE service_id = $1),
   own AS MATERIALIZED (
     SELECT mine.pool_id, mine.address FROM (
       SELECT a.pool_id, a.address, 1 AS turn
         FROM services s JOIN ip_reservations r ON r.partner_id = s.partner_id AND r.customer_id = s.customer_id
              AND coalesce(r.service_id, s.id) = s.id JOIN ip_addresses a ON a.reservation_id = r.id
        WHERE s.id = $1 AND a.service_id IS NULL
       UNION ALL
       SELECT a.pool_id, a.address, 2 FROM ip_addresses a
        WHERE a.last_service_id = $1 AND a.service_id IS NULL AND a.reservation_id IS NULL) mine
       JOIN ip_pools p ON p.id = mine.pool_id AND p.router_id = $2 AND p.status = 'active'
      WHERE NOT EXISTS (SELECT FROM held) ORDER BY mine.turn, mine.address LIMIT 1),
   taken AS (
     UPDATE ip_addresses a SET service_id = $1, assigned_at = greatest(clock_timestamp(), a.released_at)
       FROM own WHERE a.pool_id = own.pool_id AND a.address = own.address AND a.service_id IS NULL
     RETURNING a.pool_id, a.address)
   SELECT ${ASSIGNED} FROM (TABLE held UNION ALL TABLE taken) x JOIN ip_pools p ON p.id = x.pool_id`,
);

// What has been free the longest, for a service that has nothing. Rows that another transaction is taking are skipped,
// never waited for.
const IS_FREE = 'i.service_id IS NULL AND i.reservation_id IS NULL AND NOT i.withheld AND i.free_from <= now()';

export const ASSIGN_FREE = statement(
  'addresses-assign-free',
  `UPDATE ip_addresses a SET service_id = $1, assigned_at = greatest(clock_timestamp(), a.released_at)
    WHERE (a.pool_id, a.address) = (
        SELECT f.pool_id, f.address
          FROM (SELECT id FROM ip_pools WHERE router_id = $2 AND kind = 'ipv4' AND status = 'active' ORDER BY id) p
          CROSS JOIN LATERAL (
            SELECT i.pool_id, i.address FROM ip_addresses i
             WHERE i.pool_id = p.id AND ${IS_FREE} ORDER BY i.free_from, i.address LIMIT 1 FOR UPDATE SKIP LOCKED) f LIMIT 1)
      AND NOT EXISTS (SELECT FROM ip_addresses WHERE service_id = $1)
   RETURNING host(a.address) AS address, a.vrf_id AS "vrfId",
     (SELECT masklen(p.base_prefix) FROM ip_pools p WHERE p.id = a.pool_id) AS "prefixLength"`,
);

/*
 * A service that is new to the network has nothing to leave and nothing of its own to come back to, and most routers have
 * neither IPv6 pools nor ranges of VLANs. So this looks what there is for each of several services, and takes a free address
 * ($2) for those of which there is nothing that comes before one. Whoever gives a service something at the same time meets
 * the constraints.
 */
export const ASSIGN_FIRST = statement(
  'addresses-assign-first-all',
  `WITH look AS MATERIALIZED (
     SELECT n.id, n.take,
            EXISTS (SELECT FROM ip_addresses x WHERE x.service_id = n.id) OR EXISTS (SELECT FROM ip_units x WHERE x.service_id = n.id)
              OR EXISTS (SELECT FROM vlans x WHERE x.service_id = n.id) AS holds,
            EXISTS (SELECT FROM ip_addresses x WHERE x.last_service_id = n.id)
              OR EXISTS (SELECT FROM ip_reservations r WHERE r.partner_id = s.partner_id AND r.customer_id = s.customer_id) AS own
       FROM ${rowsOf('integer', 'boolean')} AS n(id, take) LEFT JOIN services s ON s.id = n.id),
   router AS MATERIALIZED (
     SELECT EXISTS (SELECT FROM ip_pools WHERE router_id = $3 AND kind IN ('ipv6', 'delegated') AND status = 'active') AS units,
            EXISTS (SELECT FROM vlans WHERE device_id = $3 AND automatic) AS vlans),
   takers AS MATERIALIZED (
     SELECT id, row_number() OVER () AS place FROM look WHERE take AND NOT holds AND NOT own),
   free AS MATERIALIZED (
     SELECT f.pool_id, f.address
       FROM (SELECT id FROM ip_pools WHERE router_id = $3 AND kind = 'ipv4' AND status = 'active' ORDER BY id) p
       CROSS JOIN LATERAL (
         SELECT i.pool_id, i.address FROM ip_addresses i
          WHERE i.pool_id = p.id AND ${IS_FREE} ORDER BY i.free_from, i.address
          LIMIT (SELECT count(*) FROM takers) FOR UPDATE SKIP LOCKED) f
      LIMIT (SELECT count(*) FROM takers)),
   given AS MATERIALIZED (SELECT pool_id, address, row_number() OVER () AS place FROM free),
   taken AS (
     UPDATE ip_addresses a SET service_id = t.id, assigned_at = greatest(clock_timestamp(), a.released_at)
       FROM given g JOIN takers t USING (place) WHERE a.pool_id = g.pool_id AND a.address = g.address
     RETURNING a.service_id, host(a.address) AS address, a.vrf_id AS "vrfId",
       (SELECT masklen(p.base_prefix) FROM ip_pools p WHERE p.id = a.pool_id) AS "prefixLength")
   SELECT l.id AS "serviceId", l.holds, r.units, r.vlans, t.address, t."prefixLength", t."vrfId"
     FROM look l CROSS JOIN router r LEFT JOIN taken t ON t.service_id = l.id`,
);

export const ASSIGN_WANTED = statement(
  'addresses-assign-wanted',
  `WITH taken AS (
     UPDATE ip_addresses a SET service_id = $1, assigned_at = greatest(clock_timestamp(), a.released_at)
       FROM ip_pools p WHERE p.id = a.pool_id AND p.router_id = $2 AND p.status = 'active' AND a.address = $3::inet
        AND a.service_id IS NULL AND (a.free_from <= now() OR a.last_service_id = $1)
        AND (a.reservation_id IS NULL OR EXISTS (
          SELECT FROM ip_reservations r JOIN services s ON s.id = $1 AND s.partner_id = r.partner_id AND s.customer_id = r.customer_id
           WHERE r.id = a.reservation_id AND coalesce(r.service_id, s.id) = s.id))
     RETURNING a.pool_id, a.address)
   SELECT ${ASSIGNED} FROM taken x JOIN ip_pools p ON p.id = x.pool_id LIMIT 1`,
);

/** The prefixes of a router (of all routers when absent) that hold an address, the longest first. */
export const ROUTED = statement(
  'addresses-routed',
  `SELECT masklen(x.prefix) AS "prefixLength", a.pool_id IS NOT NULL AS pooled
     FROM prefixes x LEFT JOIN ip_addresses a ON a.vrf_id = x.vrf_id AND a.address = $2::inet
    WHERE x.role = 'assignment' AND x.device_id IS NOT NULL AND ($1::integer IS NULL OR x.device_id = $1) AND x.prefix >>= $2::inet
    ORDER BY masklen(x.prefix) DESC`,
);

const FREED = `service_id = NULL, last_service_id = $1, released_at = greatest(clock_timestamp(), x.assigned_at),
  free_from = greatest(clock_timestamp(), x.assigned_at) + make_interval(secs => $2)`;
const NOTE = `INSERT INTO address_history (partner_id, customer_id, service_id, vrf_id, address, during)
  SELECT s.partner_id, s.customer_id, s.id, e.vrf_id, e.address, tstzrange(e.assigned_at, e.released_at)
    FROM ended e JOIN services s ON s.id = $1 WHERE e.assigned_at < e.released_at`;

/** $3: a router on which everything stays as it is. */
export const RELEASE = statement(
  'addresses-release',
  `WITH freed AS (
     UPDATE ip_addresses x SET ${FREED} FROM ip_pools p
      WHERE p.id = x.pool_id AND x.service_id = $1 AND ($3::integer IS NULL OR p.router_id <> $3)
     RETURNING x.vrf_id, x.address, x.assigned_at, x.released_at),
   units AS (
     UPDATE ip_units x SET ${FREED} FROM ip_pools p
      WHERE p.id = x.pool_id AND x.service_id = $1 AND ($3::integer IS NULL OR p.router_id <> $3)
     RETURNING x.vrf_id, x.prefix::inet AS address, x.assigned_at, x.released_at),
   ended AS (TABLE freed UNION ALL TABLE units),
   noted AS (${NOTE}),
   asked_for AS (
     DELETE FROM vlans WHERE service_id = $1 AND NOT automatic AND ($3::integer IS NULL OR device_id <> $3)),
   ranged AS (
     UPDATE vlans SET service_id = NULL, assigned_at = NULL
      WHERE service_id = $1 AND automatic AND ($3::integer IS NULL OR device_id <> $3))
   UPDATE subscribers SET address = NULL, ipv6_prefix = NULL, delegated_prefix = NULL, vlan_id = NULL, updated_at = now()
    WHERE service_id = $1 AND $3::integer IS NULL`,
);

export const RELEASE_ADDRESS = statement(
  'addresses-release-address',
  `WITH ended AS (
     UPDATE ip_addresses x SET ${FREED} WHERE x.service_id = $1
     RETURNING x.vrf_id, x.address, x.assigned_at, x.released_at)
   ${NOTE}`,
);
