import { statement } from '@isp/platform/database';
import { EVENT_COLUMNS } from './throttling.view.js';

/** How many services one transaction deals with. */
export const BATCH = 200;
const WARN_AT = 0.8;

// $1: now. The month of each partner's calendar, the services with a limit and what they carried in it.
const USED = `months AS (
     SELECT p.id AS partner_id, m.first::date AS period, (m.first + interval '1 month')::date AS next
       FROM partners p, LATERAL (SELECT date_trunc('month', $1::timestamptz AT TIME ZONE p.time_zone) AS first) m),
   limited AS (
     SELECT s.id AS service_id, s.partner_id, s.customer_id, s.status, m.period, m.next,
            v.fair_use_limit_gb * 1000000000::bigint AS fair_use, s.data_limit_gb * 1000000000::bigint AS data_limit,
            (v.throttled_download_mbps * 1000)::integer AS download_kbps, (v.throttled_upload_mbps * 1000)::integer AS upload_kbps
       FROM services s JOIN months m USING (partner_id) JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version)`;
const SUM = `LATERAL (SELECT coalesce(sum(u.input_octets + u.output_octets), 0)::bigint AS bytes FROM usage_daily u
     WHERE u.service_id = l.service_id AND u.day >= l.period AND u.day < l.next) used`;
const LIVE = `l.status IN ('active', 'suspended') AND (l.fair_use IS NOT NULL OR l.data_limit IS NOT NULL)`;

/**
 * Notes limits that were reached; $2: the action at a data limit. The index of open events lets one of any number of
 * workers do it. Who was let off by a person is left alone below a limit of that size for the rest of the month.
 */
export const REACH = statement(
  'limits-reach',
  `WITH ${USED},
   reached AS (
     SELECT l.*, used.bytes, c.cause, c.bytes AS limit_bytes,
            CASE WHEN c.cause = 'fair_use' OR $2 = 'throttle' THEN CASE WHEN l.download_kbps IS NULL THEN 'none' ELSE 'throttle' END ELSE $2 END AS action
       FROM limited l, ${SUM}, LATERAL (VALUES ('fair_use', l.fair_use), ('data_limit', l.data_limit)) c (cause, bytes)
      WHERE ${LIVE} AND used.bytes > c.bytes
        AND NOT EXISTS (SELECT FROM throttling_events e WHERE e.service_id = l.service_id AND e.cause = c.cause
                           AND (e.restored_at IS NULL OR (e.period = l.period AND e.restored_by = 'manual' AND e.limit_bytes >= c.bytes)))
      ORDER BY l.service_id LIMIT ${BATCH})
   INSERT INTO throttling_events AS e (partner_id, customer_id, service_id, cause, action, period, at, usage_bytes, limit_bytes, download_kbps, upload_kbps)
   SELECT partner_id, customer_id, service_id, cause, action, period, $1, bytes, limit_bytes,
          CASE WHEN action = 'throttle' THEN download_kbps END, CASE WHEN action = 'throttle' THEN upload_kbps END FROM reached
   ON CONFLICT DO NOTHING RETURNING ${EVENT_COLUMNS}`,
);

/** Ends what no longer holds: the month is over, the plan allows more, or the service is gone. */
export const RELEASE = statement(
  'limits-release',
  `WITH ${USED},
   over AS (
     SELECT e.id, CASE WHEN l.status = 'terminated' THEN 'ended' WHEN e.period <> l.period THEN 'new_period' ELSE 'plan_change' END AS restored_by
       FROM throttling_events e JOIN limited l USING (service_id), ${SUM},
            LATERAL (SELECT CASE e.cause WHEN 'fair_use' THEN l.fair_use ELSE l.data_limit END AS bytes) c
      WHERE e.restored_at IS NULL
        AND (l.status = 'terminated' OR (e.cause <> 'payment'
          AND (e.period <> l.period OR c.bytes IS NULL OR (c.bytes > e.limit_bytes AND used.bytes <= c.bytes))))
      LIMIT ${BATCH} FOR UPDATE OF e SKIP LOCKED)
   UPDATE throttling_events e SET restored_at = $1, restored_by = over.restored_by FROM over
    WHERE e.id = over.id AND e.restored_at IS NULL RETURNING ${EVENT_COLUMNS}`,
);

/** Who has used 80 % of what is fair, once a month. */
export const WARN = statement(
  'limits-warn',
  `WITH ${USED},
   near AS (
     SELECT l.*, used.bytes FROM limited l, ${SUM}
      WHERE l.status IN ('active', 'suspended') AND l.fair_use IS NOT NULL AND used.bytes >= l.fair_use * ${WARN_AT}
        AND NOT EXISTS (SELECT FROM usage_warnings w WHERE w.service_id = l.service_id AND w.period = l.period)
      ORDER BY l.service_id LIMIT ${BATCH}),
   told AS (
     INSERT INTO usage_warnings (partner_id, customer_id, service_id, period, at)
     SELECT partner_id, customer_id, service_id, period, $1 FROM near ON CONFLICT DO NOTHING RETURNING service_id)
   SELECT n.partner_id AS "partnerId", n.customer_id AS "customerId", n.service_id AS "serviceId", n.period::text AS period,
          n.bytes::float8 AS "usageBytes", n.fair_use::float8 AS "limitBytes" FROM near n JOIN told USING (service_id)`,
);

/** What a limit makes of a subscriber, where the subscriber is not so; $1: these services only, or all. */
export const ASTRAY = statement(
  'limits-astray',
  `SELECT b.service_id AS "serviceId", b.bandwidth_profile AS name, w.throttled, w.download_kbps AS "downloadKbps", w.upload_kbps AS "uploadKbps",
          CASE WHEN s.status = 'active' AND b.access <> 'closed' THEN w.access END AS access
     FROM (SELECT service_id FROM throttling_events WHERE restored_at IS NULL AND action <> 'none' AND $1::integer[] IS NULL
           UNION SELECT service_id FROM subscribers WHERE throttled AND $1::integer[] IS NULL
           UNION SELECT unnest($1::integer[])) o
     JOIN subscribers b USING (service_id) JOIN services s ON s.id = b.service_id JOIN bandwidth_profiles p ON p.name = b.bandwidth_profile,
     LATERAL (
       SELECT count(e.download_kbps) > 0 AS throttled, least(p.download_kbps, min(e.download_kbps)) AS download_kbps,
              least(p.upload_kbps, min(e.upload_kbps)) AS upload_kbps,
              CASE WHEN bool_or(e.action = 'walled_garden') THEN 'walled_garden' ELSE 'open' END AS access
         FROM throttling_events e WHERE e.service_id = b.service_id AND e.restored_at IS NULL AND e.action <> 'none') w
    WHERE s.status <> 'terminated'
      AND ((w.throttled, w.download_kbps, w.upload_kbps) IS DISTINCT FROM (b.throttled, b.download_kbps, b.upload_kbps)
        OR (s.status = 'active' AND b.access <> 'closed' AND w.access <> b.access))
    LIMIT 1000`,
);
