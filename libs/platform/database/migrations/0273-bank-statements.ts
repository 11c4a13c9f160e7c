import type { SqlMigration } from '../migration.js';

/** Statements of the operator's bank: every entry once, and what became of it. */
export const bankStatements: SqlMigration = {
  name: '0273-bank-statements',
  up: `
CREATE TABLE bank_statements (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL REFERENCES partners,
  format text NOT NULL CHECK (format IN ('camt.053', 'csv')),
  file_name text NOT NULL,
  digest bytea NOT NULL,
  status text NOT NULL DEFAULT 'matching' CHECK (status IN ('matching', 'done')),
  -- Entries in the file, and those that an earlier file had brought.
  entries integer NOT NULL,
  duplicates integer NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  UNIQUE (partner_id, id),
  CONSTRAINT bank_statements_digest UNIQUE (partner_id, digest),
  CHECK ((status = 'done') = (finished_at IS NOT NULL))
);
CALL tenancy.protect('bank_statements');
GRANT SELECT, INSERT ON bank_statements TO isp_app;
GRANT UPDATE (duplicates, status, finished_at) ON bank_statements TO isp_app;

CREATE TABLE bank_entries (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  statement_id integer NOT NULL,
  -- The account of the operator, and what tells the entry from every other of it: the bank's reference with day and amount,
  -- else its content.
  bank_account text NOT NULL,
  entry_key text NOT NULL,
  -- As the bank says it, by which a payment is found that is recorded already; NULL where it may be a card number.
  bank_reference text,
  booked_on date NOT NULL,
  currency char(3) NOT NULL,
  -- Negative: it went out.
  amount numeric(18, 4) NOT NULL CHECK (amount <> 0),
  payer_name text,
  payer_account text,
  -- What the payer wrote, and its own reference.
  remittance text NOT NULL DEFAULT '',
  end_to_end_id text,
  status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'matched', 'unmatched', 'ignored')),
  -- How it was matched; by whom when by hand.
  rule text CHECK (rule IN ('invoice_number', 'payment_reference', 'known_payer', 'amount_and_name', 'recorded_before', 'by_hand')),
  matched_by text,
  payment_id integer,
  reason text,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  UNIQUE (partner_id, id),
  CONSTRAINT bank_entries_once UNIQUE (partner_id, bank_account, entry_key),
  CHECK ((status = 'matched') = (payment_id IS NOT NULL)),
  CHECK ((status = 'matched') = (rule IS NOT NULL)),
  CHECK (status <> 'matched' OR amount > 0),
  FOREIGN KEY (partner_id, statement_id) REFERENCES bank_statements (partner_id, id),
  FOREIGN KEY (payment_id) REFERENCES payments
);
-- One entry, one payment.
CREATE UNIQUE INDEX bank_entries_payment ON bank_entries (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX bank_entries_by_statement ON bank_entries (statement_id, id);
CREATE INDEX bank_entries_by_status ON bank_entries (partner_id, status, id DESC);
CREATE INDEX bank_entries_by_payer ON bank_entries (partner_id, payer_account) WHERE status = 'matched';
CALL tenancy.protect('bank_entries');
GRANT SELECT, INSERT ON bank_entries TO isp_app;
GRANT UPDATE (status, rule, matched_by, payment_id, reason, version, updated_at) ON bank_entries TO isp_app;
`,
};
