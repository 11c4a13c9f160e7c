import type { SqlMigration } from '../migration.js';

/** Jobs become sagas of several kinds that can go back and be held; devices get slots that no dead worker can keep. */
export const provisioningSaga: SqlMigration = {
  name: '0140-provisioning-saga',
  up: `
ALTER TABLE provisioning_jobs
  ADD kind text NOT NULL DEFAULT 'provision' CHECK (kind IN ('provision', 'deprovision', 'move')),
  -- Set once the saga goes back: what the job ends as when everything is undone.
  ADD ends_as text CHECK (ends_as IN ('failed', 'cancelled')),
  -- A held job waits for a person; the reason is a name (device_state_unknown) or a person's words.
  ADD hold_reason text,
  ADD held_at timestamptz,
  -- How often it found its device busy.
  ADD waits smallint NOT NULL DEFAULT 0,
  ADD CONSTRAINT provisioning_jobs_hold_check CHECK ((hold_reason IS NULL) = (held_at IS NULL));
CREATE INDEX provisioning_jobs_held ON provisioning_jobs (partner_id, id DESC) WHERE held_at IS NOT NULL;

ALTER TABLE provisioning_steps
  DROP CONSTRAINT provisioning_steps_status_check,
  ADD CONSTRAINT provisioning_steps_status_check
    CHECK (status IN ('intended', 'done', 'failed', 'compensating', 'compensated', 'skipped')),
  ADD attempts smallint NOT NULL DEFAULT 1;

-- Who may talk to a device that takes few orders at once. A slot is taken only while the work that it names is claimed
-- under that very epoch: the end of the work, or the lapse of a dead worker's lease, frees it without a write.
CREATE TABLE device_slots (
  device_id integer NOT NULL REFERENCES devices,
  slot smallint NOT NULL CHECK (slot > 0),
  work_id bigint,
  epoch integer,
  PRIMARY KEY (device_id, slot)
) WITH (fillfactor = 50);
GRANT SELECT, INSERT, UPDATE ON device_slots TO isp_app;
`,
};
