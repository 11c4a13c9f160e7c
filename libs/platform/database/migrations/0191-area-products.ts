import type { SqlMigration } from '../migration.js';

/** Which plans can be ordered in which area, since when, and by whom. */
export const areaProducts: SqlMigration = {
  name: '0191-area-products',
  up: `
CREATE TABLE area_products (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  area_id bigint NOT NULL REFERENCES areas,
  plan_id integer NOT NULL REFERENCES plans,
  -- The only partner that may sell it there; NULL for all.
  only_partner_id integer REFERENCES partners,
  sold_from timestamptz NOT NULL,
  sold_until timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT area_products_window CHECK (sold_until > sold_from),
  CONSTRAINT area_products_once EXCLUDE USING gist (
    area_id WITH =, plan_id WITH =, (coalesce(only_partner_id, 0)) WITH =, tstzrange(sold_from, sold_until) WITH &&)
);
CREATE INDEX area_products_by_area ON area_products (area_id, plan_id);
CREATE INDEX area_products_by_plan ON area_products (plan_id, area_id);
-- What one partner alone may sell is not for the eyes of the others.
ALTER TABLE area_products ENABLE ROW LEVEL SECURITY;
ALTER TABLE area_products FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON area_products TO isp_app USING ((SELECT tenancy.unrestricted())
  OR ((only_partner_id IS NULL OR only_partner_id = (SELECT tenancy.partner_id())) AND (SELECT tenancy.customer_id()) IS NULL));
CREATE POLICY owner ON area_products TO CURRENT_USER USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON area_products TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON area_products EXECUTE FUNCTION tenancy.operator_writes();
`,
};
