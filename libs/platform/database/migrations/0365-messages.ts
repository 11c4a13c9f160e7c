import type { SqlMigration } from '../migration.js';

/** Whether invoices go out by e-mail by themselves, and every e-mail that was promised, with what became of it. */
export const messages: SqlMigration = {
  name: '0365-messages',
  up: `
ALTER TABLE billing_accounts ADD invoice_delivery text NOT NULL DEFAULT 'none' CHECK (invoice_delivery IN ('none', 'email'));

CREATE TABLE messages (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Half of its Message-ID: the same however often it is sent.
  guid uuid NOT NULL DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'reminder')),
  subject_type text NOT NULL CHECK (subject_type IN ('invoice')),
  subject_id integer NOT NULL,
  -- What it is sent for by itself, once; null: somebody asked for it.
  once_key text,
  recipient text NOT NULL CHECK (recipient !~ '[[:cntrl:]]' AND length(recipient) <= 320),
  language text NOT NULL,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed', 'cancelled')),
  -- What it tells of beside its subject, as it was when it was promised.
  figures jsonb NOT NULL DEFAULT '{}',
  -- What it says: written down before it is first handed to a mail server, and the same with every try.
  letter jsonb,
  attempts integer NOT NULL DEFAULT 0,
  -- Since it was last put into the queue.
  tries integer NOT NULL DEFAULT 0,
  last_error text,
  mail_id text,
  -- What the mail server said when it took it.
  provider_reference text,
  next_attempt_at timestamptz,
  last_attempt_at timestamptz,
  -- Until then it may be on its way to the mail server, whatever becomes of the worker.
  sending_until timestamptz,
  sent_at timestamptz,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT messages_once UNIQUE (partner_id, once_key),
  CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
  CHECK (status <> 'sent' OR (letter IS NOT NULL AND mail_id IS NOT NULL)),
  CHECK (status IN ('queued', 'sent') OR last_error IS NOT NULL),
  CHECK ((status = 'queued') = (next_attempt_at IS NOT NULL)),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id)
);
CREATE INDEX messages_by_partner ON messages (partner_id, id DESC);
CREATE INDEX messages_by_customer ON messages (customer_id, id DESC);
CREATE INDEX messages_by_subject ON messages (subject_type, subject_id, id DESC);
-- Of everything that was sent, what was not is little, and looked for often.
CREATE INDEX messages_not_sent ON messages (status, id DESC) WHERE status <> 'sent';
CREATE INDEX messages_by_time ON messages (created_at, id);
CALL tenancy.protect('messages');
GRANT SELECT, INSERT, UPDATE ON messages TO isp_app;

INSERT INTO role_permissions (role, permission) VALUES
  ('billing', 'message.read'), ('billing', 'message.send'), ('support', 'message.read'), ('support', 'message.send'),
  ('reseller_admin', 'message.read'), ('reseller_read_only', 'message.read');
`,
};
