import type { SqlMigration } from '../migration.js';

/** What is sold. The catalogue is the operator's and the same for every partner. */
export const catalog: SqlMigration = {
  name: '0020-catalog',
  up: `
CREATE TABLE plans (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  sku text NOT NULL UNIQUE,
  name text NOT NULL,
  description text,
  category text NOT NULL,
  service_type text NOT NULL CHECK (service_type IN ('internet', 'voice', 'bundle')),
  download_mbps integer CHECK (download_mbps > 0),
  upload_mbps integer CHECK (upload_mbps > 0),
  data_limit_gb integer CHECK (data_limit_gb > 0),
  monthly_amount numeric(14, 4) NOT NULL CHECK (monthly_amount >= 0),
  activation_amount numeric(14, 4) NOT NULL DEFAULT 0 CHECK (activation_amount >= 0),
  currency char(3) NOT NULL DEFAULT 'USD',
  contract_months integer NOT NULL DEFAULT 1 CHECK (contract_months >= 0),
  sla_uptime_percent numeric(6, 3) NOT NULL DEFAULT 99 CHECK (sla_uptime_percent BETWEEN 0 AND 100),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (service_type <> 'internet' OR (download_mbps IS NOT NULL AND upload_mbps IS NOT NULL))
);
CREATE INDEX plans_filter ON plans (status, service_type, id);
GRANT SELECT, INSERT, UPDATE ON plans TO isp_app;
`,
};
