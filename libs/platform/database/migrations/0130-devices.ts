import type { SqlMigration } from '../migration.js';

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  noc: ['device.read', 'device.manage'],
  support: ['device.read'],
};
const granted = Object.entries(GRANTS).flatMap(([role, names]) => names.map((name) => `('${role}', '${name}')`));

/**
 * Where devices stand, what hangs below what, of which model they are; what they were last seen to do, when they are
 * asked next, and the alarms that their figures and their traps raise.
 */
export const devices: SqlMigration = {
  name: '0130-devices',
  up: `
INSERT INTO role_permissions (role, permission) VALUES ${granted.join(', ')} ON CONFLICT DO NOTHING;

CREATE TABLE network_nodes (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  -- What people call it: POP-NY-01.
  code text NOT NULL UNIQUE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('data_centre', 'exchange', 'pop', 'cabinet', 'site')),
  address text,
  latitude numeric(9, 6) CHECK (latitude BETWEEN -90 AND 90),
  longitude numeric(9, 6) CHECK (longitude BETWEEN -180 AND 180),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((latitude IS NULL) = (longitude IS NULL))
);
CREATE INDEX network_nodes_by_kind ON network_nodes (kind, id);
GRANT SELECT, INSERT, UPDATE ON network_nodes TO isp_app;

-- How one model of equipment is asked, as data: object identifiers differ by vendor and by firmware.
CREATE TABLE device_models (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('router', 'bng', 'switch', 'olt', 'ont')),
  vendor text NOT NULL,
  -- Per reading: {oid, scale, invalid, values}; the oid may hold {pon}, {onu} and {index}.
  oids jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(oids) = 'object'),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX device_models_by_kind ON device_models (kind, id);
GRANT SELECT, INSERT, UPDATE ON device_models TO isp_app;
-- What every agent answers (RFC 3418, RFC 2863).
INSERT INTO device_models (name, kind, vendor, oids) VALUES ('Generic SNMP', 'router', 'Any',
  '{"uptimeSeconds": {"oid": "1.3.6.1.2.1.1.3.0", "scale": 0.01}, "softwareVersion": {"oid": "1.3.6.1.2.1.1.1.0"}}');

ALTER TABLE devices
  -- What is only looked at has no subscribers to configure.
  ALTER driver DROP NOT NULL,
  ADD node_id integer REFERENCES network_nodes,
  -- What it hangs below.
  ADD parent_id integer REFERENCES devices CHECK (parent_id <> id),
  ADD model_id integer REFERENCES device_models,
  ADD serial_number text UNIQUE,
  ADD firmware text,
  -- An ONT: the OLT that is asked about it, where it is plugged in there, and the service that it carries.
  ADD olt_id integer REFERENCES devices CHECK (olt_id <> id),
  ADD pon_port text,
  ADD onu_index integer CHECK (onu_index >= 0),
  ADD service_id integer REFERENCES services,
  ADD poll_interval_seconds integer NOT NULL DEFAULT 60 CHECK (poll_interval_seconds BETWEEN 5 AND 86400);
CREATE UNIQUE INDEX devices_one_per_service ON devices (service_id) WHERE service_id IS NOT NULL AND status = 'active';
CREATE UNIQUE INDEX devices_one_per_onu ON devices (olt_id, pon_port, onu_index) WHERE status = 'active' AND onu_index IS NOT NULL;
CREATE INDEX devices_by_node ON devices (node_id, id);
CREATE INDEX devices_by_parent ON devices (parent_id, id);
CREATE INDEX devices_by_olt ON devices (olt_id, id) WHERE olt_id IS NOT NULL;
CREATE INDEX devices_by_model ON devices (model_id, id);
CREATE INDEX devices_by_kind ON devices (kind, id);
CREATE INDEX devices_by_address ON devices (management_address) WHERE management_address IS NOT NULL;

-- The last state of each device that is asked, and when it is asked next. Apart from devices, because it is written all
-- the time: whoever edits a device waits for no poll.
CREATE TABLE device_status (
  device_id integer PRIMARY KEY REFERENCES devices,
  -- NULL: not asked any more.
  next_poll_at timestamptz,
  -- One question at a time: nobody else asks before this, and a claim that was overtaken changes nothing.
  claimed_until timestamptz,
  claim integer NOT NULL DEFAULT 0,
  reachability text NOT NULL DEFAULT 'unknown' CHECK (reachability IN ('unknown', 'up', 'down')),
  changed_at timestamptz,
  -- Counts the changes of reachability.
  transitions integer NOT NULL DEFAULT 0,
  misses integer NOT NULL DEFAULT 0,
  hits integer NOT NULL DEFAULT 0,
  -- The last answer and its time; an unanswered question leaves both as they are.
  reading jsonb,
  read_at timestamptz,
  asked_at timestamptz,
  asked_live_at timestamptz,
  error text,
  last_seen_at timestamptz
) WITH (fillfactor = 60);
CREATE INDEX device_status_due ON device_status (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX device_status_by_reachability ON device_status (reachability, device_id);
GRANT SELECT, INSERT, UPDATE ON device_status TO isp_app;

CREATE TABLE device_samples (
  device_id integer NOT NULL REFERENCES devices,
  at timestamptz NOT NULL,
  online boolean,
  rx_power_dbm real,
  tx_power_dbm real,
  olt_rx_power_dbm real,
  temperature_celsius real,
  PRIMARY KEY (device_id, at)
);
CREATE INDEX device_samples_age ON device_samples (at);
GRANT SELECT, INSERT, DELETE ON device_samples TO isp_app;

-- When a figure is a reason to worry. Narrowest first: a device's model, then its kind, then any.
CREATE TABLE alarm_thresholds (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  metric text NOT NULL,
  model_id integer REFERENCES device_models,
  kind text CHECK (kind IN ('router', 'bng', 'switch', 'olt', 'ont')),
  -- Whether it is bad to be above or below the levels.
  direction text NOT NULL CHECK (direction IN ('above', 'below')),
  warning double precision,
  critical double precision,
  -- How far back over a level a figure must come before it counts as good again.
  hysteresis double precision NOT NULL DEFAULT 0 CHECK (hysteresis >= 0),
  -- How long a figure must be bad (or good) before it counts.
  hold_seconds integer NOT NULL DEFAULT 0 CHECK (hold_seconds BETWEEN 0 AND 86400),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (num_nonnulls(warning, critical) > 0),
  CHECK (warning IS NULL OR critical IS NULL OR CASE direction WHEN 'above' THEN critical >= warning ELSE critical <= warning END)
);
CREATE UNIQUE INDEX alarm_thresholds_one_each ON alarm_thresholds (metric, direction, coalesce(model_id, 0), coalesce(kind, '')) WHERE status = 'active';
GRANT SELECT, INSERT, UPDATE ON alarm_thresholds TO isp_app;
-- Class B+ optics of ITU-T G.984.2: a receiver works from -28 to -8 dBm.
INSERT INTO alarm_thresholds (metric, kind, direction, warning, critical, hysteresis, hold_seconds) VALUES
  ('rxPowerDbm', 'ont', 'below', -25, -27, 0.5, 120), ('rxPowerDbm', 'ont', 'above', -10, -8, 0.5, 120),
  ('temperatureCelsius', NULL, 'above', 70, 85, 3, 120);

-- Where a device's figure stands against a threshold, between two readings.
CREATE TABLE alarm_states (
  device_id integer NOT NULL REFERENCES devices,
  threshold_id integer NOT NULL REFERENCES alarm_thresholds,
  level text NOT NULL CHECK (level IN ('none', 'warning', 'critical')),
  pending text CHECK (pending IN ('none', 'warning', 'critical')),
  pending_since timestamptz,
  PRIMARY KEY (device_id, threshold_id)
) WITH (fillfactor = 80);
GRANT SELECT, INSERT, UPDATE, DELETE ON alarm_states TO isp_app;

CREATE TABLE alarms (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_id integer NOT NULL REFERENCES devices,
  -- What it is about: threshold:7, trap:1.3.6.1…, reachability.
  source text NOT NULL,
  metric text,
  severity text NOT NULL CHECK (severity IN ('warning', 'critical')),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'acknowledged', 'cleared')),
  message text NOT NULL,
  value double precision,
  occurrences integer NOT NULL DEFAULT 1,
  raised_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_at timestamptz,
  acknowledged_by text,
  note text,
  cleared_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  CHECK ((status = 'cleared') = (cleared_at IS NOT NULL))
);
-- Raised once, however many workers see the same.
CREATE UNIQUE INDEX alarms_one_open ON alarms (device_id, source) WHERE status <> 'cleared';
CREATE INDEX alarms_by_status ON alarms (status, id DESC);
CREATE INDEX alarms_by_device ON alarms (device_id, id DESC);
CREATE INDEX alarms_cleared ON alarms (cleared_at) WHERE status = 'cleared';
GRANT SELECT, INSERT, UPDATE, DELETE ON alarms TO isp_app;
`,
};
