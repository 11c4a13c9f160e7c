import type { SqlMigration } from '../migration.js';

/** The application's role, and the wall between tenants that every partner's table stands behind. */
export const tenancy: SqlMigration = {
  name: '0001-tenancy',
  up: `
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'isp_app') THEN
    BEGIN
      CREATE ROLE isp_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF NOT pg_has_role(current_user, 'isp_app', 'SET') THEN
    GRANT isp_app TO CURRENT_USER;
  END IF;
EXCEPTION WHEN invalid_parameter_value THEN
  -- PostgreSQL 15 has no SET privilege yet: membership is enough there.
  GRANT isp_app TO CURRENT_USER;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO isp_app;
GRANT SELECT ON schema_migrations TO isp_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO isp_app;

CREATE SCHEMA tenancy;
GRANT USAGE ON SCHEMA tenancy TO isp_app;

-- A setting that was local to an earlier transaction reads as '' afterwards, never as NULL.
CREATE FUNCTION tenancy.unrestricted() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT coalesce(current_setting('app.unrestricted', true), '') = 'on' $$;
CREATE FUNCTION tenancy.partner_id() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.partner_id', true), '')::integer $$;
CREATE FUNCTION tenancy.customer_id() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.customer_id', true), '')::integer $$;

-- Puts a table behind the wall. The sub-selects make each setting be read once a query, not once a row.
-- customer_column: rows that a signed-in customer may touch; NULL: none of this table's.
CREATE PROCEDURE tenancy.protect(target regclass, customer_column text DEFAULT NULL, partner_column text DEFAULT 'partner_id')
LANGUAGE plpgsql AS $$
DECLARE
  own_rows text := format('%I = (SELECT tenancy.partner_id())', partner_column);
BEGIN
  IF customer_column IS NULL THEN
    own_rows := own_rows || ' AND (SELECT tenancy.customer_id()) IS NULL';
  ELSE
    own_rows := own_rows || format(
      ' AND ((SELECT tenancy.customer_id()) IS NULL OR %I = (SELECT tenancy.customer_id()))', customer_column);
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('CREATE POLICY wall ON %s TO isp_app USING ((SELECT tenancy.unrestricted()) OR (%s))', target, own_rows);
  EXECUTE format('CREATE POLICY owner ON %s TO CURRENT_USER USING (true)', target);
END $$;
`,
};
