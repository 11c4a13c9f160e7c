import type { SqlMigration } from '../migration.js';

/** What the equipment at a customer's is to do: its WiFi. As wanted, and as far as the device was seen to follow. */
export const cpeSettings: SqlMigration = {
  name: '0201-cpe-settings',
  up: `
CREATE TABLE cpe_settings (
  service_id integer PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  -- SSID: IEEE 802.11 has room for 32 octets.
  wifi_name text NOT NULL CHECK (octet_length(wifi_name) BETWEEN 1 AND 32),
  wifi_password_sealed text NOT NULL,
  band_steering boolean NOT NULL DEFAULT true,
  -- The socket of the ONT that the customer is plugged into.
  port_number text,
  desired_version integer NOT NULL DEFAULT 1,
  confirmed_version integer NOT NULL DEFAULT 0 CHECK (confirmed_version <= desired_version),
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'confirmed', 'unreachable')),
  error text,
  attempts integer NOT NULL DEFAULT 0,
  changed_at timestamptz NOT NULL DEFAULT now(),
  confirmed_at timestamptz,
  CHECK (state <> 'confirmed' OR confirmed_version = desired_version),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
) WITH (fillfactor = 85);
CREATE INDEX cpe_settings_by_partner ON cpe_settings (partner_id, service_id);
CALL tenancy.protect('cpe_settings', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON cpe_settings TO isp_app;

-- What the simulated equipment was told; of the password a digest, as it keeps no more than it needs to compare.
CREATE TABLE simulated_network.cpes (
  device_id integer PRIMARY KEY,
  wifi_name text NOT NULL,
  wifi_password_digest text NOT NULL,
  band_steering boolean NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON simulated_network.cpes TO isp_app;
`,
};
