import type { SqlMigration } from '../migration.js';

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  noc: ['supplier.read'],
  billing: ['supplier.read', 'supplier.manage'],
};
const granted = Object.entries(GRANTS).flatMap(([role, names]) => names.map((name) => `('${role}', '${name}')`));

/** Who the operator buys lines from, what they promised, and what they owe when they did not keep it. */
export const suppliers: SqlMigration = {
  name: '0330-suppliers',
  up: `
INSERT INTO role_permissions (role, permission) VALUES ${granted.join(', ')} ON CONFLICT DO NOTHING;

CREATE TABLE suppliers (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL UNIQUE GENERATED ALWAYS AS (lower(name)) STORED,
  email text,
  phone text,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX suppliers_by_status ON suppliers (status, id);
GRANT SELECT, INSERT, UPDATE ON suppliers TO isp_app;

-- What is bought, where it ends in the network, and what it is worth when it fails.
CREATE TABLE supplier_contracts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  supplier_id integer NOT NULL REFERENCES suppliers,
  reference text NOT NULL,
  description text,
  -- The device or node that cannot work without it.
  device_id integer REFERENCES devices,
  node_id integer REFERENCES network_nodes,
  valid_from date NOT NULL,
  -- The first day on which it holds no more.
  valid_until date CHECK (valid_until > valid_from),
  time_zone text NOT NULL,
  monthly_amount numeric(18, 4) NOT NULL CHECK (monthly_amount >= 0),
  currency char(3) NOT NULL,
  committed_percent numeric(6, 3) NOT NULL CHECK (committed_percent > 0 AND committed_percent <= 100),
  -- Of the monthly amount, for each so many minutes below what was committed, at most so much in all.
  credit_percent numeric(6, 3) NOT NULL CHECK (credit_percent > 0 AND credit_percent <= 100),
  credit_minutes integer NOT NULL CHECK (credit_minutes BETWEEN 1 AND 44640),
  credit_unit text NOT NULL CHECK (credit_unit IN ('started', 'full')),
  credit_cap_percent numeric(6, 3) NOT NULL CHECK (credit_cap_percent > 0 AND credit_cap_percent <= 100),
  -- A claim must reach the supplier so many days after its month.
  claim_days integer NOT NULL CHECK (claim_days BETWEEN 1 AND 366),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- New terms from a day on are another row of the same reference.
  CONSTRAINT supplier_contracts_once EXCLUDE USING gist (supplier_id WITH =, reference WITH =, daterange(valid_from, valid_until) WITH &&),
  CHECK (num_nonnulls(device_id, node_id) = 1)
);
CREATE INDEX supplier_contracts_by_device ON supplier_contracts (device_id) WHERE device_id IS NOT NULL;
CREATE INDEX supplier_contracts_by_node ON supplier_contracts (node_id) WHERE node_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON supplier_contracts TO isp_app;

-- A month of a contract in which less was delivered than was bought.
CREATE TABLE supplier_claims (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contract_id integer NOT NULL REFERENCES supplier_contracts,
  period date NOT NULL CHECK (extract(day FROM period) = 1),
  -- open: follows what is measured. From submitted on it is what was sent.
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'submitted', 'accepted', 'rejected', 'withdrawn')),
  down_seconds integer NOT NULL,
  actual_percent numeric(9, 6),
  amount numeric(18, 4) NOT NULL CHECK (amount >= 0),
  currency char(3) NOT NULL,
  arithmetic text NOT NULL,
  -- What it was computed from, complete.
  facts jsonb NOT NULL,
  -- What is measured since it was sent, where that is something else.
  measured_amount numeric(18, 4) NOT NULL,
  settled_amount numeric(18, 4) CHECK (settled_amount >= 0),
  their_reference text,
  note text,
  submit_by date NOT NULL,
  submitted_at timestamptz,
  settled_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT supplier_claims_once UNIQUE (contract_id, period),
  CHECK ((status IN ('accepted', 'rejected')) = (settled_at IS NOT NULL)),
  CHECK ((status = 'accepted') = (settled_amount IS NOT NULL))
);
CREATE INDEX supplier_claims_by_status ON supplier_claims (status, submit_by, id);
CREATE INDEX supplier_claims_by_period ON supplier_claims (period, id);
GRANT SELECT, INSERT, UPDATE ON supplier_claims TO isp_app;
`,
};
