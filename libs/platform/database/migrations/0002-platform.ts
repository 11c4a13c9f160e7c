import type { SqlMigration } from '../migration.js';

/** What every domain leans on: accepted work, published events, answers kept for replay, the audit chain. */
export const platform: SqlMigration = {
  name: '0002-platform',
  up: `
CREATE TABLE outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  partner_id integer NOT NULL,
  payload jsonb NOT NULL,
  request_id text,
  occurred_at timestamptz NOT NULL DEFAULT now(),
  relayed_at timestamptz
);
CREATE INDEX outbox_unrelayed ON outbox (id) WHERE relayed_at IS NULL;
CREATE INDEX outbox_relayed ON outbox (relayed_at) WHERE relayed_at IS NOT NULL;
CALL tenancy.protect('outbox');
-- A customer's own change publishes events too, though a customer may read none.
CREATE POLICY publish ON outbox FOR INSERT TO isp_app WITH CHECK (partner_id = (SELECT tenancy.partner_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO isp_app;

CREATE TABLE work_items (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  queue text NOT NULL,
  name text NOT NULL,
  payload jsonb NOT NULL,
  dedupe_key text,
  priority smallint NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 4),
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'dead', 'cancelled')),
  -- queued: when to hand it to the queue next; running: when its lease ends.
  due_at timestamptz NOT NULL DEFAULT now(),
  not_before timestamptz NOT NULL DEFAULT now(),
  epoch integer NOT NULL DEFAULT 0,
  deaths smallint NOT NULL DEFAULT 0,
  failures smallint NOT NULL DEFAULT 0,
  last_error text,
  request_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX work_items_due ON work_items (due_at) WHERE status IN ('queued', 'running');
CREATE INDEX work_items_finished ON work_items (finished_at) WHERE status IN ('succeeded', 'cancelled');
CREATE INDEX work_items_dead ON work_items (id) WHERE status = 'dead';
CREATE UNIQUE INDEX work_items_dedupe ON work_items (name, dedupe_key) WHERE status IN ('queued', 'running');
GRANT SELECT, INSERT, UPDATE, DELETE ON work_items TO isp_app;

CREATE TABLE schedules (
  name text PRIMARY KEY,
  every_seconds integer NOT NULL CHECK (every_seconds > 0),
  next_run_at timestamptz NOT NULL DEFAULT now(),
  last_run_at timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON schedules TO isp_app;

CREATE TABLE idempotency_keys (
  partner_id integer NOT NULL,
  principal text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  status smallint NOT NULL,
  headers jsonb NOT NULL,
  body text,
  body_sealed boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, principal, key)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON idempotency_keys TO isp_app
  USING ((SELECT tenancy.unrestricted()) OR partner_id = (SELECT tenancy.partner_id()));
CREATE POLICY owner ON idempotency_keys TO CURRENT_USER USING (true);
GRANT SELECT, INSERT, DELETE ON idempotency_keys TO isp_app;

CREATE TABLE audit_heads (
  partner_id integer PRIMARY KEY,
  seq bigint NOT NULL,
  hash bytea NOT NULL
);
CREATE TABLE audit_entries (
  partner_id integer NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject_type text NOT NULL,
  subject_id text NOT NULL,
  changes jsonb NOT NULL,
  request_id text,
  hash bytea NOT NULL,
  PRIMARY KEY (partner_id, seq)
);
CREATE INDEX audit_entries_subject ON audit_entries (partner_id, subject_type, subject_id, seq DESC);
CREATE INDEX audit_entries_at ON audit_entries (partner_id, at DESC);
CREATE INDEX audit_entries_newest ON audit_entries (at DESC, partner_id, seq DESC);
CALL tenancy.protect('audit_heads');
CALL tenancy.protect('audit_entries');
-- The application reads the trail; it adds to it through audit_append alone and can change nothing in it.
GRANT SELECT ON audit_heads, audit_entries TO isp_app;

CREATE FUNCTION audit_hash(previous bytea, entry audit_entries) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(previous || convert_to(jsonb_build_array(
    entry.partner_id, entry.seq, extract(epoch FROM entry.at)::text, entry.actor, entry.action, entry.subject_type,
    entry.subject_id, entry.changes, entry.request_id)::text, 'UTF8')) $$;

-- Appends entries (a JSON array of {actor, action, subject_type, subject_id, changes, request_id}) to one partner's
-- chain. The head's row lock serializes a partner's writers; call it last in the transaction.
CREATE FUNCTION audit_append(for_partner integer, entries jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_heads;
  item jsonb;
  entry audit_entries;
BEGIN
  IF NOT tenancy.unrestricted() AND for_partner IS DISTINCT FROM tenancy.partner_id() THEN
    RAISE EXCEPTION 'audit chain of another partner' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO audit_heads VALUES (for_partner, 0, '') ON CONFLICT DO NOTHING;
  SELECT * INTO STRICT head FROM audit_heads WHERE partner_id = for_partner FOR UPDATE;
  FOR item IN SELECT * FROM jsonb_array_elements(entries) LOOP
    head.seq := head.seq + 1;
    entry := ROW(for_partner, head.seq, clock_timestamp(), item->>'actor', item->>'action', item->>'subject_type',
      item->>'subject_id', item->'changes', item->>'request_id', NULL)::audit_entries;
    head.hash := audit_hash(head.hash, entry);
    entry.hash := head.hash;
    INSERT INTO audit_entries SELECT entry.*;
  END LOOP;
  UPDATE audit_heads SET seq = head.seq, hash = head.hash WHERE partner_id = for_partner;
END $$;
REVOKE ALL ON FUNCTION audit_append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_append TO isp_app;
`,
};
