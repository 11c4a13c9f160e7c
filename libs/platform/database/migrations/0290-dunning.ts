import type { SqlMigration } from '../migration.js';

/**
 * What is done about accounts that do not pay: policies and their versions, one case per account with all that was done
 * and why something was not, promises, disputes, and which services are held back for it.
 */
export const dunning: SqlMigration = {
  name: '0290-dunning',
  up: `
-- The operator's. A policy is for a segment (tag before plan before partner) or, without any of them, for everybody.
CREATE TABLE dunning_policies (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  of_partner_id integer REFERENCES partners,
  of_plan_id integer REFERENCES plans,
  of_tag text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  retired_at timestamptz
);
CREATE UNIQUE INDEX dunning_policies_one_of_a_segment
  ON dunning_policies (currency, coalesce(of_partner_id, 0), coalesce(of_plan_id, 0), coalesce(of_tag, '')) WHERE retired_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON dunning_policies TO isp_app;

-- What a policy said; never changed, so that a case can always be explained.
CREATE TABLE dunning_policy_versions (
  policy_id integer NOT NULL REFERENCES dunning_policies,
  version integer NOT NULL,
  grace_days integer NOT NULL CHECK (grace_days BETWEEN 0 AND 365),
  -- Days that a cut comes at the earliest after the step before it.
  gap_days integer NOT NULL CHECK (gap_days BETWEEN 0 AND 90),
  -- ISO days of the week, and minutes of the day, in the account's zone.
  working_days smallint[] NOT NULL CHECK (working_days <> '{}' AND working_days <@ '{1,2,3,4,5,6,7}'),
  from_minute smallint NOT NULL,
  until_minute smallint NOT NULL,
  calendar text,
  reconnection_amount numeric(14, 4) NOT NULL CHECK (reconnection_amount >= 0),
  -- [{days, action, min_amount, amount, download_kbps, upload_kbps}] in the order of their days
  steps jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  CHECK (from_minute >= 0 AND from_minute < until_minute AND until_minute <= 1440),
  PRIMARY KEY (policy_id, version)
);
GRANT SELECT, INSERT ON dunning_policy_versions TO isp_app;

CREATE TABLE dunning_holidays (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  calendar text NOT NULL,
  on_date date NOT NULL,
  name text NOT NULL,
  CONSTRAINT dunning_holidays_once UNIQUE (calendar, on_date)
);
GRANT SELECT, INSERT, DELETE ON dunning_holidays TO isp_app;

CREATE TABLE dunning_tags (
  partner_id integer NOT NULL,
  customer_id integer PRIMARY KEY,
  tag text NOT NULL,
  FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id)
);
CREATE INDEX dunning_tags_by_partner ON dunning_tags (partner_id, customer_id);
CALL tenancy.protect('dunning_tags');
GRANT SELECT, INSERT, UPDATE, DELETE ON dunning_tags TO isp_app;

CREATE TABLE dunning_cases (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  currency char(3) NOT NULL,
  policy_id integer NOT NULL,
  policy_version integer NOT NULL,
  -- What is in force.
  level text NOT NULL DEFAULT 'none' CHECK (level IN ('none', 'throttled', 'suspended')),
  -- Raised when something in force is lifted: a cut may then come again.
  round integer NOT NULL DEFAULT 1,
  -- As they were when the case was last looked at.
  overdue_amount numeric(18, 4) NOT NULL,
  overdue_since date NOT NULL,
  next_action text,
  next_at timestamptz,
  waits_for text,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_for text CHECK (closed_for IN ('paid', 'credited', 'disputed', 'voided', 'terminated', 'no_service')),
  version integer NOT NULL DEFAULT 1,
  CHECK ((closed_at IS NULL) = (closed_for IS NULL)),
  CHECK (closed_at IS NULL OR (next_at IS NULL AND level = 'none')),
  UNIQUE (partner_id, id),
  FOREIGN KEY (policy_id, policy_version) REFERENCES dunning_policy_versions (policy_id, version),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id)
);
CREATE UNIQUE INDEX dunning_cases_one_open ON dunning_cases (account_id) WHERE closed_at IS NULL;
CREATE INDEX dunning_cases_due ON dunning_cases (next_at, account_id) WHERE next_at IS NOT NULL;
CREATE INDEX dunning_cases_by_partner ON dunning_cases (partner_id, id DESC);
CREATE INDEX dunning_cases_by_account ON dunning_cases (account_id, id DESC);
CALL tenancy.protect('dunning_cases');
GRANT SELECT, INSERT, UPDATE ON dunning_cases TO isp_app;

-- What was done in a case, and what was not and why. Only ever added to.
CREATE TABLE dunning_actions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  case_id integer NOT NULL,
  at timestamptz NOT NULL,
  action text NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('done', 'held')),
  -- Names the step and the debt (or the round) that it is done for, once.
  key text NOT NULL,
  overdue_amount numeric(18, 4) NOT NULL,
  overdue_since date,
  days_overdue integer NOT NULL,
  reason text,
  until timestamptz,
  details jsonb NOT NULL DEFAULT '{}',
  FOREIGN KEY (partner_id, case_id) REFERENCES dunning_cases (partner_id, id)
);
-- However many workers look, a step is done once.
CREATE UNIQUE INDEX dunning_actions_once ON dunning_actions (case_id, key) WHERE outcome = 'done';
CREATE UNIQUE INDEX dunning_actions_held_once ON dunning_actions (case_id, key, reason, coalesce(until, '-infinity')) WHERE outcome = 'held';
CREATE INDEX dunning_actions_late_fees ON dunning_actions (account_id) WHERE action = 'late_fee' AND outcome = 'done';
CREATE INDEX dunning_actions_by_case ON dunning_actions (partner_id, case_id, id);
CALL tenancy.protect('dunning_actions');
GRANT SELECT, INSERT ON dunning_actions TO isp_app;

-- Services that a case throttles or has suspended.
CREATE TABLE dunning_holds (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  case_id integer NOT NULL,
  service_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('throttle', 'suspend')),
  since timestamptz NOT NULL,
  ended_at timestamptz,
  FOREIGN KEY (partner_id, case_id) REFERENCES dunning_cases (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE UNIQUE INDEX dunning_holds_open ON dunning_holds (service_id, kind) WHERE ended_at IS NULL;
CREATE INDEX dunning_holds_by_case ON dunning_holds (partner_id, case_id);
CALL tenancy.protect('dunning_holds');
GRANT SELECT, INSERT, UPDATE ON dunning_holds TO isp_app;

CREATE TABLE dunning_promises (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  case_id integer NOT NULL,
  amount numeric(18, 4) NOT NULL CHECK (amount > 0),
  -- What was owed when it was given: so much less is kept.
  owed_amount numeric(18, 4) NOT NULL,
  promised_on date NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'kept', 'broken', 'withdrawn')),
  notes text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK ((status = 'open') = (ended_at IS NULL)),
  FOREIGN KEY (partner_id, case_id) REFERENCES dunning_cases (partner_id, id)
);
CREATE UNIQUE INDEX dunning_promises_one_open ON dunning_promises (case_id) WHERE status = 'open';
CREATE INDEX dunning_promises_by_partner ON dunning_promises (partner_id, id DESC);
CALL tenancy.protect('dunning_promises', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON dunning_promises TO isp_app;

CREATE TABLE invoice_disputes (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  invoice_id integer NOT NULL,
  reason text NOT NULL,
  opened_by text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_by text,
  closed_at timestamptz,
  outcome text CHECK (outcome IN ('accepted', 'rejected', 'withdrawn')),
  CHECK ((closed_at IS NULL) = (outcome IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL)),
  FOREIGN KEY (partner_id, invoice_id) REFERENCES invoices (partner_id, id)
);
CREATE UNIQUE INDEX invoice_disputes_one_open ON invoice_disputes (invoice_id) WHERE closed_at IS NULL;
CREATE INDEX invoice_disputes_by_account ON invoice_disputes (account_id) WHERE closed_at IS NULL;
CREATE INDEX invoice_disputes_by_partner ON invoice_disputes (partner_id, id DESC);
CALL tenancy.protect('invoice_disputes', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON invoice_disputes TO isp_app;

-- Who does not pay is held back like who has used too much: several causes may meet, and the lowest rate holds.
ALTER TABLE throttling_events ALTER period DROP NOT NULL, ALTER usage_bytes DROP NOT NULL, ALTER limit_bytes DROP NOT NULL,
  DROP CONSTRAINT throttling_events_cause_check, DROP CONSTRAINT throttling_events_restored_by_check,
  ADD CONSTRAINT throttling_events_cause_check CHECK (cause IN ('fair_use', 'data_limit', 'payment')),
  ADD CONSTRAINT throttling_events_restored_by_check CHECK (restored_by IN ('new_period', 'plan_change', 'manual', 'ended', 'payment')),
  ADD CONSTRAINT throttling_events_limits_are_measured
    CHECK ((cause = 'payment') = (num_nonnulls(period, usage_bytes, limit_bytes) = 0) AND num_nonnulls(period, usage_bytes, limit_bytes) IN (0, 3));

-- Whose due date is over is found by that date, however many are overdue already.
CREATE INDEX invoices_not_overdue_yet ON invoices (due_on, id) WHERE status IN ('pending', 'partially_paid');

INSERT INTO role_permissions (role, permission) VALUES
  ('billing', 'dunning.read'), ('billing', 'dunning.manage'), ('billing', 'dunning_policy.read'), ('billing', 'dunning_policy.manage'),
  ('support', 'dunning.read'), ('support', 'dunning.manage'), ('support', 'dunning_policy.read'),
  ('reseller_admin', 'dunning.read'), ('reseller_read_only', 'dunning.read');
`,
};
