import type { SqlMigration } from '../migration.js';

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  isp: ['order.update', 'order.cancel'],
  reseller_admin: ['order.update', 'order.cancel'],
  support: ['order.update', 'order.cancel'],
  noc: ['order.update', 'order.cancel'],
};
const granted = Object.entries(GRANTS).flatMap(([role, names]) => names.map((name) => `('${role}', '${name}')`));

/**
 * What was ordered where, by whom and under which reference. How far an order is, its service says; that there is one
 * at a time on a premise, the key of premise_occupations.
 */
export const orders: SqlMigration = {
  name: '0202-orders',
  up: `
INSERT INTO role_permissions (role, permission) VALUES ${granted.join(', ')} ON CONFLICT DO NOTHING;

CREATE TABLE orders (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL UNIQUE,
  premise_id bigint NOT NULL REFERENCES premises,
  premise_guid uuid NOT NULL,
  -- As it was ordered: a product of the partner's own, or the operator's.
  product_guid uuid NOT NULL,
  -- What the partner calls it.
  isp_reference text CHECK (isp_reference <> ''),
  isp_reference_key text GENERATED ALWAYS AS (lower(isp_reference)) STORED,
  created_by_guid uuid,
  created_by text NOT NULL,
  -- It is to end as soon as whatever is under way for it lets go of it.
  cancel_requested_at timestamptz,
  cancel_reason text,
  ended_at timestamptz,
  end_reason text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((cancel_requested_at IS NULL) = (cancel_reason IS NULL)),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
) WITH (fillfactor = 85);
CREATE INDEX orders_by_partner ON orders (partner_id, id DESC);
CREATE INDEX orders_by_premise ON orders (partner_id, premise_guid);
CREATE INDEX orders_by_reference ON orders (partner_id, isp_reference_key) WHERE isp_reference_key IS NOT NULL;
CALL tenancy.protect('orders', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON orders TO isp_app;
`,
};
