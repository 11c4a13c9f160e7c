import type { SqlMigration } from '../migration.js';

/** How much and how fast: cheaper daily usage, five-minute samples of bandwidth, and what happened at the limits. */
export const usage: SqlMigration = {
  name: '0160-usage',
  up: `
-- The partner's calendar day that a session last counted into, and when it ends: within it an interim update needs no
-- time zone and touches one row by its key.
ALTER TABLE radius.radacct ADD usage_day date, ADD usage_day_ends timestamptz;

-- Called by radius.account alone, whose search_path it runs under; all names are qualified nevertheless.
CREATE FUNCTION radius.count_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.acctupdatetime < OLD.usage_day_ends THEN
    UPDATE public.usage_daily u SET
      input_octets = u.input_octets + (NEW.acctinputoctets - OLD.acctinputoctets),
      output_octets = u.output_octets + (NEW.acctoutputoctets - OLD.acctoutputoctets),
      ipv6_input_octets = u.ipv6_input_octets + (NEW.acctipv6inputoctets - OLD.acctipv6inputoctets),
      ipv6_output_octets = u.ipv6_output_octets + (NEW.acctipv6outputoctets - OLD.acctipv6outputoctets)
     WHERE u.service_id = NEW.service_id AND u.day = OLD.usage_day;
    IF FOUND THEN RETURN NULL; END IF;
  END IF;
  PERFORM radius.add_usage(NEW, OLD.acctupdatetime, ARRAY[
    NEW.acctinputoctets - OLD.acctinputoctets, NEW.acctoutputoctets - OLD.acctoutputoctets,
    NEW.acctipv6inputoctets - OLD.acctipv6inputoctets, NEW.acctipv6outputoctets - OLD.acctipv6outputoctets]);
  UPDATE radius.radacct r
     SET usage_day = d.day, usage_day_ends = (d.day + 1)::timestamp AT TIME ZONE d.time_zone
    FROM (SELECT p.time_zone, (NEW.acctupdatetime AT TIME ZONE p.time_zone)::date AS day
            FROM public.partners p WHERE p.id = NEW.partner_id) d
   WHERE r.radacctid = NEW.radacctid;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION radius.count_update FROM PUBLIC;
DROP TRIGGER usage_of_session ON radius.radacct;
CREATE TRIGGER usage_of_session AFTER UPDATE ON radius.radacct FOR EACH ROW
  WHEN (NEW.service_id IS NOT NULL AND (NEW.acctinputoctets <> OLD.acctinputoctets OR NEW.acctoutputoctets <> OLD.acctoutputoctets
    OR NEW.acctipv6inputoctets <> OLD.acctipv6inputoctets OR NEW.acctipv6outputoctets <> OLD.acctipv6outputoctets))
  EXECUTE FUNCTION radius.count_update();

-- A partner that moves to another time zone has other days from then on.
CREATE FUNCTION radius.forget_usage_days() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE radius.radacct SET usage_day = NULL, usage_day_ends = NULL
   WHERE partner_id = NEW.id AND (acctstoptime IS NULL OR heard_at > now() - interval '2 days');
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION radius.forget_usage_days FROM PUBLIC;
CREATE TRIGGER partners_time_zone AFTER UPDATE OF time_zone ON partners FOR EACH ROW
  WHEN (NEW.time_zone <> OLD.time_zone) EXECUTE FUNCTION radius.forget_usage_days();

-- What a service carried in the five minutes from an instant on. Five minutes without traffic have no row.
CREATE TABLE bandwidth_samples (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  at timestamptz NOT NULL,
  input_octets bigint NOT NULL CHECK (input_octets >= 0),
  output_octets bigint NOT NULL CHECK (output_octets >= 0),
  PRIMARY KEY (service_id, at)
) WITH (fillfactor = 85);
CREATE INDEX bandwidth_samples_by_partner ON bandwidth_samples (partner_id, at);
CALL tenancy.protect('bandwidth_samples', 'customer_id');
GRANT SELECT, INSERT, UPDATE, DELETE ON bandwidth_samples TO isp_app;

-- How far each session has become samples.
CREATE TABLE bandwidth_cursors (
  radacctid bigint PRIMARY KEY,
  partner_id integer NOT NULL,
  at timestamptz NOT NULL,
  input_octets bigint NOT NULL,
  output_octets bigint NOT NULL
) WITH (fillfactor = 70);
CALL tenancy.protect('bandwidth_cursors');
GRANT SELECT, INSERT, UPDATE, DELETE ON bandwidth_cursors TO isp_app;

-- A limit that a service reached in a month, what was done about it, and when that ended.
CREATE TABLE throttling_events (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  cause text NOT NULL CHECK (cause IN ('fair_use', 'data_limit')),
  action text NOT NULL CHECK (action IN ('throttle', 'walled_garden', 'none')),
  -- The first day of the month, in the partner's time zone.
  period date NOT NULL,
  at timestamptz NOT NULL,
  usage_bytes bigint NOT NULL,
  limit_bytes bigint NOT NULL,
  download_kbps integer CHECK (download_kbps > 0),
  upload_kbps integer CHECK (upload_kbps > 0),
  restored_at timestamptz,
  restored_by text CHECK (restored_by IN ('new_period', 'plan_change', 'manual', 'ended')),
  reason text,
  CHECK ((restored_at IS NULL) = (restored_by IS NULL)),
  CHECK ((action = 'throttle') = (download_kbps IS NOT NULL AND upload_kbps IS NOT NULL)),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
-- However many workers see it, a limit is reached once.
CREATE UNIQUE INDEX throttling_events_open ON throttling_events (service_id, cause) WHERE restored_at IS NULL;
CREATE INDEX throttling_events_by_service ON throttling_events (service_id, id DESC);
CREATE INDEX throttling_events_by_partner ON throttling_events (partner_id, id DESC);
CALL tenancy.protect('throttling_events', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON throttling_events TO isp_app;

-- Who was told that most of the month's fair use is gone.
CREATE TABLE usage_warnings (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  period date NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (service_id, period),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX usage_warnings_by_partner ON usage_warnings (partner_id);
CALL tenancy.protect('usage_warnings', 'customer_id');
GRANT SELECT, INSERT ON usage_warnings TO isp_app;

CREATE INDEX subscribers_throttled ON subscribers (service_id) WHERE throttled;

INSERT INTO role_permissions (role, permission) VALUES
  ('billing', 'usage.read'), ('support', 'usage.read'), ('noc', 'usage.read'), ('reseller_admin', 'usage.read'),
  ('reseller_read_only', 'usage.read'), ('isp', 'usage.read'), ('customer', 'usage.read'),
  ('support', 'usage.manage'), ('noc', 'usage.manage');
`,
};
