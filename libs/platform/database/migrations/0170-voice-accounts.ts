import type { SqlMigration } from '../migration.js';

/** Voice services get accounts at a softswitch, and sagas that make and remove them. */
export const voiceAccounts: SqlMigration = {
  name: '0170-voice-accounts',
  up: `
ALTER TABLE provisioning_jobs
  DROP CONSTRAINT provisioning_jobs_kind_check,
  ADD CONSTRAINT provisioning_jobs_kind_check
    CHECK (kind IN ('provision', 'deprovision', 'move', 'voice_provision', 'voice_deprovision'));

-- One SIP account per voice service; its user name is the number (E.164). A closed one keeps its row, so that a service
-- that is tried again keeps its password, and gives its number free.
CREATE TABLE voice_accounts (
  service_id integer PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  username text NOT NULL CHECK (username ~ '^[+][1-9][0-9]{6,14}$'),
  password_sealed text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE UNIQUE INDEX voice_accounts_username ON voice_accounts (username) WHERE status = 'open';
CREATE INDEX voice_accounts_by_partner ON voice_accounts (partner_id, service_id);
CALL tenancy.protect('voice_accounts', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON voice_accounts TO isp_app;

-- What the simulated softswitch remembers; of the password a digest, as a real registrar does.
CREATE TABLE simulated_network.voice_accounts (
  username text PRIMARY KEY,
  password_digest text NOT NULL,
  may_call boolean NOT NULL,
  features jsonb NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON simulated_network.voice_accounts TO isp_app;

-- A kept answer that shows a secret is sealed again when the master key is rotated.
GRANT UPDATE (body) ON idempotency_keys TO isp_app;
`,
};
