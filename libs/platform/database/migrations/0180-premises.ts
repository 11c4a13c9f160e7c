import type { SqlMigration } from '../migration.js';

/**
 * Where lines can be sold: areas with their outlines, and every address in or near them. Both are the operator's, the
 * same for all partners and written by nobody else; who ordered on a premise is the partner's, behind the wall.
 */
export const premises: SqlMigration = {
  name: '0180-premises',
  up: `
-- Refuses a write of the application for a single partner or customer. Functions that run as the owner pass.
CREATE FUNCTION tenancy.operator_writes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user = 'isp_app' AND NOT tenancy.unrestricted() THEN
    RAISE EXCEPTION '% is the operator''s alone', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;

CREATE TABLE areas (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  -- Whose network it is; this program's own operator unless told otherwise.
  operator_id uuid NOT NULL,
  -- By which an import knows it again.
  external_key text CHECK (external_key <> ''),
  name text NOT NULL CHECK (name <> ''),
  connectivity text NOT NULL CHECK (connectivity IN ('live', 'building', 'planned')),
  live_on date,
  planned_on date,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);
CREATE UNIQUE INDEX areas_external_key ON areas (external_key) WHERE deleted_at IS NULL;
CREATE INDEX areas_by_connectivity ON areas (connectivity, id) WHERE deleted_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON areas TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON areas EXECUTE FUNCTION tenancy.operator_writes();

-- Coordinates are whole 1e-7 degrees, x the longitude and y the latitude: in degrees PostgreSQL's geometric tolerance of
-- 1e-6 would let points count as inside that are metres away. A part is one outline and the holes in it.
CREATE TABLE area_rings (
  area_id bigint NOT NULL REFERENCES areas,
  part integer NOT NULL,
  ring integer NOT NULL,
  kind text NOT NULL GENERATED ALWAYS AS (CASE ring WHEN 0 THEN 'include' ELSE 'exclude' END) STORED,
  outline polygon NOT NULL,
  PRIMARY KEY (area_id, part, ring)
);
CREATE INDEX area_rings_box ON area_rings USING gist (box(outline)) WHERE kind = 'include';
GRANT SELECT, INSERT, DELETE ON area_rings TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON area_rings EXECUTE FUNCTION tenancy.operator_writes();

-- The areas that cover a point, each once. A point on an outline is inside, one on the edge of a hole is not.
CREATE FUNCTION areas_covering(latitude numeric, longitude numeric) RETURNS TABLE (area_id bigint)
LANGUAGE sql STABLE ROWS 3 AS $$
  SELECT DISTINCT r.area_id FROM area_rings r JOIN areas a ON a.id = r.area_id AND a.deleted_at IS NULL
   WHERE r.kind = 'include'
     AND box(r.outline) @> box(point(round($2 * 10000000)::float8, round($1 * 10000000)::float8))
     AND r.outline @> point(round($2 * 10000000)::float8, round($1 * 10000000)::float8)
     AND NOT EXISTS (SELECT FROM area_rings h WHERE h.area_id = r.area_id AND h.part = r.part AND h.kind = 'exclude'
                        AND h.outline @> point(round($2 * 10000000)::float8, round($1 * 10000000)::float8))
$$;

-- The address register and the premises in one: an address is a premise from the moment that it is known.
CREATE TABLE premises (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  -- Names the entry of the address register: the external reference by which a line is ordered.
  register_guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  -- By which an import knows it again.
  external_key text NOT NULL UNIQUE DEFAULT 'premise:' || gen_random_uuid() CHECK (external_key <> ''),
  operator_id uuid NOT NULL,
  -- Where it counts as being when several areas cover it: the one that is furthest with its network.
  area_id bigint REFERENCES areas,
  full_text text NOT NULL CHECK (full_text <> ''),
  name text,
  street_number text,
  street_name text,
  intersection text,
  plot_number text,
  mdu_name text,
  mdu_block text,
  mdu_floor text,
  mdu_unit text,
  suburb text,
  city text,
  province text,
  postal_code text,
  country_code text CHECK (country_code ~ '^[A-Z]{2}$'),
  latitude numeric(9, 7) NOT NULL CHECK (latitude BETWEEN -90 AND 90),
  longitude numeric(10, 7) NOT NULL CHECK (longitude BETWEEN -180 AND 180),
  reference text,
  asset_reference text,
  type_id text,
  -- Follows premise_occupations.
  status text NOT NULL DEFAULT 'vacant' CHECK (status IN ('vacant', 'ordered', 'in_service')),
  -- The words of full_text as the program takes it apart, so that a search takes its words apart in the same way.
  search tsvector NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);
CREATE INDEX premises_search ON premises USING gin (search) WITH (gin_pending_list_limit = 512) WHERE deleted_at IS NULL;
CREATE INDEX premises_changed ON premises (updated_at, id);
CREATE INDEX premises_by_area ON premises (area_id, id);
CREATE INDEX premises_by_place ON premises (latitude, longitude);
GRANT SELECT, INSERT, UPDATE ON premises TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON premises EXECUTE FUNCTION tenancy.operator_writes();

-- Every word of an address that is not a number, and in how many addresses it came up: what a misspelt one may have meant,
-- and which ones tell addresses apart.
CREATE TABLE premise_words (
  word text PRIMARY KEY,
  addresses integer NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX premise_words_similar ON premise_words USING gist (word gist_trgm_ops);
CREATE INDEX premise_words_prefix ON premise_words (word text_pattern_ops);
GRANT SELECT, INSERT, UPDATE, DELETE ON premise_words TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON premise_words EXECUTE FUNCTION tenancy.operator_writes();

CREATE TABLE premise_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  premise_id bigint NOT NULL REFERENCES premises,
  version integer NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  -- { field: [before, after] }
  changes jsonb NOT NULL
);
CREATE INDEX premise_history_by_premise ON premise_history (premise_id, id DESC);
GRANT SELECT, INSERT ON premise_history TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON premise_history EXECUTE FUNCTION tenancy.operator_writes();

-- Who has ordered on a premise or has a service there. One at a time: whoever comes second is refused by the key.
CREATE TABLE premise_occupations (
  premise_id bigint PRIMARY KEY REFERENCES premises,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  customer_guid uuid NOT NULL,
  service_id integer NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('ordered', 'in_service')),
  since timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX premise_occupations_by_customer ON premise_occupations (partner_id, customer_guid, premise_id);
CALL tenancy.protect('premise_occupations', 'customer_id');
GRANT SELECT, INSERT, UPDATE, DELETE ON premise_occupations TO isp_app;

-- Everybody sees that a premise is taken, nobody but its partner by whom.
CREATE FUNCTION follow_occupation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place bigint := coalesce(NEW.premise_id, OLD.premise_id);
  now_is text := CASE TG_OP WHEN 'DELETE' THEN 'vacant' ELSE NEW.state END;
BEGIN
  WITH held AS (SELECT p.id, p.status FROM premises p WHERE p.id = place FOR UPDATE),
  changed AS (
    UPDATE premises p SET status = now_is, version = p.version + 1, updated_at = now() FROM held h
     WHERE p.id = h.id AND h.status <> now_is RETURNING p.id, p.version, h.status AS was)
  INSERT INTO premise_history (premise_id, version, actor, changes)
    SELECT c.id, c.version, 'system:ordering', jsonb_build_object('status', jsonb_build_array(c.was, now_is)) FROM changed c;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION follow_occupation FROM PUBLIC;
CREATE TRIGGER follow_occupation AFTER INSERT OR UPDATE OF state OR DELETE ON premise_occupations
  FOR EACH ROW EXECUTE FUNCTION follow_occupation();

INSERT INTO role_permissions (role, permission) VALUES
  ('noc', 'premise.read'), ('noc', 'premise.manage'), ('support', 'premise.read'), ('billing', 'premise.read'),
  ('isp', 'premise.read'), ('reseller_admin', 'premise.read'), ('reseller_read_only', 'premise.read');
`,
};
