import type { SqlMigration } from '../migration.js';

/**
 * Billing runs over all accounts on their day, and what else they invoice: one-off charges, promotions, usage above an
 * allowance; drafts that wait for a review.
 */
export const billingRuns: SqlMigration = {
  name: '0280-billing-runs',
  up: `
-- billed_on: the latest day up to which it was computed and invoiced: an older day that is asked for late must not take
-- back what was charged since. next_run_on: the day on which the account is to be billed next, in its time zone; NULL: its first one. review_hours: how
-- long drafts of a run wait for a person; NULL: as the deployment has it. minimum_amount: what is less is carried forward.
ALTER TABLE billing_accounts ADD next_run_on date, ADD billed_on date,
  ADD minimum_amount numeric(18, 4) NOT NULL DEFAULT 0 CHECK (minimum_amount >= 0),
  ADD language text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
  ADD review_hours integer CHECK (review_hours BETWEEN 0 AND 720);
CREATE INDEX billing_accounts_due ON billing_accounts ((coalesce(next_run_on, starts_on)), id);
UPDATE billing_accounts a SET billed_on = i.billed_on FROM (
  SELECT account_id, max(greatest(period_from, (created_at AT TIME ZONE 'UTC')::date)) AS billed_on FROM invoices WHERE origin = 'engine' GROUP BY 1) i
 WHERE i.account_id = a.id;
ALTER TABLE invoices ADD review_until timestamptz;
CREATE INDEX invoices_in_review ON invoices (review_until, id) WHERE status = 'draft' AND review_until IS NOT NULL;
GRANT UPDATE (review_until) ON invoices TO isp_app;
ALTER TABLE billing_parkings DROP CONSTRAINT billing_parkings_reason_check;
ALTER TABLE billing_parkings ADD CONSTRAINT billing_parkings_reason_check CHECK (reason IN ('too_many_lines', 'too_much', 'failed'));
-- What a gigabyte above the plan's data limit costs; NULL: nothing.
ALTER TABLE plan_billing_policies ADD overage_amount numeric(14, 4) CHECK (overage_amount > 0);

-- The operator's: one pass over the accounts that were due when it began.
CREATE TABLE billing_runs (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  origin text NOT NULL CHECK (origin IN ('schedule', 'person')),
  dry_run boolean NOT NULL DEFAULT false,
  -- Accounts whose day comes by this day; NULL: by today, where they are.
  until_on date,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'finished', 'cancelled')),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX billing_runs_one_by_schedule ON billing_runs (origin) WHERE origin = 'schedule' AND status = 'running';
GRANT SELECT, INSERT, UPDATE ON billing_runs TO isp_app;

-- A part of a run: accounts from one id to another, of which those up to done_until_id are done.
CREATE TABLE billing_run_batches (
  run_id integer NOT NULL REFERENCES billing_runs,
  number integer NOT NULL,
  from_id integer NOT NULL,
  until_id integer NOT NULL,
  accounts integer NOT NULL,
  done boolean NOT NULL DEFAULT false,
  done_until_id integer NOT NULL DEFAULT 0,
  accounts_done integer NOT NULL DEFAULT 0,
  invoices integer NOT NULL DEFAULT 0,
  credit_notes integer NOT NULL DEFAULT 0,
  drafts integer NOT NULL DEFAULT 0,
  nothing_due integer NOT NULL DEFAULT 0,
  carried_forward integer NOT NULL DEFAULT 0,
  parked integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  -- [{currency, plan_id, net, tax}]; plan_id null for what belongs to none.
  totals jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (run_id, number)
);
CREATE INDEX billing_run_batches_open ON billing_run_batches (run_id, number) WHERE NOT done;
GRANT SELECT, INSERT, UPDATE ON billing_run_batches TO isp_app;

-- What a person should look at.
CREATE TABLE billing_run_findings (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id integer NOT NULL REFERENCES billing_runs,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('outlier', 'parked', 'failed')),
  currency char(3) NOT NULL,
  amount numeric(24, 4) NOT NULL,
  -- What the account was invoiced for the period before.
  before_amount numeric(24, 4),
  detail text NOT NULL DEFAULT '',
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id)
);
CREATE INDEX billing_run_findings_by_run ON billing_run_findings (run_id, kind, id);
CREATE INDEX billing_run_findings_by_partner ON billing_run_findings (partner_id, account_id);
CALL tenancy.protect('billing_run_findings');
GRANT SELECT, INSERT ON billing_run_findings TO isp_app;

-- What is charged once; negative: what is given back.
CREATE TABLE billing_charges (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  service_id integer,
  description text NOT NULL,
  quantity numeric(14, 4) NOT NULL DEFAULT 1 CHECK (quantity > 0),
  unit_amount numeric(14, 4) NOT NULL CHECK (unit_amount <> 0),
  charge_on date NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  cancelled_at timestamptz,
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX billing_charges_by_account ON billing_charges (partner_id, account_id, id);
CALL tenancy.protect('billing_charges', 'customer_id');
GRANT SELECT, INSERT ON billing_charges TO isp_app;
GRANT UPDATE (cancelled_at) ON billing_charges TO isp_app;

-- The operator's: codes that customers of the shop redeem for a discount.
CREATE TABLE billing_promotions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text NOT NULL CHECK (code ~ '^[A-Z0-9-]{3,40}$'),
  name text NOT NULL,
  percent numeric(7, 4) CHECK (percent > 0 AND percent <= 100),
  monthly_amount numeric(14, 4) CHECK (monthly_amount > 0),
  currency char(3) CHECK ((currency IS NULL) = (monthly_amount IS NULL)),
  months integer NOT NULL CHECK (months BETWEEN 1 AND 120),
  plan_id integer REFERENCES plans,
  from_on date NOT NULL,
  until_on date CHECK (until_on > from_on),
  most_redemptions integer CHECK (most_redemptions > 0),
  redemptions integer NOT NULL DEFAULT 0 CHECK (redemptions <= most_redemptions),
  created_at timestamptz NOT NULL,
  CHECK (num_nonnulls(percent, monthly_amount) = 1),
  CONSTRAINT billing_promotions_code UNIQUE (code)
);
GRANT SELECT, INSERT ON billing_promotions TO isp_app;
GRANT UPDATE (until_on, redemptions) ON billing_promotions TO isp_app;
ALTER TABLE billing_discounts ADD promotion_id integer REFERENCES billing_promotions;
CREATE UNIQUE INDEX billing_discounts_promotion_once ON billing_discounts (promotion_id, account_id) WHERE promotion_id IS NOT NULL;
GRANT UPDATE (until_on) ON billing_discounts TO isp_app;

-- A service without an account of its currency would be billed to nobody: the database opens one with the service.
CREATE FUNCTION open_accounts_of_currency() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH opened AS (
    INSERT INTO billing_accounts (partner_id, customer_id, name, currency, time_zone, starts_on)
    SELECT DISTINCT s.partner_id, s.customer_id, 'Main ' || s.currency, s.currency, p.time_zone, (now() AT TIME ZONE p.time_zone)::date
      FROM sold s JOIN partners p ON p.id = s.partner_id
     WHERE NOT EXISTS (SELECT FROM billing_accounts a WHERE a.partner_id = s.partner_id AND a.customer_id = s.customer_id AND a.currency = s.currency)
    RETURNING partner_id, customer_id, id, starts_on)
  INSERT INTO billing_account_terms (partner_id, customer_id, account_id, from_on)
    SELECT partner_id, customer_id, id, starts_on FROM opened;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION open_accounts_of_currency FROM PUBLIC;
CREATE TRIGGER services_billing_account AFTER INSERT ON services REFERENCING NEW TABLE AS sold
  FOR EACH STATEMENT EXECUTE FUNCTION open_accounts_of_currency();
WITH opened AS (
  INSERT INTO billing_accounts (partner_id, customer_id, name, currency, time_zone, starts_on)
  SELECT DISTINCT s.partner_id, s.customer_id, 'Main ' || s.currency, s.currency, p.time_zone, (now() AT TIME ZONE p.time_zone)::date
    FROM services s JOIN partners p ON p.id = s.partner_id
   WHERE NOT EXISTS (SELECT FROM billing_accounts a WHERE a.partner_id = s.partner_id AND a.customer_id = s.customer_id AND a.currency = s.currency)
  RETURNING partner_id, customer_id, id, starts_on)
INSERT INTO billing_account_terms (partner_id, customer_id, account_id, from_on)
  SELECT partner_id, customer_id, id, starts_on FROM opened;

INSERT INTO role_permissions (role, permission) VALUES
  ('billing', 'billing_run.read'), ('billing', 'billing_run.manage'), ('billing', 'promotion.read'), ('billing', 'promotion.manage'),
  ('support', 'promotion.read');
`,
};
