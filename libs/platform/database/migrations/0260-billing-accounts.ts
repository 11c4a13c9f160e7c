import type { SqlMigration } from '../migration.js';

/** Who pays for what and how: accounts and their terms, prices over time, taxes, discounts, policies of plans. */
export const billingAccounts: SqlMigration = {
  name: '0260-billing-accounts',
  up: `
CREATE TABLE billing_accounts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  name text NOT NULL DEFAULT 'Main',
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone text NOT NULL,
  payment_days integer NOT NULL DEFAULT 14 CHECK (payment_days BETWEEN 0 AND 365),
  -- Nothing before this day, in the account's time zone, is billed.
  starts_on date NOT NULL,
  -- The largest total that is not nonsense; NULL: the engine judges.
  limit_amount numeric(18, 4) CHECK (limit_amount > 0),
  tax_exemptions jsonb NOT NULL DEFAULT '[]',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id)
);
CREATE INDEX billing_accounts_by_customer ON billing_accounts (partner_id, customer_id, id);
CALL tenancy.protect('billing_accounts', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON billing_accounts TO isp_app;

-- How an account is billed from a day on, until its next terms.
CREATE TABLE billing_account_terms (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  from_on date NOT NULL,
  cycle_months smallint NOT NULL DEFAULT 1 CHECK (cycle_months IN (1, 3, 12)),
  billing_day smallint NOT NULL DEFAULT 1 CHECK (billing_day BETWEEN 1 AND 28),
  timing text NOT NULL DEFAULT 'advance' CHECK (timing IN ('advance', 'arrears')),
  proration text NOT NULL DEFAULT 'day' CHECK (proration IN ('day', 'second')),
  tax_region text,
  PRIMARY KEY (account_id, from_on),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id)
);
CREATE INDEX billing_account_terms_by_partner ON billing_account_terms (partner_id, account_id);
CALL tenancy.protect('billing_account_terms', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON billing_account_terms TO isp_app;

-- Another account that pays what an account would, for a while.
CREATE TABLE billing_payers (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  payer_account_id integer NOT NULL,
  from_on date NOT NULL,
  until_on date,
  CHECK (payer_account_id <> account_id),
  CHECK (until_on > from_on),
  PRIMARY KEY (account_id, from_on),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, payer_account_id) REFERENCES billing_accounts (partner_id, id),
  EXCLUDE USING gist (account_id WITH =, daterange(from_on, until_on) WITH &&)
);
CREATE INDEX billing_payers_by_payer ON billing_payers (partner_id, payer_account_id);
CALL tenancy.protect('billing_payers', 'customer_id');
GRANT SELECT, INSERT, UPDATE, DELETE ON billing_payers TO isp_app;

-- The account that a service is billed to from a day on; before that, its customer's first account of its currency.
CREATE TABLE billing_account_services (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  account_id integer NOT NULL,
  from_on date NOT NULL,
  PRIMARY KEY (service_id, from_on),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id)
);
CREATE INDEX billing_account_services_by_account ON billing_account_services (partner_id, account_id);
CALL tenancy.protect('billing_account_services', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON billing_account_services TO isp_app;

-- Accounts that wait for a person, because what the engine computed for them cannot be.
CREATE TABLE billing_parkings (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  reason text NOT NULL CHECK (reason IN ('too_many_lines', 'too_much')),
  total_amount numeric(24, 4) NOT NULL,
  at timestamptz NOT NULL,
  ended_at timestamptz,
  ended_by text,
  CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id)
);
CREATE UNIQUE INDEX billing_parkings_open ON billing_parkings (account_id) WHERE ended_at IS NULL;
CREATE INDEX billing_parkings_by_partner ON billing_parkings (partner_id, account_id);
CALL tenancy.protect('billing_parkings');
GRANT SELECT, INSERT, UPDATE ON billing_parkings TO isp_app;

-- Each customer has an account: the database opens it with the customer.
CREATE FUNCTION open_billing_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  WITH opened AS (
    INSERT INTO billing_accounts (partner_id, customer_id, currency, time_zone, starts_on)
    SELECT c.partner_id, c.id, p.currency, p.time_zone, (c.created_at AT TIME ZONE p.time_zone)::date
      FROM made c JOIN partners p ON p.id = c.partner_id ORDER BY c.id
    RETURNING partner_id, customer_id, id, starts_on)
  INSERT INTO billing_account_terms (partner_id, customer_id, account_id, from_on)
    SELECT partner_id, customer_id, id, starts_on FROM opened;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION open_billing_accounts FROM PUBLIC;
CREATE TRIGGER customers_billing_account AFTER INSERT ON customers REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION open_billing_accounts();
-- Who was there before is billed from today on: nobody gets a bill for the years before.
WITH opened AS (
  INSERT INTO billing_accounts (partner_id, customer_id, currency, time_zone, starts_on)
  SELECT c.partner_id, c.id, p.currency, p.time_zone, (now() AT TIME ZONE p.time_zone)::date
    FROM customers c JOIN partners p ON p.id = c.partner_id ORDER BY c.id
  RETURNING partner_id, customer_id, id, starts_on)
INSERT INTO billing_account_terms (partner_id, customer_id, account_id, from_on)
  SELECT partner_id, customer_id, id, starts_on FROM opened;

-- The operator's: what a plan's price means for parts of a period, for the periods that begin on a day or later.
CREATE TABLE plan_billing_policies (
  plan_id integer NOT NULL REFERENCES plans,
  from_on date NOT NULL,
  start text NOT NULL CHECK (start IN ('prorate', 'full', 'free')),
  upgrade text NOT NULL CHECK (upgrade IN ('prorate', 'next_period')),
  downgrade text NOT NULL CHECK (downgrade IN ('prorate', 'next_period')),
  pause text NOT NULL CHECK (pause IN ('credit', 'charge')),
  suspension text NOT NULL CHECK (suspension IN ('credit', 'charge')),
  termination text NOT NULL CHECK (termination IN ('prorate', 'full')),
  early_termination text NOT NULL CHECK (early_termination IN ('charge', 'waive')),
  PRIMARY KEY (plan_id, from_on)
);
GRANT SELECT, INSERT, UPDATE ON plan_billing_policies TO isp_app;

CREATE TABLE tax_rates (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  region text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  service_type text CHECK (service_type IN ('internet', 'voice', 'bundle')),
  percent numeric(7, 4) NOT NULL CHECK (percent BETWEEN 0 AND 100),
  inclusive boolean NOT NULL DEFAULT false,
  valid_from date NOT NULL,
  valid_until date CHECK (valid_until > valid_from),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- One rate of a code at a time.
  CONSTRAINT tax_rates_one_at_a_time EXCLUDE USING gist (
    region WITH =, code WITH =, coalesce(service_type, '') WITH =, daterange(valid_from, valid_until) WITH &&)
);
GRANT SELECT, INSERT, UPDATE ON tax_rates TO isp_app;

CREATE TABLE billing_discounts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  service_id integer,
  name text NOT NULL,
  percent numeric(7, 4) CHECK (percent > 0 AND percent <= 100),
  monthly_amount numeric(14, 4) CHECK (monthly_amount > 0),
  from_on date NOT NULL,
  until_on date CHECK (until_on > from_on),
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK (num_nonnulls(percent, monthly_amount) = 1),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX billing_discounts_by_account ON billing_discounts (partner_id, account_id);
CALL tenancy.protect('billing_discounts', 'customer_id');
GRANT SELECT, INSERT ON billing_discounts TO isp_app;

INSERT INTO role_permissions (role, permission)
SELECT role, permission FROM (VALUES ('billing'), ('support'), ('reseller_admin'), ('reseller_read_only'), ('customer')) AS r (role),
  (VALUES ('invoice.read'), ('payment.read'), ('billing_account.read')) AS p (permission)
UNION ALL VALUES ('billing', 'invoice.manage'), ('billing', 'payment.manage'), ('billing', 'billing_account.manage'),
  ('billing', 'tax.read'), ('billing', 'tax.manage'), ('support', 'tax.read');
`,
};
