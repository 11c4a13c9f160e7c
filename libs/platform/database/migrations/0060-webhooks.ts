import type { SqlMigration } from '../migration.js';

/** Webhooks: who wants to be told, what happened, what was promised to whom, and every try. */
export const webhooks: SqlMigration = {
  name: '0060-webhooks',
  up: `
CREATE TABLE webhook_endpoints (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE,
  partner_id integer NOT NULL REFERENCES partners,
  url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
  description text NOT NULL DEFAULT '',
  -- Event types, or '*' for every one.
  events text[] NOT NULL CHECK (cardinality(events) > 0),
  -- Events of every partner, not of the owner's customers alone.
  all_partners boolean NOT NULL DEFAULT false CHECK (NOT all_partners OR partner_id = 1),
  status text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled')),
  disabled_reason text CHECK (disabled_reason IN ('by_owner', 'gone', 'failing', 'deleted')),
  -- The first failure since the last success.
  first_failure_at timestamptz,
  -- Sealed for the row's guid.
  secret_sealed text,
  previous_secret_sealed text,
  previous_until timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  UNIQUE (partner_id, id),
  CHECK ((status = 'enabled') = (disabled_reason IS NULL)),
  CHECK ((deleted_at IS NULL) = (secret_sealed IS NOT NULL)),
  CHECK (deleted_at IS NULL OR status = 'disabled'),
  CHECK ((previous_secret_sealed IS NULL) = (previous_until IS NULL))
);
CREATE INDEX webhook_endpoints_all_partners ON webhook_endpoints (id) WHERE all_partners;
CREATE INDEX webhook_endpoints_deleted ON webhook_endpoints (deleted_at) WHERE deleted_at IS NOT NULL;
CALL tenancy.protect('webhook_endpoints');
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints TO isp_app;

CREATE TABLE webhook_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL REFERENCES partners,
  event_id uuid NOT NULL,
  type text NOT NULL,
  -- The exact text that is signed and sent on every try.
  payload text NOT NULL,
  resource_type text NOT NULL,
  resource_id text NOT NULL,
  sequence bigint NOT NULL,
  occurred_at timestamptz NOT NULL,
  request_id text,
  UNIQUE (partner_id, event_id),
  UNIQUE (partner_id, id)
);
CREATE INDEX webhook_events_replay ON webhook_events (partner_id, occurred_at);
CREATE INDEX webhook_events_age ON webhook_events (occurred_at);
CALL tenancy.protect('webhook_events');
GRANT SELECT, INSERT, DELETE ON webhook_events TO isp_app;

CREATE TABLE webhook_deliveries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  endpoint_id integer NOT NULL,
  webhook_event_id bigint NOT NULL,
  type text NOT NULL,
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed', 'cancelled')),
  -- Tries ever, and tries since it was last asked for; the second drives the retry schedule.
  attempts integer NOT NULL DEFAULT 0,
  tries integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz DEFAULT now(),
  last_status smallint,
  last_error text,
  delivered_at timestamptz,
  -- Waits for one of its endpoint's few places, without work of its own.
  parked boolean NOT NULL DEFAULT false,
  in_flight_until timestamptz,
  -- Raised by every claim: what a slow process reports under an old one is ignored.
  epoch integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  UNIQUE (endpoint_id, webhook_event_id),
  FOREIGN KEY (partner_id, endpoint_id) REFERENCES webhook_endpoints (partner_id, id),
  FOREIGN KEY (partner_id, webhook_event_id) REFERENCES webhook_events (partner_id, id),
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
  CHECK (status = 'pending' OR NOT parked),
  CHECK (status = 'pending' OR in_flight_until IS NULL),
  CHECK (status <> 'delivered' OR delivered_at IS NOT NULL)
);
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (partner_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_by_endpoint ON webhook_deliveries (endpoint_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_by_status ON webhook_deliveries (partner_id, status, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_by_type ON webhook_deliveries (partner_id, type, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (webhook_event_id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint_id) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_parked ON webhook_deliveries (endpoint_id, id) WHERE parked;
CREATE INDEX webhook_deliveries_in_flight ON webhook_deliveries (endpoint_id, in_flight_until) WHERE in_flight_until IS NOT NULL;
CALL tenancy.protect('webhook_deliveries');
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries TO isp_app;

CREATE TABLE webhook_attempts (
  delivery_id bigint NOT NULL,
  number integer NOT NULL,
  partner_id integer NOT NULL,
  at timestamptz NOT NULL,
  duration_ms integer NOT NULL,
  status smallint,
  error text,
  response_excerpt text,
  PRIMARY KEY (delivery_id, number),
  FOREIGN KEY (partner_id, delivery_id) REFERENCES webhook_deliveries (partner_id, id) ON DELETE CASCADE,
  CHECK (status IS NOT NULL OR error IS NOT NULL)
);
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (partner_id, delivery_id);
CALL tenancy.protect('webhook_attempts');
GRANT SELECT, INSERT ON webhook_attempts TO isp_app;
`,
};
