import type { SqlMigration } from '../migration.js';

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  support: ['work_order.read', 'work_order.comment', 'work_order.manage'],
  noc: ['work_order.read', 'work_order.comment', 'work_order.manage'],
  billing: ['work_order.read'],
  reseller_admin: ['work_order.read', 'work_order.comment'],
  reseller_read_only: ['work_order.read'],
  isp: ['work_order.read', 'work_order.comment'],
};
const granted = Object.entries(GRANTS).flatMap(([role, names]) => names.map((name) => `('${role}', '${name}')`));

/** What people in the field are to do for a service: what, where it stands, who does it when, and all that happened. */
export const workOrders: SqlMigration = {
  name: '0200-work-orders',
  up: `
INSERT INTO role_permissions (role, permission) VALUES ${granted.join(', ')} ON CONFLICT DO NOTHING;

-- Who does the work in the field: the operator's crews and contractors, named when work is first given to them.
CREATE TABLE installers (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  name text NOT NULL,
  name_key text NOT NULL UNIQUE GENERATED ALWAYS AS (lower(name)) STORED,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON installers TO isp_app;

CREATE SEQUENCE work_order_references AS integer;
CREATE TABLE work_orders (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  type text NOT NULL CHECK (type IN ('installation', 'repair', 'relocation', 'removal')),
  -- What people say on the telephone: the day, and nine digits that do not tell how many orders there are. 3^18 and
  -- 10^9 have no common factor, so a billion numbers come before one comes again.
  reference text NOT NULL UNIQUE DEFAULT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD') || '-'
    || lpad(((nextval('work_order_references')::bigint * 387420489 + 271828183) % 1000000000)::text, 9, '0'),
  status text NOT NULL DEFAULT 'new'
    CHECK (status IN ('new', 'scheduled', 'assigned', 'in_progress', 'on_hold', 'completed', 'cancelled')),
  -- Where it goes on when the hold is over.
  held_from text CHECK (held_from IN ('new', 'scheduled', 'assigned', 'in_progress')),
  hold_reason text,
  cancel_reason text,
  scheduled_at timestamptz,
  -- People are kept by name and number as they were: whoever may see the order need not be able to see the user.
  assigned_user_id integer REFERENCES users,
  assigned_user_guid uuid,
  assigned_user text,
  installer_id integer REFERENCES installers,
  category text,
  summary text,
  description text,
  external_reference text,
  -- What was installed.
  device_serial_number text,
  created_by_guid uuid,
  created_by text NOT NULL,
  started_at timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  CHECK ((status = 'on_hold') = (held_from IS NOT NULL)),
  CHECK ((status = 'on_hold') = (hold_reason IS NOT NULL)),
  CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
  CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
  CHECK ((assigned_user_id IS NULL) = (assigned_user IS NULL))
) WITH (fillfactor = 85);
-- A service is installed once at a time.
CREATE UNIQUE INDEX work_orders_one_installation ON work_orders (service_id)
  WHERE type = 'installation' AND status NOT IN ('completed', 'cancelled');
CREATE INDEX work_orders_by_service ON work_orders (partner_id, service_id, id DESC);
CREATE INDEX work_orders_by_status ON work_orders (partner_id, status, id DESC);
CREATE INDEX work_orders_by_schedule ON work_orders (scheduled_at) WHERE status IN ('scheduled', 'assigned', 'in_progress');
CREATE INDEX work_orders_by_user ON work_orders (assigned_user_id, id DESC) WHERE assigned_user_id IS NOT NULL;
CREATE INDEX work_orders_by_installer ON work_orders (installer_id, id DESC) WHERE installer_id IS NOT NULL;
CALL tenancy.protect('work_orders', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON work_orders TO isp_app;

CREATE TABLE work_order_comments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  work_order_id integer NOT NULL,
  text text NOT NULL CHECK (text <> ''),
  author_guid uuid,
  author text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (partner_id, work_order_id) REFERENCES work_orders (partner_id, id)
);
CREATE INDEX work_order_comments_by_order ON work_order_comments (partner_id, work_order_id, id DESC);
CALL tenancy.protect('work_order_comments', 'customer_id');
GRANT SELECT, INSERT ON work_order_comments TO isp_app;

CREATE TABLE work_order_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  work_order_id integer NOT NULL,
  action text NOT NULL,
  from_status text,
  to_status text NOT NULL,
  changes jsonb NOT NULL DEFAULT '{}',
  reason text,
  actor text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  request_id text,
  FOREIGN KEY (partner_id, work_order_id) REFERENCES work_orders (partner_id, id)
);
CREATE INDEX work_order_history_by_order ON work_order_history (partner_id, work_order_id, id DESC);
CALL tenancy.protect('work_order_history', 'customer_id');
-- What happened stays as it was written.
GRANT SELECT, INSERT ON work_order_history TO isp_app;
`,
};
