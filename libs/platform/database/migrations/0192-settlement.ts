import type { SqlMigration } from '../migration.js';

/** What partners owe the operator for a month's lines, and the history of prices that it is computed from. */
export const settlement: SqlMigration = {
  name: '0192-settlement',
  up: `
-- What a service cost since when. The database writes it itself, so that no price is ever in force without a record,
-- and the application cannot rewrite one.
CREATE TABLE service_terms (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  plan_id integer NOT NULL,
  plan_version integer NOT NULL,
  static_ip boolean NOT NULL,
  monthly_amount numeric(14, 4) NOT NULL,
  currency char(3) NOT NULL,
  valid_from timestamptz NOT NULL,
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  FOREIGN KEY (plan_id, plan_version) REFERENCES plan_versions (plan_id, version)
);
CREATE INDEX service_terms_by_service ON service_terms (partner_id, service_id, valid_from, id);
CALL tenancy.protect('service_terms', 'customer_id');
GRANT SELECT ON service_terms TO isp_app;
-- What was paid before a change of plan is not known any more; from here on it is.
INSERT INTO service_terms (partner_id, customer_id, service_id, plan_id, plan_version, static_ip, monthly_amount, currency, valid_from)
  SELECT partner_id, customer_id, id, plan_id, plan_version, static_ip, monthly_amount, currency, created_at FROM services;

CREATE FUNCTION record_service_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO service_terms (partner_id, customer_id, service_id, plan_id, plan_version, static_ip, monthly_amount, currency, valid_from)
    VALUES (NEW.partner_id, NEW.customer_id, NEW.id, NEW.plan_id, NEW.plan_version, NEW.static_ip, NEW.monthly_amount, NEW.currency,
            CASE TG_OP WHEN 'INSERT' THEN NEW.created_at ELSE now() END);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION record_service_terms FROM PUBLIC;
CREATE TRIGGER services_first_terms AFTER INSERT ON services FOR EACH ROW EXECUTE FUNCTION record_service_terms();
CREATE TRIGGER services_new_terms AFTER UPDATE ON services FOR EACH ROW
  WHEN ((NEW.plan_id, NEW.plan_version, NEW.static_ip, NEW.monthly_amount, NEW.currency)
        IS DISTINCT FROM (OLD.plan_id, OLD.plan_version, OLD.static_ip, OLD.monthly_amount, OLD.currency))
  EXECUTE FUNCTION record_service_terms();

-- What was agreed with a partner: the youngest row whose month has begun counts.
CREATE TABLE settlement_terms (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL REFERENCES partners,
  from_month date NOT NULL CHECK (extract(day FROM from_month) = 1),
  -- Of the price, on days on which a line is suspended.
  suspended_percent numeric(6, 3) NOT NULL CHECK (suspended_percent BETWEEN 0 AND 100),
  set_by text NOT NULL,
  set_at timestamptz NOT NULL
);
CREATE INDEX settlement_terms_by_partner ON settlement_terms (partner_id, from_month DESC, id DESC);
CALL tenancy.protect('settlement_terms');
GRANT SELECT, INSERT ON settlement_terms TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON settlement_terms EXECUTE FUNCTION tenancy.operator_writes();

-- Issued once for a month, and never changed: the application may insert and read.
CREATE TABLE settlements (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL REFERENCES partners,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  -- As they were when it was issued, so that it can be computed again.
  time_zone text NOT NULL,
  suspended_percent numeric(6, 3) NOT NULL,
  -- [{"currency", "net", "tax", "gross"}], decimal text.
  totals jsonb NOT NULL,
  line_count integer NOT NULL,
  -- SHA-256 over terms and lines.
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  issued_by text NOT NULL,
  issued_at timestamptz NOT NULL,
  UNIQUE (partner_id, id),
  UNIQUE (partner_id, month)
);
CALL tenancy.protect('settlements');
GRANT SELECT, INSERT ON settlements TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON settlements EXECUTE FUNCTION tenancy.operator_writes();

CREATE TABLE settlement_lines (
  partner_id integer NOT NULL,
  settlement_id integer NOT NULL,
  position integer NOT NULL,
  service_id integer NOT NULL,
  service_guid uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('monthly', 'suspended', 'activation')),
  plan_id integer NOT NULL,
  plan_version integer NOT NULL,
  sku text NOT NULL,
  static_ip boolean NOT NULL,
  -- [{"from", "to"}], days of the month that are charged, both included.
  periods jsonb NOT NULL,
  days integer NOT NULL,
  unit_amount numeric(14, 4) NOT NULL,
  percent numeric(6, 3) NOT NULL,
  currency char(3) NOT NULL,
  net_amount numeric(18, 4) NOT NULL,
  tax_percent numeric(6, 3) NOT NULL,
  tax_amount numeric(18, 4) NOT NULL,
  gross_amount numeric(18, 4) NOT NULL,
  PRIMARY KEY (partner_id, settlement_id, position),
  FOREIGN KEY (partner_id, settlement_id) REFERENCES settlements (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  CHECK (gross_amount = net_amount + tax_amount)
);
CREATE INDEX settlement_lines_by_service ON settlement_lines (partner_id, service_id);
CALL tenancy.protect('settlement_lines');
GRANT SELECT, INSERT ON settlement_lines TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON settlement_lines EXECUTE FUNCTION tenancy.operator_writes();
`,
};
