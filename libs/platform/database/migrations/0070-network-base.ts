import type { SqlMigration } from '../migration.js';

/**
 * Routers become devices of several kinds, each with up to three drivers; and a subscriber's row becomes the whole
 * desired state of a service on the network, counted up with every change until the network is seen to follow.
 */
export const networkBase: SqlMigration = {
  name: '0070-network-base',
  up: `
ALTER TABLE routers RENAME TO devices;
ALTER SEQUENCE routers_id_seq RENAME TO devices_id_seq;
ALTER INDEX routers_pkey RENAME TO devices_pkey;
ALTER TABLE devices RENAME CONSTRAINT routers_name_key TO devices_name_key;
ALTER TABLE devices RENAME CONSTRAINT routers_guid_key TO devices_guid_key;
ALTER TABLE devices RENAME CONSTRAINT routers_status_check TO devices_status_check;
ALTER TABLE devices
  ADD kind text NOT NULL DEFAULT 'router' CHECK (kind IN ('router', 'bng', 'switch', 'olt', 'ont')),
  -- Who ends and changes sessions (RFC 5176 or its like), and who is asked how the device is.
  ADD session_driver text,
  ADD status_driver text,
  ADD management_address inet,
  -- One sealed JSON object: radius, snmp_community, ssh_password, …
  ADD secrets_sealed text,
  -- A device with these is a RADIUS client (NAS): where its packets come from, and the secret in the form that the
  -- RADIUS server's functions open.
  ADD nas_address inet UNIQUE,
  ADD nas_identifier text,
  ADD nas_secret bytea,
  ADD updated_at timestamptz NOT NULL DEFAULT now(),
  ADD version integer NOT NULL DEFAULT 1;

ALTER TABLE subscribers
  ADD access text NOT NULL DEFAULT 'open' CHECK (access IN ('open', 'walled_garden', 'closed')),
  ADD download_kbps integer CHECK (download_kbps > 0),
  ADD upload_kbps integer CHECK (upload_kbps > 0),
  ADD throttled boolean NOT NULL DEFAULT false,
  ADD ipv6_prefix cidr,
  ADD delegated_prefix cidr,
  ADD session_limit smallint NOT NULL DEFAULT 1 CHECK (session_limit > 0),
  ADD password_radius bytea,
  -- Every change of what is wanted counts up; the network has followed when both numbers are equal.
  ADD desired_version integer NOT NULL DEFAULT 1,
  ADD confirmed_version integer NOT NULL DEFAULT 0,
  ADD changed_at timestamptz NOT NULL DEFAULT now(),
  ADD confirmed_at timestamptz,
  ADD convergence text NOT NULL DEFAULT 'pending' CHECK (convergence IN ('pending', 'confirmed', 'unreachable', 'held')),
  ADD convergence_error text,
  ALTER address DROP NOT NULL;
UPDATE subscribers s SET download_kbps = p.download_kbps, upload_kbps = p.upload_kbps
  FROM bandwidth_profiles p WHERE p.name = s.bandwidth_profile;
ALTER TABLE subscribers ALTER download_kbps SET NOT NULL, ALTER upload_kbps SET NOT NULL;
CREATE INDEX subscribers_unconfirmed ON subscribers (changed_at) WHERE convergence <> 'confirmed';
`,
};
