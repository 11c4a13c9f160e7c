import type { SqlMigration } from '../migration.js';

/**
 * The comparison of the whole network as three joins that keep nothing but what differs, so that its time and memory grow
 * with the network and not with a guess of the planner's; and static addresses on the record of their services.
 */
export const comparison: SqlMigration = {
  name: '0250-comparison',
  up: `
CREATE OR REPLACE FUNCTION network_differences(grace_seconds float8)
RETURNS TABLE (partner_id integer, customer_id integer, service_id integer, session_id bigint, kind text, desired text, observed text, cause text)
LANGUAGE sql STABLE AS $$
  WITH settings AS MATERIALIZED (
    SELECT now() - make_interval(secs => grace_seconds) AS since, now() - make_interval(secs => 3 * c.interim_seconds) AS alive
      FROM radius.settings c),
  suspended AS MATERIALIZED (
    SELECT x.service_id, bool_and(x.walled_garden) AS walled FROM service_suspensions x WHERE x.ended_at IS NULL GROUP BY 1),
  live AS NOT MATERIALIZED (
    SELECT r.radacctid, r.acctsessionid, r.username, r.nasipaddress, r.partner_id, r.customer_id, r.service_id, r.framedipaddress,
           r.granted_version, r.granted_access, r.granted_download_kbps, r.granted_upload_kbps
      FROM radius.radacct r
     WHERE r.acctstoptime IS NULL AND r.heard_at > (SELECT alive FROM settings)
       AND (r.disconnected_at IS NULL OR r.disconnected_at < (SELECT since FROM settings)))
  SELECT w.partner_id, w.customer_id, w.service_id, NULL::bigint, 'commercial', w.sold, w.access,
         'the service is ' || w.status || ' and its subscriber is ' || w.access
    FROM (
      SELECT u.partner_id, u.customer_id, u.service_id, u.access, u.address, s.status,
             CASE s.status WHEN 'terminated' THEN 'closed' WHEN 'active' THEN 'open'
               WHEN 'suspended' THEN CASE WHEN coalesce(x.walled, true) THEN 'walled_garden' ELSE 'closed' END END AS sold
        FROM subscribers u JOIN services s ON s.id = u.service_id LEFT JOIN suspended x ON x.service_id = u.service_id) w
   WHERE w.sold <> w.access AND (w.address IS NOT NULL OR w.sold = 'closed')
  UNION ALL
  SELECT u.partner_id, u.customer_id, u.service_id, NULL, 'unconfirmed', 'version ' || u.desired_version, 'version ' || u.confirmed_version,
         coalesce(u.convergence || ': ' || u.convergence_error, 'nobody has confirmed it since ' || to_char(u.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
    FROM subscribers u JOIN services s ON s.id = u.service_id
   WHERE u.convergence <> 'confirmed' AND u.address IS NOT NULL AND u.changed_at < (SELECT since FROM settings)
     AND s.status IN ('active', 'suspended', 'terminated')
  UNION ALL
  (SELECT DISTINCT ON (d.service_id, m.kind) d.partner_id, d.customer_id, d.service_id, NULL::bigint, m.kind, m.desired, m.observed,
          'session ' || d.acctsessionid || coalesce(' was opened under version ' || d.granted_version || ' of ' || d.desired_version, ' has no grant of ours')
     FROM (
       SELECT u.partner_id, u.customer_id, u.service_id, u.access, u.address, u.download_kbps, u.upload_kbps, u.desired_version,
              r.acctsessionid, r.framedipaddress, r.granted_version, r.granted_download_kbps, r.granted_upload_kbps, g.granted,
              u.access = 'open' AND g.granted = 'open' AS both_open
         FROM live r JOIN subscribers u ON u.service_id = r.service_id
        CROSS JOIN LATERAL (
          SELECT coalesce(r.granted_access, CASE WHEN r.framedipaddress = u.address OR u.access = 'closed' THEN 'open'
                   WHEN r.framedipaddress IS NULL THEN u.access ELSE 'walled_garden' END) AS granted) g
        WHERE u.convergence = 'confirmed'
          -- All that is as it should be goes no further than here.
          AND (u.access = 'closed' OR g.granted <> u.access OR r.framedipaddress <> u.address
               OR r.granted_download_kbps <> u.download_kbps OR r.granted_upload_kbps <> u.upload_kbps)) d
    CROSS JOIN LATERAL (VALUES
      ('closed', 'closed', d.granted, d.access = 'closed'),
      ('access', d.access, d.granted, d.access <> 'closed' AND d.granted <> d.access),
      ('address', host(d.address), host(d.framedipaddress), d.both_open AND d.framedipaddress <> d.address),
      ('rate', d.download_kbps || '/' || d.upload_kbps, d.granted_download_kbps || '/' || d.granted_upload_kbps,
        d.both_open AND (d.granted_download_kbps <> d.download_kbps OR d.granted_upload_kbps <> d.upload_kbps))) m (kind, desired, observed, differs)
    WHERE m.differs ORDER BY d.service_id, m.kind)
  UNION ALL
  SELECT coalesce(r.partner_id, 1), r.customer_id, NULL, r.radacctid, 'unknown', 'no session', r.username || ' on ' || host(r.nasipaddress),
         'session ' || r.acctsessionid || ' belongs to no subscriber'
    FROM live r WHERE NOT EXISTS (SELECT FROM subscribers u WHERE u.service_id = r.service_id)
$$;

-- What was reserved as a static address without anybody having named it is the service's all the same.
UPDATE services s SET static_address = r.address, version = version + 1, updated_at = now()
  FROM ip_reservations r
 WHERE r.service_id = s.id AND r.note = 'static address' AND family(r.address) = 4 AND s.static_ip AND s.static_address IS NULL;
`,
};
