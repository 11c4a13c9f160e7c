import type { SqlMigration } from '../migration.js';

/** Accounts that pay ahead: what they have bought, and when they are looked at next. */
export const prepaidAccounts: SqlMigration = {
  name: '0360-prepaid-accounts',
  up: `
-- prepaid_state: idle: there is nothing to pay for; on: paid until prepaid_until; off: the balance did not cover the next
-- period. look_at: the instant of the next look at a prepaid account. warned_for: the end of the period that a low balance
-- was told of.
ALTER TABLE billing_accounts
  ADD kind text NOT NULL DEFAULT 'postpaid' CHECK (kind IN ('postpaid', 'prepaid')),
  ADD prepaid_state text CHECK (prepaid_state IN ('idle', 'on', 'off')),
  ADD prepaid_until date,
  ADD prepaid_off_since timestamptz,
  ADD warn_days integer NOT NULL DEFAULT 3 CHECK (warn_days BETWEEN 0 AND 28),
  ADD warned_for date,
  ADD look_at timestamptz,
  ADD CONSTRAINT billing_accounts_prepaid CHECK ((kind = 'prepaid') = (prepaid_state IS NOT NULL) AND (kind = 'prepaid') = (look_at IS NOT NULL)),
  ADD CONSTRAINT billing_accounts_prepaid_off CHECK (coalesce(prepaid_state = 'off', false) = (prepaid_off_since IS NOT NULL)),
  ADD CONSTRAINT billing_accounts_prepaid_on CHECK (prepaid_state IS DISTINCT FROM 'on' OR prepaid_until IS NOT NULL);
CREATE INDEX billing_accounts_looks ON billing_accounts (look_at, id) WHERE kind = 'prepaid';
-- Runs never take prepaid accounts.
DROP INDEX billing_accounts_due;
CREATE INDEX billing_accounts_due ON billing_accounts ((coalesce(next_run_on, starts_on)), id) WHERE kind = 'postpaid';

-- The times in which an account pays ahead: within them only days that it has bought are charged.
CREATE TABLE billing_prepaid_spans (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  from_on date NOT NULL,
  until_on date CHECK (until_on > from_on),
  PRIMARY KEY (account_id, from_on),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  CONSTRAINT billing_prepaid_spans_once EXCLUDE USING gist (account_id WITH =, daterange(from_on, until_on) WITH &&)
);
CREATE INDEX billing_prepaid_spans_by_partner ON billing_prepaid_spans (partner_id, account_id);
CALL tenancy.protect('billing_prepaid_spans', 'customer_id');
GRANT SELECT, INSERT, UPDATE, DELETE ON billing_prepaid_spans TO isp_app;

-- Days of a service that a prepaid account has bought.
CREATE TABLE billing_prepaid_days (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  service_id integer NOT NULL,
  from_on date NOT NULL,
  until_on date NOT NULL CHECK (until_on > from_on),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  CONSTRAINT billing_prepaid_days_once EXCLUDE USING gist (account_id WITH =, service_id WITH =, daterange(from_on, until_on) WITH &&)
);
CREATE INDEX billing_prepaid_days_by_partner ON billing_prepaid_days (partner_id, account_id);
CREATE INDEX billing_prepaid_days_by_service ON billing_prepaid_days (partner_id, service_id);
CALL tenancy.protect('billing_prepaid_days', 'customer_id');
GRANT SELECT, INSERT, UPDATE, DELETE ON billing_prepaid_days TO isp_app;

ALTER TABLE service_suspensions DROP CONSTRAINT service_suspensions_cause_check,
  ADD CONSTRAINT service_suspensions_cause_check CHECK (cause IN ('customer', 'payment', 'pause', 'abuse', 'manual', 'bundle', 'balance'));
`,
};
