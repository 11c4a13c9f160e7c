import type { SqlMigration } from '../migration.js';

/**
 * What each session was granted is on its row, so that the network can be compared with what is wanted of it; and the
 * differences that were found, with their cause and their repair.
 */
export const convergence: SqlMigration = {
  name: '0150-convergence',
  up: `
INSERT INTO role_permissions (role, permission) VALUES
  ('noc', 'drift.read'), ('noc', 'drift.repair'), ('support', 'drift.read') ON CONFLICT DO NOTHING;

ALTER TABLE radius.radacct
  -- Out of our own Class, and changed with every CoA that was acknowledged. NULL: a session that was opened without.
  ADD granted_version integer,
  ADD granted_access text CHECK (granted_access IN ('open', 'walled_garden')),
  ADD granted_download_kbps integer,
  ADD granted_upload_kbps integer,
  -- The NAS acknowledged a Disconnect; its Stop is on its way.
  ADD disconnected_at timestamptz,
  DROP CONSTRAINT radacct_closed_by_check,
  -- gone: its NAS said that there is no such session.
  ADD CONSTRAINT radacct_closed_by_check CHECK (closed_by IN ('nas', 'reload', 'silence', 'reused', 'gone'));
GRANT UPDATE (granted_version, granted_access, granted_download_kbps, granted_upload_kbps, disconnected_at)
  ON radius.radacct TO isp_app;

-- svc:<service>:<version>:<access>:<download>:<upload>, or svc:<service> alone, as octets in hexadecimal.
CREATE FUNCTION radius.class_parts(class text) RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN class ~ '^0x7376633a(3[0-9]){1,9}(3a(3[0-9]){1,9}3a(6f70656e|77616c6c65645f67617264656e)3a(3[0-9]){1,9}3a(3[0-9]){1,9})?$'
    THEN string_to_array(convert_from(decode(substr(class, 3), 'hex'), 'UTF8'), ':') END
$$;
REVOKE ALL ON FUNCTION radius.class_parts FROM PUBLIC;

-- Two places in two functions change, and all the rest of them stays as it is.
DO $$
DECLARE
  before text := pg_get_functiondef('radius.account'::regproc);
  after text := before;
BEGIN
  after := replace(after, $x$IF class ~ '^0x7376633a(3[0-9]){1,9}$' THEN$x$, $x$IF radius.class_parts(class) IS NOT NULL THEN$x$);
  after := replace(after, $x$substr(convert_from(decode(substr(class, 3), 'hex'), 'UTF8'), 5)::integer$x$, $x$(radius.class_parts(class))[2]::integer$x$);
  after := replace(after, $x$counters, gigawords, heard_at, closed_by)$x$,
    $x$counters, gigawords, heard_at, closed_by, granted_version, granted_access, granted_download_kbps, granted_upload_kbps)$x$);
  after := replace(after, $x$wide, received, CASE WHEN stops THEN 'nas' END)$x$,
    $x$wide, received, CASE WHEN stops THEN 'nas' END, (radius.class_parts(class))[3]::integer, (radius.class_parts(class))[4],
    (radius.class_parts(class))[5]::integer, (radius.class_parts(class))[6]::integer)$x$);
  IF 0 IN (strpos(after, 'class_parts(class) IS NOT NULL'), strpos(after, 'class_parts(class))[2]'),
           strpos(after, 'closed_by, granted_version'), strpos(after, 'class_parts(class))[6]')) THEN RAISE EXCEPTION 'radius.account is not what it was'; END IF;
  EXECUTE after;

  before := pg_get_functiondef('radius.auth_reply'::regproc);
  after := replace(before, $x$'svc:' || s.service_id$x$,
    $x$concat_ws(':', 'svc', s.service_id, s.desired_version, s.access, s.download_kbps, s.upload_kbps)$x$);
  IF after = before THEN RAISE EXCEPTION 'radius.auth_reply is not what it was'; END IF;
  EXECUTE after;
END $$;

ALTER TABLE subscribers ADD convergence_attempts integer NOT NULL DEFAULT 0;
CREATE INDEX subscribers_trouble ON subscribers (partner_id, service_id) WHERE convergence <> 'confirmed';

CREATE TABLE network_drifts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- A session of nobody is the operator's, and has neither customer nor service.
  partner_id integer NOT NULL,
  customer_id integer,
  service_id integer,
  session_id bigint,
  kind text NOT NULL CHECK (kind IN ('commercial', 'unconfirmed', 'closed', 'access', 'address', 'rate', 'unknown')),
  desired text NOT NULL,
  observed text NOT NULL,
  cause text NOT NULL,
  detected_at timestamptz NOT NULL DEFAULT now(),
  repaired_at timestamptz,
  repair text,
  -- How often it was put to work.
  attempts integer NOT NULL DEFAULT 0,
  CHECK ((service_id IS NULL) = (kind = 'unknown')),
  CHECK (repaired_at IS NULL OR repair IS NOT NULL)
);
CREATE UNIQUE INDEX network_drifts_one_open ON network_drifts (service_id, kind, session_id) NULLS NOT DISTINCT WHERE repaired_at IS NULL;
CREATE INDEX network_drifts_open ON network_drifts (id DESC) WHERE repaired_at IS NULL;
CREATE INDEX network_drifts_by_service ON network_drifts (service_id, id DESC);
CREATE INDEX network_drifts_by_partner ON network_drifts (partner_id, id DESC);
CREATE INDEX network_drifts_by_kind ON network_drifts (kind, id DESC);
CALL tenancy.protect('network_drifts', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON network_drifts TO isp_app;

-- Everything in which the network differs from what is wanted of it, at most one line a service and kind. A change that
-- is younger than the grace, and a session whose end was acknowledged within it, are on their way and no difference.
CREATE FUNCTION network_differences(grace_seconds float8)
RETURNS TABLE (partner_id integer, customer_id integer, service_id integer, session_id bigint, kind text, desired text, observed text, cause text)
LANGUAGE sql STABLE AS $$
  WITH settings AS (
    SELECT now() - make_interval(secs => grace_seconds) AS since, now() - make_interval(secs => 3 * c.interim_seconds) AS alive
      FROM radius.settings c),
  suspended AS (
    SELECT x.service_id, bool_and(x.walled_garden) AS walled FROM service_suspensions x WHERE x.ended_at IS NULL GROUP BY 1),
  wanted AS (
    SELECT u.*, CASE s.status WHEN 'terminated' THEN 'closed' WHEN 'active' THEN 'open'
             WHEN 'suspended' THEN CASE WHEN coalesce(x.walled, true) THEN 'walled_garden' ELSE 'closed' END END AS sold,
           s.status AS service_status
      FROM subscribers u JOIN services s ON s.id = u.service_id LEFT JOIN suspended x ON x.service_id = u.service_id),
  live AS (
    SELECT r.* FROM radius.radacct r, settings t
     WHERE r.acctstoptime IS NULL AND r.heard_at > t.alive AND (r.disconnected_at IS NULL OR r.disconnected_at < t.since)),
  sessions AS (
    SELECT w.partner_id, w.customer_id, w.service_id, w.access, w.address, w.download_kbps, w.upload_kbps, w.desired_version, r.granted_version,
           r.framedipaddress, r.granted_download_kbps, r.granted_upload_kbps, r.acctsessionid,
           coalesce(r.granted_access, CASE WHEN r.framedipaddress = w.address OR w.access = 'closed' THEN 'open'
             WHEN r.framedipaddress IS NULL THEN w.access ELSE 'walled_garden' END) AS granted_access
      FROM live r JOIN wanted w ON w.service_id = r.service_id WHERE w.convergence = 'confirmed')
  SELECT w.partner_id, w.customer_id, w.service_id, NULL::bigint, 'commercial', w.sold, w.access,
         'the service is ' || w.service_status || ' and its subscriber is ' || w.access
    FROM wanted w WHERE w.sold <> w.access AND (w.address IS NOT NULL OR w.sold = 'closed')
  UNION ALL
  SELECT w.partner_id, w.customer_id, w.service_id, NULL, 'unconfirmed', 'version ' || w.desired_version, 'version ' || w.confirmed_version,
         coalesce(w.convergence || ': ' || w.convergence_error, 'nobody has confirmed it since ' || to_char(w.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
    FROM wanted w, settings t
   WHERE w.convergence <> 'confirmed' AND w.address IS NOT NULL AND w.changed_at < t.since
     AND w.service_status IN ('active', 'suspended', 'terminated')
  UNION ALL
  (SELECT DISTINCT ON (d.service_id, d.kind) d.partner_id, d.customer_id, d.service_id, NULL::bigint, d.kind, d.desired, d.observed,
          'session ' || d.acctsessionid || coalesce(' was opened under version ' || d.granted_version || ' of ' || d.desired_version, ' has no grant of ours')
     FROM (
       SELECT o.*, m.kind, m.desired, m.observed FROM sessions o CROSS JOIN LATERAL (VALUES
         ('closed', 'closed', o.granted_access, o.access = 'closed'),
         ('access', o.access, o.granted_access, o.access <> 'closed' AND o.granted_access <> o.access),
         ('address', host(o.address), host(o.framedipaddress),
           o.access = 'open' AND o.granted_access = 'open' AND o.framedipaddress <> o.address),
         ('rate', o.download_kbps || '/' || o.upload_kbps, o.granted_download_kbps || '/' || o.granted_upload_kbps,
           o.access = 'open' AND o.granted_access = 'open' AND (o.granted_download_kbps <> o.download_kbps OR o.granted_upload_kbps <> o.upload_kbps))
       ) m (kind, desired, observed, differs) WHERE m.differs) d
    ORDER BY d.service_id, d.kind)
  UNION ALL
  SELECT coalesce(r.partner_id, 1), r.customer_id, NULL, r.radacctid, 'unknown', 'no session', r.username || ' on ' || host(r.nasipaddress),
         'session ' || r.acctsessionid || ' belongs to no subscriber'
    FROM live r WHERE NOT EXISTS (SELECT FROM subscribers u WHERE u.service_id = r.service_id)
$$;
REVOKE ALL ON FUNCTION network_differences FROM PUBLIC;
GRANT EXECUTE ON FUNCTION network_differences TO isp_app;
`,
};
