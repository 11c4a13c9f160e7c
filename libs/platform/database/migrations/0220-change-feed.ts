import type { SqlMigration } from '../migration.js';

/**
 * What changed for a partner since it last asked. The order is that of transactions' visibility, not of a clock: a row
 * carries the transaction that changed it last, a cursor the snapshot of the last answer, and what that snapshot could
 * not see is what is new (ADR 22).
 */
export const changeFeed: SqlMigration = {
  name: '0220-change-feed',
  up: `
CREATE TABLE tracked_changes (
  kind text NOT NULL CHECK (kind IN ('service', 'work_order')),
  row_id integer NOT NULL,
  partner_id integer NOT NULL REFERENCES partners,
  changed_in xid8 NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (kind, row_id)
) WITH (fillfactor = 80);
CREATE INDEX tracked_changes_newest ON tracked_changes (partner_id, kind, changed_in);
CALL tenancy.protect('tracked_changes');
-- Triggers alone write it.
GRANT SELECT ON tracked_changes TO isp_app;

CREATE TABLE change_cursors (
  partner_id integer NOT NULL REFERENCES partners,
  kind text NOT NULL CHECK (kind IN ('service', 'work_order')),
  -- What the last answer that left could see, and when it was asked for.
  upto pg_snapshot,
  upto_at timestamptz,
  -- Where that answer began, for the ISP that lost it; without a snapshot, the time.
  since pg_snapshot,
  since_at timestamptz,
  -- The database cluster that counts those transactions: another one counts its own.
  cluster text,
  repeats smallint NOT NULL DEFAULT 0,
  -- Raised by every answer; only the newest may move the cursor.
  claim integer NOT NULL DEFAULT 0,
  claimed_until timestamptz,
  PRIMARY KEY (partner_id, kind),
  CHECK ((upto IS NULL) = (upto_at IS NULL))
);
CALL tenancy.protect('change_cursors');
GRANT SELECT, INSERT, UPDATE ON change_cursors TO isp_app;

-- In the writer's transaction, whoever writes: nothing changes untracked.
CREATE FUNCTION track_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO tracked_changes (kind, row_id, partner_id, changed_in, changed_at)
  VALUES (TG_ARGV[0], NEW.id, NEW.partner_id, pg_current_xact_id(), now())
  ON CONFLICT (kind, row_id) DO UPDATE
    SET partner_id = excluded.partner_id, changed_in = excluded.changed_in, changed_at = excluded.changed_at;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION track_change FROM PUBLIC;

INSERT INTO tracked_changes (kind, row_id, partner_id, changed_in, changed_at)
SELECT 'service', id, partner_id, pg_current_xact_id(), updated_at FROM services;
CREATE TRIGGER track_new AFTER INSERT ON services FOR EACH ROW EXECUTE FUNCTION track_change('service');
-- The version stays when only the network's view changes: that is no change of the service.
CREATE TRIGGER track_change AFTER UPDATE ON services FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version)
  EXECUTE FUNCTION track_change('service');
`,
};
