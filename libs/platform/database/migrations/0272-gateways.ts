import type { SqlMigration } from '../migration.js';

/** What gateways tell us, and a gateway of the sandbox with a memory of its own. */
export const gateways: SqlMigration = {
  name: '0272-gateways',
  up: `
-- A verified callback, once however often it is sent. It says that something happened; what, the gateway is asked.
CREATE TABLE gateway_events (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  gateway text NOT NULL CHECK (gateway IN ('sandbox', 'stripe')),
  event_id text NOT NULL,
  type text NOT NULL,
  concerns text NOT NULL CHECK (concerns IN ('charge', 'refund', 'dispute', 'nothing')),
  reference text,
  key uuid,
  received_at timestamptz NOT NULL,
  handled_at timestamptz,
  UNIQUE (gateway, event_id)
);
GRANT SELECT, INSERT ON gateway_events TO isp_app;
GRANT UPDATE (handled_at) ON gateway_events TO isp_app;

CREATE SCHEMA sandbox_gateway;
GRANT USAGE ON SCHEMA sandbox_gateway TO isp_app;
CREATE TABLE sandbox_gateway.charges (
  key uuid PRIMARY KEY,
  reference text NOT NULL UNIQUE,
  token text NOT NULL,
  amount numeric(18, 4) NOT NULL,
  currency char(3) NOT NULL,
  -- What it answers until settles_at, and from then on; NULL: until its holder has acted.
  state text NOT NULL CHECK (state IN ('processing', 'requires_action', 'succeeded', 'failed')),
  later_state text NOT NULL CHECK (later_state IN ('requires_action', 'succeeded', 'failed')),
  settles_at timestamptz,
  code text,
  times_asked integer NOT NULL DEFAULT 1,
  refunded_amount numeric(18, 4) NOT NULL DEFAULT 0 CHECK (refunded_amount <= amount),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON sandbox_gateway.charges (token);
CREATE TABLE sandbox_gateway.refunds (
  key uuid PRIMARY KEY,
  reference text NOT NULL UNIQUE,
  charge_reference text NOT NULL REFERENCES sandbox_gateway.charges (reference),
  amount numeric(18, 4) NOT NULL,
  state text NOT NULL CHECK (state IN ('succeeded', 'failed')),
  times_asked integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA sandbox_gateway TO isp_app;
`,
};
