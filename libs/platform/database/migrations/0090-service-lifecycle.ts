import type { SqlMigration } from '../migration.js';

/**
 * The life of a service after the order: why it is suspended, what is to change and when, and the history of both of
 * its axes.
 */
export const serviceLifecycle: SqlMigration = {
  name: '0090-service-lifecycle',
  up: `
ALTER TABLE services
  ADD bundle_id integer,
  ADD phone_number text CHECK (phone_number ~ '^[+][1-9][0-9]{6,14}$'),
  ADD number_porting jsonb,
  ADD features jsonb,
  ADD static_address inet,
  -- Why it is to be blocked; the record of each cause is in service_suspensions.
  ADD suspended_for text[] NOT NULL DEFAULT '{}',
  ADD terminated_at timestamptz,
  ADD FOREIGN KEY (partner_id, bundle_id) REFERENCES services (partner_id, id),
  ADD CHECK (bundle_id IS NULL OR service_type <> 'bundle'),
  ADD CHECK (static_address IS NULL OR static_ip);
UPDATE services SET suspended_for = '{manual}' WHERE status = 'suspended';
UPDATE services SET terminated_at = updated_at WHERE status = 'terminated';
-- Nothing is blocked without a cause, and nothing works while there is one.
ALTER TABLE services
  ADD CONSTRAINT services_suspended_for_a_cause CHECK (status <> 'suspended' OR suspended_for <> '{}'),
  ADD CONSTRAINT services_works_without_cause CHECK (status NOT IN ('active', 'terminated') OR suspended_for = '{}');
CREATE INDEX services_by_bundle ON services (partner_id, bundle_id) WHERE bundle_id IS NOT NULL;
CREATE INDEX services_by_operational_status ON services (partner_id, operational_status, id DESC);
CREATE INDEX services_by_creation ON services (partner_id, created_at);
-- A number rings in one place.
CREATE UNIQUE INDEX services_phone_number ON services (phone_number) WHERE phone_number IS NOT NULL AND status <> 'terminated';

CREATE TABLE service_suspensions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  -- bundle: the bundle that the service is a part of is suspended.
  cause text NOT NULL CHECK (cause IN ('customer', 'payment', 'pause', 'abuse', 'manual', 'bundle')),
  reason text,
  walled_garden boolean NOT NULL DEFAULT true,
  since timestamptz NOT NULL DEFAULT now(),
  until timestamptz,
  ended_at timestamptz,
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE UNIQUE INDEX service_suspensions_open ON service_suspensions (service_id, cause) WHERE ended_at IS NULL;
CREATE INDEX service_suspensions_by_service ON service_suspensions (partner_id, service_id, id DESC);
CALL tenancy.protect('service_suspensions', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON service_suspensions TO isp_app;
INSERT INTO service_suspensions (partner_id, customer_id, service_id, cause, since)
  SELECT partner_id, customer_id, id, 'manual', updated_at FROM services WHERE status = 'suspended';

CREATE TABLE service_changes (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('plan', 'relocate', 'terminate', 'pause', 'resume')),
  effective_at timestamptz NOT NULL,
  status text NOT NULL DEFAULT 'scheduled' CHECK (status IN ('scheduled', 'applied', 'cancelled', 'failed')),
  -- What was agreed when it was ordered.
  terms jsonb NOT NULL DEFAULT '{}',
  reason text,
  error text,
  requested_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
-- One of a kind at a time: the database refuses the second.
CREATE UNIQUE INDEX service_changes_one_of_a_kind ON service_changes (service_id, kind) WHERE status = 'scheduled';
CREATE INDEX service_changes_due ON service_changes (effective_at, id) WHERE status = 'scheduled';
CREATE INDEX service_changes_by_service ON service_changes (partner_id, service_id, id DESC);
CALL tenancy.protect('service_changes', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON service_changes TO isp_app;

CREATE TABLE service_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  axis text NOT NULL CHECK (axis IN ('status', 'operational_status')),
  from_value text,
  to_value text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  reason text,
  request_id text,
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX service_history_by_service ON service_history (partner_id, service_id, id DESC);
CALL tenancy.protect('service_history', 'customer_id');
-- What happened stays as it was written.
GRANT SELECT, INSERT ON service_history TO isp_app;

INSERT INTO role_permissions (role, permission) VALUES
  ('support', 'service.update'), ('support', 'service.suspend'),
  ('noc', 'service.update'), ('noc', 'service.suspend'),
  ('billing', 'service.suspend'),
  ('reseller_admin', 'service.update'), ('reseller_admin', 'service.suspend'), ('reseller_admin', 'service.terminate');
`,
};
