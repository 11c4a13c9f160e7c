import type { SqlMigration } from '../migration.js';

/** What was promised of services, what was measured of them month by month, and what was credited for the difference. */
export const serviceLevels: SqlMigration = {
  name: '0312-service-levels',
  up: `
-- How often each device was asked in an hour, how often it answered, and how long that took: what samples are too many
-- for. Questions to a device that is known to be down are not counted.
CREATE TABLE device_probes (
  device_id integer NOT NULL REFERENCES devices,
  hour timestamptz NOT NULL,
  asked integer NOT NULL CHECK (asked > 0),
  answered integer NOT NULL CHECK (answered BETWEEN 0 AND asked),
  -- Of those that answered, in all.
  elapsed_ms double precision NOT NULL CHECK (elapsed_ms >= 0),
  PRIMARY KEY (device_id, hour)
) WITH (fillfactor = 80);
CREATE INDEX device_probes_age ON device_probes (hour);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_probes TO isp_app;

-- What is promised, and what a broken promise is worth, from a day on; plan NULL: of plans that have no terms of their own.
-- The share of time is the plan's own (sla_uptime_percent), with its version.
CREATE TABLE service_level_terms (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan_id integer REFERENCES plans,
  from_on date NOT NULL,
  latency_ms numeric(9, 3) CHECK (latency_ms > 0),
  packet_loss_percent numeric(6, 3) CHECK (packet_loss_percent BETWEEN 0 AND 100),
  -- Of the monthly fee, for each so many minutes below the level, together at most so much of it. 0: no credit.
  credit_percent numeric(6, 3) NOT NULL CHECK (credit_percent BETWEEN 0 AND 100),
  credit_minutes integer NOT NULL CHECK (credit_minutes BETWEEN 1 AND 44640),
  -- Whether a unit counts when it has begun, or when it is over.
  credit_unit text NOT NULL CHECK (credit_unit IN ('started', 'full')),
  credit_cap_percent numeric(6, 3) NOT NULL CHECK (credit_cap_percent BETWEEN 0 AND 100),
  credit_when text NOT NULL CHECK (credit_when IN ('month_end', 'at_once')),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX service_level_terms_once ON service_level_terms (coalesce(plan_id, 0), from_on);
GRANT SELECT, INSERT ON service_level_terms TO isp_app;

-- A service in a month of its partner's zone.
CREATE TABLE service_levels (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  period date NOT NULL CHECK (extract(day FROM period) = 1),
  -- When it is to be measured next; NULL: it is final until something is corrected.
  due_at timestamptz,
  measured_at timestamptz,
  -- What the figures were computed from, complete: who has it can compute them again.
  facts jsonb,
  agreed_seconds double precision,
  lived_seconds double precision,
  maintenance_seconds double precision,
  measured_seconds double precision,
  down_seconds double precision,
  committed_percent numeric(6, 3),
  -- NULL: nothing was measured.
  actual_percent numeric(9, 6),
  latency_ms double precision,
  packet_loss_percent double precision,
  incidents integer,
  repair_seconds double precision,
  met boolean,
  -- What is to be credited without tax, and what was by documents that nobody voided, as of the last look; negative when
  -- a note was voided and the invoice that had taken it back was not.
  currency char(3),
  credit_amount numeric(18, 4) NOT NULL DEFAULT 0 CHECK (credit_amount >= 0),
  credited_amount numeric(18, 4) NOT NULL DEFAULT 0,
  -- The credit may be written now.
  credit_ready boolean NOT NULL DEFAULT false,
  -- Why it cannot be, and when that is tried again.
  credit_error text,
  credit_again_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT service_levels_once UNIQUE (service_id, period),
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
) WITH (fillfactor = 80);
CREATE INDEX service_levels_due ON service_levels (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX service_levels_to_credit ON service_levels (id) WHERE credit_ready AND credit_amount <> credited_amount;
CREATE INDEX service_levels_by_partner ON service_levels (partner_id, period, id);
CREATE INDEX service_levels_by_customer ON service_levels (partner_id, customer_id, id);
CALL tenancy.protect('service_levels', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON service_levels TO isp_app;

-- The documents of a month: the credit note, and what a correction added to it or took back. Only ever added to.
CREATE TABLE service_level_credits (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  level_id integer NOT NULL,
  -- 1 is the credit note; what follows are differences.
  sequence integer NOT NULL,
  invoice_id integer NOT NULL,
  -- Without tax; negative where it was taken back.
  amount numeric(18, 4) NOT NULL CHECK (amount <> 0),
  -- What was credited in all by then, and the facts that said so.
  total_amount numeric(18, 4) NOT NULL CHECK (total_amount >= 0),
  facts jsonb NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT service_level_credits_once UNIQUE (level_id, sequence),
  UNIQUE (invoice_id),
  FOREIGN KEY (partner_id, level_id) REFERENCES service_levels (partner_id, id),
  FOREIGN KEY (partner_id, invoice_id) REFERENCES invoices (partner_id, id)
);
CREATE INDEX service_level_credits_by_partner ON service_level_credits (partner_id, level_id);
CALL tenancy.protect('service_level_credits', 'customer_id');
GRANT SELECT, INSERT ON service_level_credits TO isp_app;
`,
};
