import type { SqlMigration } from '../migration.js';

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  noc: ['outage.read', 'outage.manage', 'service_level.read'],
  support: ['outage.read', 'service_level.read'],
  billing: ['outage.read', 'service_level.read', 'service_level.manage'],
  reseller_admin: ['outage.read', 'service_level.read'],
  reseller_read_only: ['outage.read', 'service_level.read'],
  isp: ['outage.read', 'service_level.read'],
  customer: ['outage.read', 'service_level.read'],
};
const granted = Object.entries(GRANTS).flatMap(([role, names]) => names.map((name) => `('${role}', '${name}')`));

/** Outages with the services behind what is down, work that was announced, and what customers were told of both. */
export const outages: SqlMigration = {
  name: '0310-outages',
  up: `
INSERT INTO role_permissions (role, permission) VALUES ${granted.join(', ')} ON CONFLICT DO NOTHING;

CREATE TABLE outages (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The highest thing that is down: a device, or a node as a whole.
  device_id integer REFERENCES devices,
  node_id integer REFERENCES network_nodes,
  origin text NOT NULL CHECK (origin IN ('monitoring', 'person')),
  -- What customers read.
  title text NOT NULL,
  -- recovering: everything answers again, and nothing may fall for a while until it counts as over.
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'recovering', 'resolved', 'cancelled', 'merged')),
  started_at timestamptz NOT NULL,
  detected_at timestamptz NOT NULL,
  ended_at timestamptz CHECK (ended_at >= started_at),
  closes_at timestamptz,
  -- How often it came back within its recovery.
  flaps integer NOT NULL DEFAULT 0,
  merged_into_id integer REFERENCES outages CHECK (merged_into_id <> id),
  ticket_id integer,
  affected_services integer NOT NULL DEFAULT 0,
  affected_customers integer NOT NULL DEFAULT 0,
  opened_by text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (num_nonnulls(device_id, node_id) = 1),
  CHECK (status = 'cancelled' OR (status = 'open') = (ended_at IS NULL)),
  CHECK ((status = 'recovering') = (closes_at IS NOT NULL)),
  CHECK ((status = 'merged') = (merged_into_id IS NOT NULL))
);
-- Opened once, however many workers see the same.
CREATE UNIQUE INDEX outages_one_of_device ON outages (device_id) WHERE status IN ('open', 'recovering');
CREATE UNIQUE INDEX outages_one_of_node ON outages (node_id) WHERE status IN ('open', 'recovering');
CREATE INDEX outages_by_status ON outages (status, id DESC);
CREATE INDEX outages_by_device ON outages (device_id, id DESC);
CREATE INDEX outages_by_node ON outages (node_id, id DESC);
CREATE INDEX outages_by_time ON outages (started_at);
CREATE INDEX outages_closing ON outages (closes_at) WHERE status = 'recovering';
GRANT SELECT, INSERT, UPDATE ON outages TO isp_app;

-- The devices that are down in it. The sequence is that of the device's changes of reachability.
CREATE TABLE outage_devices (
  outage_id integer NOT NULL REFERENCES outages,
  device_id integer NOT NULL REFERENCES devices,
  sequence integer NOT NULL,
  down_at timestamptz NOT NULL,
  up_at timestamptz CHECK (up_at >= down_at),
  PRIMARY KEY (outage_id, device_id)
);
CREATE INDEX outage_devices_by_device ON outage_devices (device_id, sequence);
CREATE INDEX outage_devices_down ON outage_devices (device_id) WHERE up_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON outage_devices TO isp_app;

-- Services that hang behind it. Outages and services are never deleted, and tens of thousands of rows come at once: no
-- foreign keys.
CREATE TABLE outage_services (
  outage_id integer NOT NULL,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  -- It was reached then, when that was after the outage began: something higher fell later.
  since timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (outage_id, service_id)
);
CREATE INDEX outage_services_by_service ON outage_services (service_id, outage_id);
CREATE INDEX outage_services_by_partner ON outage_services (partner_id, customer_id, outage_id);
CALL tenancy.protect('outage_services', 'customer_id');
GRANT SELECT, INSERT, UPDATE, DELETE ON outage_services TO isp_app;

-- Who changed the times of an outage, when and why. Only ever added to.
CREATE TABLE outage_corrections (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  outage_id integer NOT NULL REFERENCES outages,
  at timestamptz NOT NULL,
  corrected_by text NOT NULL,
  reason text NOT NULL,
  was_started_at timestamptz NOT NULL,
  was_ended_at timestamptz,
  was_status text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  status text NOT NULL
);
CREATE INDEX outage_corrections_by_outage ON outage_corrections (outage_id, id);
GRANT SELECT, INSERT ON outage_corrections TO isp_app;

-- Work that was announced before it began.
CREATE TABLE maintenance_windows (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_id integer REFERENCES devices,
  node_id integer REFERENCES network_nodes,
  title text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'cancelled')),
  cancel_reason text,
  -- When the services behind it were looked up last: again when it begins.
  listed_at timestamptz NOT NULL,
  affected_services integer NOT NULL DEFAULT 0,
  affected_customers integer NOT NULL DEFAULT 0,
  created_by text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (num_nonnulls(device_id, node_id) = 1),
  CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL))
);
CREATE INDEX maintenance_windows_by_time ON maintenance_windows (starts_at, ends_at) WHERE status = 'planned';
CREATE INDEX maintenance_windows_by_status ON maintenance_windows (status, id DESC);
GRANT SELECT, INSERT, UPDATE ON maintenance_windows TO isp_app;

CREATE TABLE maintenance_services (
  window_id integer NOT NULL REFERENCES maintenance_windows,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  PRIMARY KEY (window_id, service_id)
);
CREATE INDEX maintenance_services_by_service ON maintenance_services (service_id, window_id);
CREATE INDEX maintenance_services_by_partner ON maintenance_services (partner_id, customer_id, window_id);
CALL tenancy.protect('maintenance_services', 'customer_id');
GRANT SELECT, INSERT, DELETE ON maintenance_services TO isp_app;

-- What a customer was told, once of each thing. The revision counts what was announced of it.
CREATE TABLE service_notices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  subject text NOT NULL CHECK (subject IN ('outage', 'maintenance')),
  subject_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opened', 'resolved', 'corrected', 'planned', 'changed', 'cancelled')),
  revision integer NOT NULL DEFAULT 1,
  service_ids integer[] NOT NULL,
  title text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz,
  at timestamptz NOT NULL,
  CONSTRAINT service_notices_once UNIQUE (subject, subject_id, kind, revision, customer_id)
);
CREATE INDEX service_notices_by_customer ON service_notices (partner_id, customer_id, id DESC);
CALL tenancy.protect('service_notices', 'customer_id');
GRANT SELECT, INSERT ON service_notices TO isp_app;

-- What is down is the operator's to know; others know of what reaches a service of theirs.
ALTER TABLE outages ENABLE ROW LEVEL SECURITY;
ALTER TABLE outages FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON outages TO isp_app USING ((SELECT tenancy.unrestricted())
  OR EXISTS (SELECT FROM outage_services s WHERE s.outage_id = outages.id));
CREATE POLICY owner ON outages TO CURRENT_USER USING (true);
ALTER TABLE maintenance_windows ENABLE ROW LEVEL SECURITY;
ALTER TABLE maintenance_windows FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON maintenance_windows TO isp_app USING ((SELECT tenancy.unrestricted())
  OR EXISTS (SELECT FROM maintenance_services s WHERE s.window_id = maintenance_windows.id));
CREATE POLICY owner ON maintenance_windows TO CURRENT_USER USING (true);
ALTER TABLE outage_corrections ENABLE ROW LEVEL SECURITY;
ALTER TABLE outage_corrections FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON outage_corrections TO isp_app USING ((SELECT tenancy.unrestricted())
  OR EXISTS (SELECT FROM outage_services s WHERE s.outage_id = outage_corrections.outage_id));
CREATE POLICY owner ON outage_corrections TO CURRENT_USER USING (true);
ALTER TABLE outage_devices ENABLE ROW LEVEL SECURITY;
ALTER TABLE outage_devices FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON outage_devices TO isp_app USING ((SELECT tenancy.unrestricted()));
CREATE POLICY owner ON outage_devices TO CURRENT_USER USING (true);
`,
};
