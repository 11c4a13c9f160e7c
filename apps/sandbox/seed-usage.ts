import { executeAsOwner } from '@isp/platform/database';

/** Days before today that sessions are there of, and the last of them that have samples of five minutes. */
const DAYS = 62;
const SAMPLED_DAYS = 3;

// As Session-Timeout makes them: a session a day, from midnight on in the partner's zone. How much it carried follows
// from the service and the day, by arithmetic that is the same everywhere; weekends are busier.
const SESSIONS = `
  WITH lines AS (
    SELECT s.id, s.partner_id, s.customer_id, replace(s.guid::text, '-', '') || '@isp.internal' AS username, p.time_zone,
           (now() AT TIME ZONE p.time_zone)::date AS today, (s.activated_at AT TIME ZONE p.time_zone)::date AS first, (s.id::bigint * 7919 % 101) / 100.0 AS heavy
      FROM services s JOIN partners p ON p.id = s.partner_id
     WHERE s.service_type = 'internet' AND s.status IN ('provisioning', 'active', 'suspended')
       AND NOT EXISTS (SELECT FROM radius.radacct r WHERE r.acctstarttime < now() - interval '2 days')),
  carried AS (
    SELECT l.*, d.day, d.day::timestamp AT TIME ZONE l.time_zone AS begun,
           (d.day + 1)::timestamp AT TIME ZONE l.time_zone - make_interval(secs => 1 + l.id % 60) AS ended,
           floor(1e9 * (0.4 + 8 * l.heavy * l.heavy) * CASE WHEN extract(isodow FROM d.day) > 5 THEN 1.4 ELSE 1 END
             * (0.5 + ((l.id::bigint * 31337 + (d.day - date '2020-01-01') * 104729) % 997) / 997.0))::bigint AS down
      FROM lines l, LATERAL (SELECT l.today - n AS day FROM generate_series(1, $1::integer) n) d WHERE d.day >= l.first)
  INSERT INTO radius.radacct (acctuniqueid, acctsessionid, username, partner_id, customer_id, service_id, nasipaddress, nasidentifier,
         acctstarttime, acctupdatetime, acctstoptime, acctsessiontime, acctinputoctets, acctoutputoctets, acctipv6inputoctets,
         acctipv6outputoctets, acctterminatecause, counters, gigawords, heard_at, closed_by)
  SELECT md5('past:' || c.id || ':' || c.day), to_char(c.day, 'YYYYMMDD') || lpad(to_hex(c.id), 8, '0'), c.username, c.partner_id, c.customer_id, c.id,
         n.nas_address, n.nas_identifier, c.begun, c.ended, c.ended, extract(epoch FROM c.ended - c.begun)::bigint,
         o.up, c.down, o.up * 2 / 5, c.down * 2 / 5, 'Session-Timeout', ARRAY[o.up, c.down, o.up * 2 / 5, c.down * 2 / 5], true, c.ended, 'nas'
    FROM carried c CROSS JOIN LATERAL (SELECT (c.down / (8 + c.id % 9))::bigint AS up) o
   CROSS JOIN LATERAL (SELECT nas_address, nas_identifier FROM devices WHERE nas_address IS NOT NULL ORDER BY id LIMIT 1) n
   ORDER BY c.begun, c.id
  ON CONFLICT (acctuniqueid) DO NOTHING`;

/** Parts of a day's traffic by the hour of the partner's clock. */
const HOURS = [2, 1, 1, 1, 1, 2, 4, 6, 6, 5, 5, 6, 7, 7, 7, 8, 9, 11, 14, 18, 20, 18, 12, 6];
// The samples of a session add up to it, and its mark says that it has become samples.
const SAMPLES = `
  WITH sessions AS MATERIALIZED (
    SELECT r.radacctid, r.partner_id, r.customer_id, r.service_id, r.acctstarttime AS begun, r.acctstoptime AS ended, r.acctinputoctets AS up,
           r.acctoutputoctets AS down, p.time_zone
      FROM radius.radacct r JOIN partners p ON p.id = r.partner_id
     WHERE r.acctstarttime > now() - make_interval(days => $1::integer + 1) AND r.acctterminatecause = 'Session-Timeout'
       AND r.acctuniqueid = md5('past:' || r.service_id || ':' || (r.acctstarttime AT TIME ZONE p.time_zone)::date)
       AND NOT EXISTS (SELECT FROM bandwidth_cursors c WHERE c.radacctid = r.radacctid)),
  marked AS (
    INSERT INTO bandwidth_cursors (radacctid, partner_id, at, input_octets, output_octets) SELECT radacctid, partner_id, ended, up, down FROM sessions),
  slots AS (
    SELECT s.*, t.at, ($2::integer[])[1 + extract(hour FROM t.at AT TIME ZONE s.time_zone)::integer] AS weight
      FROM sessions s, LATERAL generate_series(s.begun, s.ended, interval '5 minutes') t (at)),
  spread AS (
    SELECT *, sum(weight) OVER slot AS upto, sum(weight) OVER (PARTITION BY radacctid) AS whole FROM slots
    WINDOW slot AS (PARTITION BY radacctid ORDER BY at))
  INSERT INTO bandwidth_samples (partner_id, customer_id, service_id, at, input_octets, output_octets)
  SELECT partner_id, customer_id, service_id, at, up * upto / whole - up * (upto - weight) / whole, down * upto / whole - down * (upto - weight) / whole
    FROM spread ON CONFLICT (service_id, at) DO NOTHING`;

/**
 * What the sandbox's services carried before it was there, as though it had taken them over from another system: sessions,
 * from which the trigger of accounting makes the daily usage, and samples of the last days. Made once, by the owner of
 * the schema, since the application may not make up accounting.
 */
export function seedUsage(ownerUrl: string): Promise<void> {
  return executeAsOwner(ownerUrl, [
    [SESSIONS, [DAYS]],
    [SAMPLES, [SAMPLED_DAYS, HOURS]],
  ]);
}
