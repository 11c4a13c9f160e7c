import type { SqlMigration } from '../migration.js';
import { RADIUS_ACCOUNTING } from './radius/accounting.js';
import { RADIUS_LOGIN } from './radius/login.js';

/**
 * RADIUS: what a FreeRADIUS server may ask and tell us. Its role can call the functions made here and do nothing else:
 * it reads no table, so that a stolen log-in of the RADIUS server lists no passwords.
 */
export const radius: SqlMigration = {
  name: '0110-radius',
  up: `
CREATE EXTENSION IF NOT EXISTS pgcrypto;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'isp_radius') THEN
    BEGIN
      CREATE ROLE isp_radius NOLOGIN NOSUPERUSER NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
END $$;

CREATE SCHEMA radius;
GRANT USAGE ON SCHEMA radius TO isp_radius, isp_app;

-- How sessions are run. One row: the operator's.
CREATE TABLE radius.settings (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  -- Acct-Interim-Interval (RFC 2869), seconds. A session that was silent for three of them is gone.
  interim_seconds integer NOT NULL DEFAULT 300 CHECK (interim_seconds BETWEEN 60 AND 3600),
  -- Session-Timeout: how long until a subscriber has to log in again, and how long inside the walled garden.
  session_seconds integer NOT NULL DEFAULT 86400 CHECK (session_seconds >= 600),
  garden_seconds integer NOT NULL DEFAULT 600 CHECK (garden_seconds >= 60),
  garden_pool text NOT NULL DEFAULT 'walled-garden',
  garden_list text NOT NULL DEFAULT 'walled-garden'
);
INSERT INTO radius.settings DEFAULT VALUES;
GRANT SELECT ON radius.settings TO isp_app;

-- One row a session, with the columns that tools for FreeRADIUS know. Sessions of user names that nobody knows have no
-- partner: the operator alone sees them.
CREATE TABLE radius.radacct (
  radacctid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  acctuniqueid text NOT NULL UNIQUE,
  acctsessionid text NOT NULL,
  username text NOT NULL,
  partner_id integer,
  customer_id integer,
  service_id integer,
  nasipaddress inet NOT NULL,
  nasidentifier text,
  nasportid text,
  callingstationid text,
  calledstationid text,
  framedipaddress inet,
  framedipv6prefix inet,
  delegatedipv6prefix inet,
  acctstarttime timestamptz NOT NULL,
  acctupdatetime timestamptz NOT NULL,
  acctstoptime timestamptz,
  acctsessiontime bigint NOT NULL DEFAULT 0,
  -- What the session carried: Input is what the subscriber sent, Output what it received (RFC 2866).
  acctinputoctets bigint NOT NULL DEFAULT 0,
  acctoutputoctets bigint NOT NULL DEFAULT 0,
  acctipv6inputoctets bigint NOT NULL DEFAULT 0,
  acctipv6outputoctets bigint NOT NULL DEFAULT 0,
  acctterminatecause text,
  -- The counters as the NAS last told them (input, output, IPv6 input, IPv6 output): they wrap and start anew, the
  -- columns above do not.
  counters bigint[] NOT NULL DEFAULT '{0,0,0,0}',
  -- Whether the NAS ever sent Gigawords for it: if so, its counters have 64 bits and cannot have wrapped.
  gigawords boolean NOT NULL DEFAULT false,
  -- Our own clock, when the NAS last spoke of it: whether it lives does not depend on the NAS's clock.
  heard_at timestamptz NOT NULL,
  -- nas: its Stop came; reload: the NAS started anew; silence: nothing was heard; reused: its id came back.
  closed_by text CHECK (closed_by IN ('nas', 'reload', 'silence', 'reused')),
  CHECK ((acctstoptime IS NULL) = (closed_by IS NULL))
) WITH (fillfactor = 80);
-- No column that an interim update changes is in an index: such an update touches the table alone.
CREATE INDEX radacct_by_service ON radius.radacct (service_id, acctstarttime DESC, radacctid DESC);
CREATE INDEX radacct_by_username ON radius.radacct (username, radacctid DESC);
CREATE INDEX radacct_by_partner ON radius.radacct (partner_id, radacctid DESC);
CREATE INDEX radacct_open_by_nas ON radius.radacct (nasipaddress, radacctid DESC) WHERE acctstoptime IS NULL;
CREATE INDEX radacct_open ON radius.radacct (radacctid DESC) WHERE acctstoptime IS NULL;
CREATE INDEX radacct_open_of_service ON radius.radacct (service_id) WHERE acctstoptime IS NULL;
CALL tenancy.protect('radius.radacct', 'customer_id');
GRANT SELECT, UPDATE (acctstoptime, acctterminatecause, closed_by) ON radius.radacct TO isp_app;

-- Every attempt to log in. There is no column for a password, right or wrong.
CREATE TABLE radius.radpostauth (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username text NOT NULL,
  reply text NOT NULL,
  reason text,
  authdate timestamptz NOT NULL DEFAULT now(),
  partner_id integer,
  customer_id integer,
  service_id integer,
  nasipaddress inet,
  nasidentifier text,
  nasportid text,
  callingstationid text
);
CREATE INDEX radpostauth_by_service ON radius.radpostauth (service_id, id DESC);
CREATE INDEX radpostauth_by_username ON radius.radpostauth (username, id DESC);
CREATE INDEX radpostauth_by_age ON radius.radpostauth (authdate);
CALL tenancy.protect('radius.radpostauth', 'customer_id');
GRANT SELECT, DELETE ON radius.radpostauth TO isp_app;

-- When each NAS last said that it started (Accounting-On) or is about to stop (Accounting-Off).
CREATE TABLE radius.nasreload (
  nasipaddress inet PRIMARY KEY,
  reloadtime timestamptz NOT NULL,
  status text NOT NULL
);
GRANT SELECT ON radius.nasreload TO isp_app;

-- Octets by day in the partner's time zone, kept by a trigger on radius.radacct: the sum over a service's days is the
-- sum over its sessions, to the byte.
CREATE TABLE usage_daily (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  day date NOT NULL,
  input_octets bigint NOT NULL DEFAULT 0 CHECK (input_octets >= 0),
  output_octets bigint NOT NULL DEFAULT 0 CHECK (output_octets >= 0),
  ipv6_input_octets bigint NOT NULL DEFAULT 0 CHECK (ipv6_input_octets >= 0),
  ipv6_output_octets bigint NOT NULL DEFAULT 0 CHECK (ipv6_output_octets >= 0),
  PRIMARY KEY (service_id, day)
) WITH (fillfactor = 80);
CREATE INDEX usage_daily_by_partner ON usage_daily (partner_id, day);
CALL tenancy.protect('usage_daily', 'customer_id');
GRANT SELECT ON usage_daily TO isp_app;

-- A zone that PostgreSQL does not know would stop a partner's accounting.
ALTER TABLE partners ADD CONSTRAINT partners_time_zone_known
  CHECK ((timestamptz '2000-01-01 00:00+00' AT TIME ZONE time_zone) IS NOT NULL);

CREATE INDEX subscribers_without_radius ON subscribers (id) WHERE password_radius IS NULL;
${RADIUS_LOGIN}
${RADIUS_ACCOUNTING}
DO $$
DECLARE one regprocedure;
BEGIN
  FOR one IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'radius'::regnamespace LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION radius.use_keys, radius.auth_check, radius.auth_reply, radius.live_sessions, radius.nas_client,
  radius.note_attempt, radius.account TO isp_radius;

INSERT INTO role_permissions (role, permission) VALUES
  ('support', 'session.read'), ('noc', 'session.read'), ('reseller_admin', 'session.read'),
  ('reseller_read_only', 'session.read'), ('isp', 'session.read'), ('customer', 'session.read'),
  ('noc', 'nas.read'), ('noc', 'nas.manage'),
  ('support', 'credential.reveal'), ('noc', 'credential.reveal'), ('reseller_admin', 'credential.reveal'), ('isp', 'credential.reveal'),
  ('support', 'credential.rotate'), ('noc', 'credential.rotate'), ('reseller_admin', 'credential.rotate'), ('isp', 'credential.rotate');
`,
};
