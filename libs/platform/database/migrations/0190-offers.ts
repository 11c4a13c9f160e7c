import type { SqlMigration } from '../migration.js';

/** What partners sell over the operator's plans: their own products, prices and promotions, and what they sold. */
export const offers: SqlMigration = {
  name: '0190-offers',
  up: `
CREATE TABLE partner_products (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL REFERENCES partners,
  plan_id integer NOT NULL REFERENCES plans,
  name text NOT NULL CHECK (name <> ''),
  description text,
  logo text,
  contract_months integer NOT NULL DEFAULT 1 CHECK (contract_months >= 0),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  retired_at timestamptz,
  revision integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  CHECK ((status = 'retired') = (retired_at IS NOT NULL))
);
CREATE UNIQUE INDEX partner_products_name ON partner_products (partner_id, name) WHERE status = 'active';
CREATE INDEX partner_products_by_plan ON partner_products (partner_id, plan_id) WHERE status = 'active';
CALL tenancy.protect('partner_products');
GRANT SELECT, INSERT, UPDATE ON partner_products TO isp_app;

-- A price is never rewritten: the one in force is the youngest of those that have begun, and of two for the same
-- instant the one that was set last.
CREATE TABLE product_prices (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL,
  product_id integer NOT NULL,
  price_type text NOT NULL CHECK (price_type IN ('monthly', 'once_off')),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  tax_percent numeric(6, 3) NOT NULL CHECK (tax_percent BETWEEN 0 AND 100),
  amount numeric(14, 4) NOT NULL CHECK (amount >= 0),
  effective_at timestamptz NOT NULL,
  set_by text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (partner_id, product_id) REFERENCES partner_products (partner_id, id)
);
CREATE INDEX product_prices_in_force ON product_prices (partner_id, product_id, price_type, effective_at DESC, id DESC);
CALL tenancy.protect('product_prices');
GRANT SELECT, INSERT ON product_prices TO isp_app;

CREATE TABLE promotions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL REFERENCES partners,
  code text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,39}$'),
  name text NOT NULL CHECK (name <> ''),
  description text,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz,
  percent numeric(6, 3) CHECK (percent > 0 AND percent <= 100),
  amount numeric(14, 4) CHECK (amount > 0),
  currency char(3) CHECK (currency ~ '^[A-Z]{3}$'),
  months integer NOT NULL CHECK (months BETWEEN 1 AND 120),
  max_uses integer CHECK (max_uses > 0),
  uses integer NOT NULL DEFAULT 0 CHECK (uses >= 0),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  revision integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  UNIQUE (partner_id, code),
  CONSTRAINT promotions_window CHECK (ends_at > starts_at),
  CONSTRAINT promotions_one_value CHECK (num_nonnulls(percent, amount) = 1),
  CONSTRAINT promotions_amount_has_currency CHECK ((amount IS NULL) = (currency IS NULL)),
  -- Whoever takes the last one takes it alone: the second breaks this.
  CONSTRAINT promotions_not_beyond CHECK (uses <= max_uses)
);
CREATE INDEX promotions_by_partner ON promotions (partner_id, id DESC);
CALL tenancy.protect('promotions');
GRANT SELECT, INSERT, UPDATE ON promotions TO isp_app;

-- None: it is for every product of its partner.
CREATE TABLE promotion_products (
  partner_id integer NOT NULL,
  promotion_id integer NOT NULL,
  product_id integer NOT NULL,
  PRIMARY KEY (partner_id, promotion_id, product_id),
  FOREIGN KEY (partner_id, promotion_id) REFERENCES promotions (partner_id, id),
  FOREIGN KEY (partner_id, product_id) REFERENCES partner_products (partner_id, id)
);
CREATE INDEX promotion_products_by_product ON promotion_products (partner_id, product_id);
CALL tenancy.protect('promotion_products');
GRANT SELECT, INSERT, DELETE ON promotion_products TO isp_app;

-- What a service was sold as, at the price of that moment; one that is over stays.
CREATE TABLE product_sales (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  plan_id integer NOT NULL,
  plan_version integer NOT NULL,
  -- NULL: the operator's own product, at the plan's price.
  product_id integer,
  product_guid uuid NOT NULL,
  name text NOT NULL,
  contract_months integer NOT NULL,
  -- As they were: [{"type", "currency", "tax_percent", "amount"}].
  prices jsonb NOT NULL,
  promotion_id integer,
  -- As it was: {"code", "percent" or "amount" and "currency", "months"}.
  promotion jsonb,
  sold_at timestamptz NOT NULL,
  ended_at timestamptz CHECK (ended_at >= sold_at),
  FOREIGN KEY (plan_id, plan_version) REFERENCES plan_versions (plan_id, version),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  FOREIGN KEY (partner_id, product_id) REFERENCES partner_products (partner_id, id),
  FOREIGN KEY (partner_id, promotion_id) REFERENCES promotions (partner_id, id),
  CHECK ((promotion_id IS NULL) = (promotion IS NULL))
);
-- One at a time: the database refuses the second, and with it a second use of its promotion.
CREATE UNIQUE INDEX product_sales_current ON product_sales (service_id) WHERE ended_at IS NULL;
CREATE INDEX product_sales_by_service ON product_sales (partner_id, service_id, id DESC);
CREATE INDEX product_sales_by_promotion ON product_sales (partner_id, promotion_id) WHERE promotion_id IS NOT NULL;
CALL tenancy.protect('product_sales', 'customer_id');
GRANT SELECT, INSERT ON product_sales TO isp_app;
GRANT UPDATE (ended_at) ON product_sales TO isp_app;

-- Who the operator is: every ISP may know whose network it sells, though it sees no partner but itself.
CREATE FUNCTION operator_identity(OUT guid uuid, OUT name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.guid, p.name FROM partners p WHERE p.id = 1
$$;
REVOKE ALL ON FUNCTION operator_identity FROM PUBLIC;
GRANT EXECUTE ON FUNCTION operator_identity TO isp_app;

INSERT INTO role_permissions (role, permission) VALUES
  ('billing', 'product.manage'), ('isp', 'product.manage'), ('reseller_admin', 'product.manage'),
  ('billing', 'settlement.read'), ('isp', 'settlement.read'), ('reseller_admin', 'settlement.read'),
  ('billing', 'settlement.issue');
`,
};
