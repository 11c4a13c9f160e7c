import type { SqlMigration } from '../migration.js';

/** What was bought, the network that carries it, and the jobs that bring the two together. */
export const services: SqlMigration = {
  name: '0050-services',
  up: `
CREATE TABLE services (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL REFERENCES partners,
  customer_id integer NOT NULL,
  service_type text NOT NULL CHECK (service_type IN ('internet', 'voice', 'bundle')),
  plan_id integer NOT NULL REFERENCES plans,
  status text NOT NULL DEFAULT 'pending_activation'
    CHECK (status IN ('pending_activation', 'provisioning', 'active', 'suspended', 'terminated', 'failed')),
  operational_status text NOT NULL DEFAULT 'pending'
    CHECK (operational_status IN ('pending', 'configured', 'starting', 'running', 'degraded', 'failed', 'limited', 'stopping', 'stopped', 'unknown')),
  download_mbps integer CHECK (download_mbps > 0),
  upload_mbps integer CHECK (upload_mbps > 0),
  data_limit_gb integer CHECK (data_limit_gb > 0),
  static_ip boolean NOT NULL DEFAULT false,
  monthly_amount numeric(14, 4) NOT NULL CHECK (monthly_amount >= 0),
  activation_amount numeric(14, 4) NOT NULL CHECK (activation_amount >= 0),
  currency char(3) NOT NULL,
  installation_address jsonb,
  scheduled_activation timestamptz,
  notes text,
  activated_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id)
) WITH (fillfactor = 85);
CREATE INDEX services_by_customer ON services (partner_id, customer_id, id DESC);
CREATE INDEX services_by_status ON services (partner_id, status, id DESC);
CREATE INDEX services_by_plan ON services (plan_id);
CALL tenancy.protect('services', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON services TO isp_app;

CREATE TABLE routers (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  name text NOT NULL UNIQUE,
  driver text NOT NULL,
  settings jsonb NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON routers TO isp_app;

CREATE TABLE bandwidth_profiles (
  name text PRIMARY KEY,
  download_kbps integer NOT NULL CHECK (download_kbps > 0),
  upload_kbps integer NOT NULL CHECK (upload_kbps > 0)
);
GRANT SELECT, INSERT ON bandwidth_profiles TO isp_app;

CREATE TABLE ip_pools (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  router_id integer NOT NULL REFERENCES routers,
  name text NOT NULL UNIQUE,
  prefix cidr NOT NULL,
  EXCLUDE USING gist (prefix inet_ops WITH &&)
);
CREATE INDEX ip_pools_by_router ON ip_pools (router_id, id);
GRANT SELECT, INSERT ON ip_pools TO isp_app;

CREATE TABLE ip_addresses (
  pool_id integer NOT NULL REFERENCES ip_pools,
  address inet NOT NULL,
  service_id integer REFERENCES services,
  assigned_at timestamptz,
  released_at timestamptz,
  PRIMARY KEY (pool_id, address)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX ip_addresses_address ON ip_addresses (address);
CREATE UNIQUE INDEX ip_addresses_service ON ip_addresses (service_id) WHERE service_id IS NOT NULL;
CREATE INDEX ip_addresses_free ON ip_addresses (pool_id, released_at NULLS FIRST, address) WHERE service_id IS NULL;
GRANT SELECT, INSERT, UPDATE ON ip_addresses TO isp_app;

CREATE TABLE subscribers (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL UNIQUE,
  username text NOT NULL UNIQUE,
  password_sealed text NOT NULL,
  router_id integer NOT NULL REFERENCES routers,
  vlan_id integer CHECK (vlan_id BETWEEN 1 AND 4094),
  address inet NOT NULL UNIQUE,
  prefix_length smallint NOT NULL CHECK (prefix_length BETWEEN 0 AND 128),
  bandwidth_profile text NOT NULL REFERENCES bandwidth_profiles,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX subscribers_by_partner ON subscribers (partner_id, id);
CREATE INDEX subscribers_by_router ON subscribers (router_id);
CALL tenancy.protect('subscribers', 'customer_id');
GRANT SELECT, INSERT, UPDATE, DELETE ON subscribers TO isp_app;

CREATE TABLE provisioning_jobs (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled')),
  priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  request jsonb NOT NULL,
  scheduled_at timestamptz,
  estimated_completion timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  error text,
  retry_of integer,
  requested_by text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  FOREIGN KEY (partner_id, retry_of) REFERENCES provisioning_jobs (partner_id, id)
) WITH (fillfactor = 85);
-- One job at a time per service: the database refuses the second.
CREATE UNIQUE INDEX provisioning_jobs_one_per_service ON provisioning_jobs (service_id) WHERE status IN ('queued', 'running');
CREATE INDEX provisioning_jobs_by_service ON provisioning_jobs (partner_id, service_id, id DESC);
CREATE INDEX provisioning_jobs_by_status ON provisioning_jobs (partner_id, status, id DESC);
CREATE INDEX provisioning_jobs_durations ON provisioning_jobs (finished_at DESC) WHERE status = 'succeeded';
CALL tenancy.protect('provisioning_jobs', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON provisioning_jobs TO isp_app;

CREATE TABLE provisioning_steps (
  partner_id integer NOT NULL,
  provisioning_job_id integer NOT NULL,
  position smallint NOT NULL,
  name text NOT NULL,
  status text NOT NULL CHECK (status IN ('intended', 'done', 'failed')),
  detail jsonb NOT NULL DEFAULT '{}',
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (partner_id, provisioning_job_id, position),
  FOREIGN KEY (partner_id, provisioning_job_id) REFERENCES provisioning_jobs (partner_id, id)
);
CALL tenancy.protect('provisioning_steps');
GRANT SELECT, INSERT, UPDATE ON provisioning_steps TO isp_app;

-- How fast provisioning goes, over everybody's jobs (an estimate that knew one partner's alone would know too little):
-- the median of what recent jobs took from their first start, and how many pieces of work of at least that urgency wait.
CREATE FUNCTION provisioning_pace(least_priority smallint, OUT job_seconds float8, OUT jobs_ahead integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at)), 0)
            FROM (SELECT started_at, finished_at FROM provisioning_jobs
                   WHERE status = 'succeeded' ORDER BY finished_at DESC LIMIT 200) recent),
         (SELECT count(*)::integer FROM work_items
           WHERE queue = 'provisioning' AND status IN ('queued', 'running') AND not_before <= now() AND priority <= least_priority)
$$;
REVOKE ALL ON FUNCTION provisioning_pace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION provisioning_pace TO isp_app;

-- The simulated network: what its devices were told and what they now do. It stands for equipment outside the
-- database, so nothing refers to it and it is written outside of business transactions.
CREATE SCHEMA simulated_network;
GRANT USAGE ON SCHEMA simulated_network TO isp_app;
CREATE TABLE simulated_network.effects (
  step_key text PRIMARY KEY,
  router_id integer NOT NULL,
  operation text NOT NULL,
  subscriber text NOT NULL,
  times_asked integer NOT NULL DEFAULT 1,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE simulated_network.subscribers (
  router_id integer NOT NULL,
  username text NOT NULL,
  state jsonb NOT NULL,
  PRIMARY KEY (router_id, username)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA simulated_network TO isp_app;
`,
};
