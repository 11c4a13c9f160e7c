import type { SqlMigration } from '../migration.js';

const COLUMNS = `radacctid, acctuniqueid, acctsessionid, username, partner_id, customer_id, service_id, nasipaddress, nasidentifier, nasportid,
  callingstationid, calledstationid, framedipaddress, framedipv6prefix, delegatedipv6prefix, acctstarttime, acctupdatetime, acctstoptime,
  acctsessiontime, acctinputoctets, acctoutputoctets, acctipv6inputoctets, acctipv6outputoctets, acctterminatecause, closed_by`;

/**
 * How long sessions and attempts are kept: sessions at hand, then in an archive that answers the same questions;
 * attempts in a partition a month, so that forgetting them is no work.
 */
export const sessionsKept: SqlMigration = {
  name: '0251-sessions-kept',
  up: `
-- What a count and the walls look at is in the index; none of it changes with an interim update.
DROP INDEX radius.radacct_by_service;
CREATE INDEX radacct_by_service ON radius.radacct (service_id, acctstarttime DESC, radacctid DESC) INCLUDE (acctstoptime, partner_id, customer_id);
CREATE INDEX radacct_by_address ON radius.radacct (framedipaddress, acctstarttime DESC);
CREATE INDEX radacct_ended ON radius.radacct USING brin (acctstoptime) WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE radius.radacct_archive (
  radacctid bigint PRIMARY KEY,
  acctuniqueid text NOT NULL,
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
  acctstoptime timestamptz NOT NULL,
  acctsessiontime bigint NOT NULL,
  acctinputoctets bigint NOT NULL,
  acctoutputoctets bigint NOT NULL,
  acctipv6inputoctets bigint NOT NULL,
  acctipv6outputoctets bigint NOT NULL,
  acctterminatecause text,
  closed_by text NOT NULL
);
CREATE INDEX radacct_archive_by_service ON radius.radacct_archive (service_id, acctstarttime DESC, radacctid DESC) INCLUDE (acctstoptime, partner_id, customer_id);
CREATE INDEX radacct_archive_by_username ON radius.radacct_archive (username, radacctid DESC);
CREATE INDEX radacct_archive_by_address ON radius.radacct_archive (framedipaddress, acctstarttime DESC);
CREATE INDEX radacct_archive_by_partner ON radius.radacct_archive (partner_id, radacctid DESC);
CREATE INDEX radacct_archive_ended ON radius.radacct_archive USING brin (acctstoptime) WITH (pages_per_range = 32, autosummarize = on);
CALL tenancy.protect('radius.radacct_archive', 'customer_id');
GRANT SELECT ON radius.radacct_archive TO isp_app;

-- All sessions that are known, behind the walls of whoever asks.
CREATE VIEW radius.sessions WITH (security_invoker = true) AS
  SELECT ${COLUMNS} FROM radius.radacct UNION ALL SELECT ${COLUMNS} FROM radius.radacct_archive;
GRANT SELECT ON radius.sessions TO isp_app;

-- The application may let sessions grow old, but neither change them nor make them up. A packet is believed for seven
-- days, so that long a session stays where it can be opened again.
CREATE FUNCTION radius.archive_sessions(ended_before timestamptz, most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH moved AS (
    DELETE FROM radius.radacct WHERE radacctid = ANY (ARRAY(
      SELECT radacctid FROM radius.radacct WHERE acctstoptime < least(ended_before, now() - interval '8 days') LIMIT most FOR UPDATE SKIP LOCKED))
    RETURNING ${COLUMNS}),
  kept AS (INSERT INTO radius.radacct_archive (${COLUMNS}) SELECT ${COLUMNS} FROM moved RETURNING 1)
  SELECT count(*)::integer FROM kept
$$;
CREATE FUNCTION radius.forget_sessions(ended_before timestamptz, most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (
    DELETE FROM radius.radacct_archive WHERE radacctid = ANY (ARRAY(
      SELECT radacctid FROM radius.radacct_archive WHERE acctstoptime < least(ended_before, now() - interval '90 days') LIMIT most))
    RETURNING 1)
  SELECT count(*)::integer FROM gone
$$;

-- Attempts by month (UTC). The sequence goes on, so that an id says which came later, over all partitions.
ALTER TABLE radius.radpostauth RENAME TO radpostauth_before;
CREATE SEQUENCE radius.radpostauth_ids AS bigint;
SELECT setval('radius.radpostauth_ids', (SELECT coalesce(max(id), 0) + 1 FROM radius.radpostauth_before), false);
CREATE TABLE radius.radpostauth (
  id bigint NOT NULL DEFAULT nextval('radius.radpostauth_ids'),
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
) PARTITION BY RANGE (authdate);
ALTER SEQUENCE radius.radpostauth_ids OWNED BY radius.radpostauth.id;
-- For what no month is there for, so that no attempt fails to be noted: nothing, while the months are tended.
CREATE TABLE radius.radpostauth_rest PARTITION OF radius.radpostauth DEFAULT;
INSERT INTO radius.radpostauth (id, username, reply, reason, authdate, partner_id, customer_id, service_id, nasipaddress, nasidentifier, nasportid, callingstationid)
  SELECT id, username, reply, reason, authdate, partner_id, customer_id, service_id, nasipaddress, nasidentifier, nasportid, callingstationid
    FROM radius.radpostauth_before;
DROP TABLE radius.radpostauth_before;
ALTER TABLE radius.radpostauth ADD PRIMARY KEY (id, authdate);
CREATE INDEX radpostauth_by_service ON radius.radpostauth (service_id, id DESC);
CREATE INDEX radpostauth_by_username ON radius.radpostauth (username, id DESC);
CALL tenancy.protect('radius.radpostauth', 'customer_id');
CALL tenancy.protect('radius.radpostauth_rest', 'customer_id');
GRANT SELECT ON radius.radpostauth, radius.radpostauth_rest TO isp_app;

-- Makes the months to come and drops those that are older than so many days in whole; answers how many of both. A month
-- is made apart and attached, which no log-in waits for.
CREATE FUNCTION radius.tend_attempts(kept_days integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  forgotten timestamptz := now() - make_interval(days => greatest(kept_days, 30));
  begins timestamp;
  part text;
  done integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('radius.tend_attempts'));
  PERFORM set_config('lock_timeout', '2s', true);
  FOR ahead IN 0 .. 2 LOOP
    begins := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead);
    part := 'radpostauth_' || to_char(begins, 'YYYY_MM');
    CONTINUE WHEN to_regclass('radius.' || part) IS NOT NULL
      OR EXISTS (SELECT FROM radius.radpostauth_rest r WHERE r.authdate >= begins AT TIME ZONE 'UTC' AND r.authdate < (begins + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('CREATE TABLE radius.%I (LIKE radius.radpostauth)', part);
    EXECUTE format('ALTER TABLE radius.radpostauth ATTACH PARTITION radius.%I FOR VALUES FROM (%L) TO (%L)', part,
      begins AT TIME ZONE 'UTC', (begins + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('CALL tenancy.protect(%L, %L)', 'radius.' || part, 'customer_id');
    EXECUTE format('GRANT SELECT ON radius.%I TO isp_app', part);
    done := done + 1;
  END LOOP;
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'radius.radpostauth'::regclass AND c.relname ~ '^radpostauth_[0-9]{4}_[0-9]{2}$'
       AND (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= forgotten
  LOOP
    EXECUTE format('DROP TABLE radius.%I', part);
    done := done + 1;
  END LOOP;
  DELETE FROM radius.radpostauth_rest WHERE authdate < forgotten;
  RETURN done;
END $$;
REVOKE ALL ON FUNCTION radius.archive_sessions, radius.forget_sessions, radius.tend_attempts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION radius.archive_sessions, radius.forget_sessions, radius.tend_attempts TO isp_app;
SELECT radius.tend_attempts(90);
`,
};
