import type { SqlMigration } from '../migration.js';

/**
 * Addresses as a tree of prefixes in routing tables of their own, pools on top of it, VLANs, and who held what when.
 * Every rule of docs/adr/0011-ipam.md is a constraint here: no code and no race can break one.
 */
export const ipam: SqlMigration = {
  name: '0100-ipam',
  up: `
CREATE TABLE vrfs (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (name <> ''),
  route_distinguisher text UNIQUE,
  description text NOT NULL DEFAULT '',
  is_default boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX vrfs_one_default ON vrfs (is_default) WHERE is_default;
INSERT INTO vrfs (id, name, is_default, description) OVERRIDING SYSTEM VALUE
VALUES (1, 'default', true, 'The global routing table');
ALTER TABLE vrfs ALTER COLUMN id RESTART WITH 2;
GRANT SELECT, INSERT, UPDATE, DELETE ON vrfs TO isp_app;

-- Children lie inside their parent, siblings lie apart: so two prefixes of one VRF overlap only where one holds the other.
-- The parent's prefix and role travel in the foreign key, which makes containment a check of one row.
CREATE TABLE prefixes (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  vrf_id integer NOT NULL REFERENCES vrfs,
  prefix cidr NOT NULL,
  role text NOT NULL CHECK (role IN ('container', 'assignment')),
  parent_id integer,
  parent_prefix cidr,
  parent_role text GENERATED ALWAYS AS (CASE WHEN parent_id IS NOT NULL THEN 'container' END) STORED,
  device_id integer REFERENCES devices,
  description text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT prefixes_as_parent UNIQUE (id, vrf_id, prefix, role),
  CONSTRAINT prefixes_as_base UNIQUE (id, vrf_id, prefix, device_id),
  CONSTRAINT prefixes_parent_whole CHECK ((parent_id IS NULL) = (parent_prefix IS NULL)),
  CONSTRAINT prefixes_inside_parent CHECK (prefix << parent_prefix),
  CONSTRAINT prefixes_parent_fkey FOREIGN KEY (parent_id, vrf_id, parent_prefix, parent_role)
    REFERENCES prefixes (id, vrf_id, prefix, role),
  CONSTRAINT prefixes_siblings_apart
    EXCLUDE USING gist (vrf_id WITH =, (coalesce(parent_id, 0)) WITH =, prefix inet_ops WITH &&)
);
CREATE INDEX prefixes_by_vrf ON prefixes (vrf_id, prefix);
CREATE INDEX prefixes_by_device ON prefixes (device_id, prefix);
CREATE INDEX prefixes_by_parent ON prefixes (parent_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON prefixes TO isp_app;

INSERT INTO prefixes (vrf_id, prefix, role, device_id) SELECT 1, prefix, 'assignment', router_id FROM ip_pools;
ALTER TABLE ip_pools
  DROP CONSTRAINT ip_pools_prefix_excl,
  ADD kind text NOT NULL DEFAULT 'ipv4' CHECK (kind IN ('ipv4', 'ipv6', 'delegated')),
  ADD vrf_id integer NOT NULL DEFAULT 1,
  ADD prefix_id integer,
  ADD base_prefix cidr,
  -- Length of what one service gets: 32 of IPv4; of IPv6 64 for a framed prefix, 56 to delegate, 128 for one address.
  ADD unit_length smallint NOT NULL DEFAULT 32,
  ADD status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'retired')),
  ADD reserved_ranges jsonb NOT NULL DEFAULT '[]',
  ADD version integer NOT NULL DEFAULT 1,
  ADD created_at timestamptz NOT NULL DEFAULT now(),
  ADD updated_at timestamptz NOT NULL DEFAULT now();
UPDATE ip_pools p SET prefix_id = x.id, base_prefix = x.prefix
  FROM prefixes x WHERE x.prefix = p.prefix AND x.device_id = p.router_id;
ALTER TABLE ip_pools
  ALTER kind DROP DEFAULT, ALTER vrf_id DROP DEFAULT, ALTER unit_length DROP DEFAULT,
  ALTER prefix_id SET NOT NULL, ALTER base_prefix SET NOT NULL,
  ADD CONSTRAINT ip_pools_in_vrf UNIQUE (id, vrf_id, kind),
  -- A pool serves the router of its prefix.
  ADD CONSTRAINT ip_pools_prefix_fkey FOREIGN KEY (prefix_id, vrf_id, base_prefix, router_id)
    REFERENCES prefixes (id, vrf_id, prefix, device_id),
  ADD CONSTRAINT ip_pools_inside_prefix CHECK (prefix <<= base_prefix),
  ADD CONSTRAINT ip_pools_family CHECK ((kind = 'ipv4') = (family(prefix) = 4)),
  ADD CONSTRAINT ip_pools_units CHECK (CASE kind
    WHEN 'ipv4' THEN unit_length = 32 AND masklen(prefix) >= 16
    ELSE unit_length BETWEEN masklen(prefix) AND least(128, masklen(prefix) + 48) END),
  ADD CONSTRAINT ip_pools_apart EXCLUDE USING gist (vrf_id WITH =, prefix inet_ops WITH &&);
DROP INDEX ip_pools_by_router;
CREATE INDEX ip_pools_by_router ON ip_pools (router_id, kind, id);
CREATE INDEX ip_pools_by_prefix ON ip_pools (prefix_id, id);
GRANT UPDATE, DELETE ON ip_pools TO isp_app;

-- For whom an address is kept, whether or not it is in use.
CREATE TABLE ip_reservations (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer,
  vrf_id integer NOT NULL REFERENCES vrfs,
  address inet NOT NULL,
  note text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ip_reservations_once UNIQUE (vrf_id, address),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX ip_reservations_by_customer ON ip_reservations (partner_id, customer_id, id);
CREATE INDEX ip_reservations_by_service ON ip_reservations (service_id);
CALL tenancy.protect('ip_reservations', 'customer_id');
GRANT SELECT, INSERT, DELETE ON ip_reservations TO isp_app;

ALTER TABLE ip_addresses
  ADD vrf_id integer NOT NULL DEFAULT 1,
  ADD kind text NOT NULL DEFAULT 'ipv4',
  -- Until then only the service that had it last may have it again (quarantine).
  ADD free_from timestamptz NOT NULL DEFAULT '-infinity',
  ADD last_service_id integer,
  -- Inside a reserved range of its pool: nobody gets it without asking for it.
  ADD withheld boolean NOT NULL DEFAULT false,
  ADD reservation_id integer REFERENCES ip_reservations,
  DROP CONSTRAINT ip_addresses_pool_id_fkey,
  ADD CONSTRAINT ip_addresses_pool_fkey FOREIGN KEY (pool_id, vrf_id, kind) REFERENCES ip_pools (id, vrf_id, kind);
ALTER TABLE ip_addresses ALTER vrf_id DROP DEFAULT;
DROP INDEX ip_addresses_address;
DROP INDEX ip_addresses_free;
CREATE UNIQUE INDEX ip_addresses_address ON ip_addresses (vrf_id, address);
CREATE INDEX ip_addresses_free ON ip_addresses (pool_id, free_from, address)
  WHERE service_id IS NULL AND reservation_id IS NULL AND NOT withheld;
CREATE INDEX ip_addresses_last ON ip_addresses (last_service_id) WHERE last_service_id IS NOT NULL;
CREATE INDEX ip_addresses_reserved ON ip_addresses (reservation_id) WHERE reservation_id IS NOT NULL;
GRANT DELETE ON ip_addresses TO isp_app;

-- Units of IPv6 pools: those that a service has or had; the others need no row.
CREATE TABLE ip_units (
  pool_id integer NOT NULL,
  position bigint NOT NULL,
  vrf_id integer NOT NULL,
  kind text NOT NULL,
  prefix cidr NOT NULL,
  service_id integer REFERENCES services,
  assigned_at timestamptz,
  released_at timestamptz,
  free_from timestamptz NOT NULL DEFAULT '-infinity',
  last_service_id integer,
  PRIMARY KEY (pool_id, position),
  CONSTRAINT ip_units_pool_fkey FOREIGN KEY (pool_id, vrf_id, kind) REFERENCES ip_pools (id, vrf_id, kind),
  CONSTRAINT ip_units_apart EXCLUDE USING gist (vrf_id WITH =, prefix inet_ops WITH &&)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX ip_units_service ON ip_units (service_id, kind) WHERE service_id IS NOT NULL;
CREATE INDEX ip_units_free ON ip_units (pool_id, free_from, position) WHERE service_id IS NULL;
CREATE INDEX ip_units_last ON ip_units (last_service_id) WHERE last_service_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON ip_units TO isp_app;

-- Who had an address until when. What is held at present stands in the tables above; its row comes here when it ends.
CREATE TABLE address_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  vrf_id integer NOT NULL,
  address inet NOT NULL,
  during tstzrange NOT NULL CHECK (NOT isempty(during) AND NOT upper_inf(during)),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  CONSTRAINT address_history_one_holder
    EXCLUDE USING gist (vrf_id WITH =, address inet_ops WITH &&, during WITH &&)
);
CREATE INDEX address_history_by_service ON address_history (partner_id, service_id, id);
CALL tenancy.protect('address_history', 'customer_id');
GRANT SELECT, INSERT ON address_history TO isp_app;

CREATE TABLE vlans (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_id integer NOT NULL REFERENCES devices,
  -- '' is the device as a whole, where it does not tell its ports apart.
  port text NOT NULL DEFAULT '',
  vlan_id smallint NOT NULL CHECK (vlan_id BETWEEN 1 AND 4094),
  -- Part of a range that services get theirs from; else taken because somebody asked for this very one.
  automatic boolean NOT NULL DEFAULT true,
  service_id integer REFERENCES services,
  assigned_at timestamptz,
  CONSTRAINT vlans_once UNIQUE (device_id, port, vlan_id)
);
CREATE UNIQUE INDEX vlans_service ON vlans (service_id) WHERE service_id IS NOT NULL;
CREATE INDEX vlans_free ON vlans (device_id, port, vlan_id) WHERE service_id IS NULL AND automatic;
GRANT SELECT, INSERT, UPDATE, DELETE ON vlans TO isp_app;
-- A number that several services shared until now goes on in the subscribers' rows; the first of them holds it here.
INSERT INTO vlans (device_id, vlan_id, automatic, service_id, assigned_at)
  SELECT DISTINCT ON (router_id, vlan_id) router_id, vlan_id, false, service_id, created_at
    FROM subscribers WHERE vlan_id IS NOT NULL ORDER BY router_id, vlan_id, id;

ALTER TABLE subscribers
  ADD vrf_id integer NOT NULL DEFAULT 1 REFERENCES vrfs,
  DROP CONSTRAINT subscribers_address_key,
  ADD CONSTRAINT subscribers_address_key UNIQUE (vrf_id, address),
  ADD CONSTRAINT subscribers_ipv6_prefix_key UNIQUE (vrf_id, ipv6_prefix),
  ADD CONSTRAINT subscribers_delegated_prefix_key UNIQUE (vrf_id, delegated_prefix);

-- The n-th prefix of a length inside an IPv6 base. (inet + bigint ends at 2^63, so the number goes in as address text.)
CREATE FUNCTION nth_subnet(base cidr, length integer, n bigint) RETURNS cidr LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT set_masklen(base::inet | rtrim(regexp_replace(
           lpad(to_hex(n << ((128 - length) % 4)) || repeat('0', (128 - length) / 4), 32, '0'), '(.{4})', '\\1:', 'g'), ':')::inet, length)::cidr
$$;

INSERT INTO role_permissions (role, permission) VALUES
  ('noc', 'ipam.read'), ('noc', 'ipam.manage'), ('support', 'ipam.read');
`,
};
