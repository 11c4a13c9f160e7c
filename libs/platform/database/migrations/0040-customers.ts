import type { SqlMigration } from '../migration.js';

/** Who buys. Search is a trigram index over everything that identifies a person, as it is typed. */
export const customers: SqlMigration = {
  name: '0040-customers',
  up: `
-- Portal ids are never used twice: eight digits, more when they run out.
CREATE SEQUENCE portal_ids START 10003456;
GRANT USAGE ON SEQUENCE portal_ids TO isp_app;

CREATE FUNCTION search_text_of(VARIADIC parts text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
  $$ SELECT ' ' || lower(array_to_string(parts, ' ')) || ' ' $$;

CREATE TABLE customers (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL REFERENCES partners,
  display_id text NOT NULL GENERATED ALWAYS AS ('CUST-' || (10000 + id)::text) STORED,
  kind text NOT NULL DEFAULT 'residential' CHECK (kind IN ('residential', 'sme', 'enterprise')),
  name text NOT NULL,
  first_name text,
  last_name text,
  email text NOT NULL,
  phone text NOT NULL,
  home_phone text,
  username text,
  address jsonb,
  billing_address jsonb,
  support_tier text NOT NULL DEFAULT 'Standard',
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('trial', 'active', 'suspended', 'terminated')),
  status_reason text,
  portal_id text NOT NULL UNIQUE DEFAULT nextval('portal_ids')::text,
  portal_user_guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  terminated_at timestamptz,
  search_text text NOT NULL GENERATED ALWAYS AS (search_text_of(name, email, phone, regexp_replace(phone, '[^0-9]', '', 'g'), portal_id)) STORED,
  UNIQUE (partner_id, id),
  UNIQUE (display_id)
) WITH (fillfactor = 90);
ALTER SEQUENCE portal_ids OWNED BY customers.portal_id;
CREATE INDEX customers_by_partner_status ON customers (partner_id, status, id DESC);
CREATE INDEX customers_by_status ON customers (status, id DESC);
CREATE UNIQUE INDEX customers_email ON customers (partner_id, lower(email)) WHERE status <> 'terminated';
CREATE INDEX customers_search ON customers USING gin (search_text gin_trgm_ops);
CALL tenancy.protect('customers', 'id');
GRANT SELECT, INSERT, UPDATE ON customers TO isp_app;
ALTER TABLE users ADD CONSTRAINT users_customer_fk FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id);

-- LIKE is not leakproof, so under row level security PostgreSQL would not use the trigram index. This function does
-- the search as the owner and applies the wall itself. Pattern characters in the text must be escaped by the caller.
CREATE FUNCTION customers_search(pattern text, wanted_status text, wanted_partner integer, page_size bigint, page_offset bigint)
RETURNS TABLE (id integer, total bigint) LANGUAGE sql STABLE SECURITY DEFINER ROWS 25
SET search_path = public, pg_temp AS $$
  WITH hits AS MATERIALIZED (
    SELECT c.id FROM customers c
     WHERE c.search_text LIKE pattern
       AND (wanted_status IS NULL OR c.status = wanted_status)
       AND (wanted_partner IS NULL OR c.partner_id = wanted_partner)
       AND ((SELECT tenancy.unrestricted()) OR (c.partner_id = (SELECT tenancy.partner_id())
            AND ((SELECT tenancy.customer_id()) IS NULL OR c.id = (SELECT tenancy.customer_id())))))
  SELECT page.id, (SELECT count(*) FROM hits) FROM (
    SELECT h.id FROM hits h ORDER BY h.id DESC LIMIT page_size OFFSET page_offset) page
  UNION ALL
  SELECT NULL, (SELECT count(*) FROM hits)
$$;
REVOKE ALL ON FUNCTION customers_search FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_search TO isp_app;

-- How many customers a list has. The wall is decided once, not for each of a million rows.
CREATE FUNCTION customers_count(wanted_status text, wanted_partner integer) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own_customer integer := tenancy.customer_id();
BEGIN
  IF NOT tenancy.unrestricted() THEN
    IF tenancy.partner_id() IS NULL OR wanted_partner <> tenancy.partner_id() THEN
      RETURN 0;
    END IF;
    wanted_partner := tenancy.partner_id();
    IF own_customer IS NOT NULL THEN
      RETURN (SELECT count(*) FROM customers c WHERE c.partner_id = wanted_partner AND c.id = own_customer
                AND (wanted_status IS NULL OR c.status = wanted_status));
    END IF;
  END IF;
  IF wanted_partner IS NULL AND wanted_status IS NULL THEN
    RETURN (SELECT count(*) FROM customers);
  ELSIF wanted_partner IS NULL THEN
    RETURN (SELECT count(*) FROM customers c WHERE c.status = wanted_status);
  ELSIF wanted_status IS NULL THEN
    RETURN (SELECT count(*) FROM customers c WHERE c.partner_id = wanted_partner);
  END IF;
  RETURN (SELECT count(*) FROM customers c WHERE c.partner_id = wanted_partner AND c.status = wanted_status);
END $$;
REVOKE ALL ON FUNCTION customers_count FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_count TO isp_app;
`,
};
