import type { Permission } from '@isp/contracts';
import type { SqlMigration } from '../migration.js';

type Reach = 'all' | 'partner' | 'customer';

interface RoleSeed {
  readonly title: string;
  readonly reach: Reach;
  /** `*` is every permission there is, also those of later versions. */
  readonly permissions: '*' | readonly Permission[];
}

const READING = ['customer.read', 'plan.read', 'product.read', 'service.read', 'provisioning_job.read'] as const;

/** The roles that every installation starts with. What they may do is data from here on. */
const ROLES: Readonly<Record<string, RoleSeed>> = {
  superadmin: { title: 'Administrator', reach: 'all', permissions: '*' },
  billing: {
    title: 'Billing staff',
    reach: 'all',
    permissions: [...READING, 'customer.update', 'customer.suspend', 'plan.manage', 'partner.read'],
  },
  support: {
    title: 'Support staff',
    reach: 'all',
    permissions: [
      ...READING,
      'customer.create',
      'customer.update',
      'customer.suspend',
      'customer.set_password',
      'service.create',
      'service.provision',
      'partner.read',
    ],
  },
  noc: {
    title: 'Network operations',
    reach: 'all',
    permissions: [...READING, 'service.provision', 'provisioning_job.manage', 'queue.manage'],
  },
  reseller_admin: {
    title: 'Reseller administrator',
    reach: 'partner',
    permissions: [
      ...READING,
      'customer.create',
      'customer.update',
      'customer.suspend',
      'customer.terminate',
      'customer.set_password',
      'service.create',
      'service.provision',
      'webhook.read',
      'webhook.manage',
      'api_key.read',
      'api_key.manage',
      'partner.read',
      'audit.read',
      'user.read',
      'user.manage',
    ],
  },
  reseller_read_only: {
    title: 'Reseller, read only',
    reach: 'partner',
    permissions: [...READING, 'webhook.read', 'partner.read'],
  },
  isp: {
    title: 'Wholesale ISP',
    reach: 'partner',
    permissions: [
      ...READING,
      'customer.create',
      'customer.update',
      'service.create',
      'webhook.read',
      'webhook.manage',
      'api_key.read',
      'api_key.manage',
      'partner.read',
    ],
  },
  customer: {
    title: 'Customer',
    reach: 'customer',
    permissions: ['customer.read', 'plan.read', 'product.read', 'service.read'],
  },
};

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const tuple = (...values: string[]): string => `(${values.map(literal).join(', ')})`;
const roleRows = Object.entries(ROLES).map(([name, role]) => tuple(name, role.title, role.reach));
const permissionRows = Object.entries(ROLES).flatMap(([name, role]) =>
  [...role.permissions].map((permission) => tuple(name, permission)),
);

/** Who may come in: partners, users, roles, sessions, signing keys and API keys. */
export const access: SqlMigration = {
  name: '0010-access',
  up: `
CREATE TABLE partners (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  name text NOT NULL CHECK (name <> ''),
  kind text NOT NULL CHECK (kind IN ('operator', 'reseller', 'isp')),
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
  email text,
  phone text,
  tier text NOT NULL DEFAULT 'professional' CHECK (tier IN ('free', 'professional', 'enterprise')),
  currency char(3) NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone text NOT NULL DEFAULT 'UTC',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT partners_operator_is_first CHECK ((id = 1) = (kind = 'operator')),
  CONSTRAINT partners_operator_is_active CHECK (id <> 1 OR status = 'active')
);
CALL tenancy.protect('partners', NULL, 'id');
GRANT SELECT, INSERT, UPDATE ON partners TO isp_app;
INSERT INTO partners (id, name, kind, tier) OVERRIDING SYSTEM VALUE
VALUES (1, 'ISP Framework operator', 'operator', 'enterprise');
ALTER TABLE partners ALTER COLUMN id RESTART WITH 2;

CREATE TABLE roles (
  name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z_]{1,63}$'),
  title text NOT NULL,
  reach text NOT NULL CHECK (reach IN ('all', 'partner', 'customer'))
);
CREATE TABLE role_permissions (
  role text NOT NULL REFERENCES roles ON DELETE CASCADE,
  -- '*' is every permission that the program knows.
  permission text NOT NULL CHECK (permission ~ '^([a-z_]+[.][a-z_]+|[*])$'),
  PRIMARY KEY (role, permission)
);
GRANT SELECT ON roles, role_permissions TO isp_app;
INSERT INTO roles (name, title, reach) VALUES
  ${roleRows.join(',\n  ')};
INSERT INTO role_permissions (role, permission) VALUES
  ${permissionRows.join(',\n  ')};

CREATE TABLE users (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  partner_id integer NOT NULL REFERENCES partners,
  customer_id integer,
  -- No '@': a log-in name is a user name or an e-mail address, never both.
  username text NOT NULL CHECK (username ~ '^[A-Za-z0-9._-]{3,64}$'),
  email text NOT NULL CHECK (email LIKE '%_@_%'),
  full_name text NOT NULL,
  password_hash text,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
  last_login_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- Columns, not indexed expressions: lower() is not leakproof, so row level security would keep it from an index.
  username_key text NOT NULL GENERATED ALWAYS AS (lower(username)) STORED,
  email_key text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED,
  UNIQUE (partner_id, id)
);
-- A person types it before anybody knows the partner.
CREATE UNIQUE INDEX users_username ON users (username_key);
CREATE UNIQUE INDEX users_staff_email ON users (partner_id, email_key) WHERE customer_id IS NULL;
CREATE UNIQUE INDEX users_customer ON users (partner_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX users_email ON users (email_key);
CALL tenancy.protect('users', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON users TO isp_app;

CREATE TABLE user_roles (
  partner_id integer NOT NULL,
  user_id integer NOT NULL,
  role text NOT NULL REFERENCES roles,
  PRIMARY KEY (partner_id, user_id, role),
  FOREIGN KEY (partner_id, user_id) REFERENCES users (partner_id, id) ON DELETE CASCADE
);
CALL tenancy.protect('user_roles');
GRANT SELECT, INSERT, DELETE ON user_roles TO isp_app;

CREATE TABLE sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  partner_id integer NOT NULL,
  user_id integer NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  -- The earlier of the idle limit and the absolute one; every refresh moves it.
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoke_reason text,
  user_agent text NOT NULL DEFAULT '',
  address text NOT NULL DEFAULT '',
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, user_id) REFERENCES users (partner_id, id) ON DELETE CASCADE,
  CHECK ((revoked_at IS NULL) = (revoke_reason IS NULL))
);
CREATE INDEX sessions_user ON sessions (partner_id, user_id) WHERE revoked_at IS NULL;
CREATE INDEX sessions_expiry ON sessions (expires_at);
CALL tenancy.protect('sessions');
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO isp_app;

CREATE TABLE refresh_tokens (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  partner_id integer NOT NULL,
  session_id uuid NOT NULL,
  issued_at timestamptz NOT NULL,
  used_at timestamptz,
  successor_hash bytea,
  -- Given out, then replaced unused, because its client asked again.
  superseded_at timestamptz,
  FOREIGN KEY (partner_id, session_id) REFERENCES sessions (partner_id, id) ON DELETE CASCADE,
  CHECK ((used_at IS NULL) = (successor_hash IS NULL))
);
-- Whatever races: a session has one token that still works.
CREATE UNIQUE INDEX refresh_tokens_live ON refresh_tokens (partner_id, session_id) WHERE used_at IS NULL AND superseded_at IS NULL;
CREATE INDEX refresh_tokens_session ON refresh_tokens (partner_id, session_id);
CALL tenancy.protect('refresh_tokens');
GRANT SELECT, INSERT, UPDATE ON refresh_tokens TO isp_app;

CREATE TABLE login_failures (
  -- SHA-256 of what was typed as log-in name: it may be no account at all, or a password in the wrong field.
  account bytea NOT NULL CHECK (octet_length(account) = 32),
  address text NOT NULL,
  failures integer NOT NULL,
  window_started_at timestamptz NOT NULL,
  PRIMARY KEY (account, address)
);
CREATE INDEX login_failures_age ON login_failures (window_started_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON login_failures TO isp_app;

CREATE TABLE signing_keys (
  kid text PRIMARY KEY CHECK (kid ~ '^[A-Za-z0-9_-]{1,64}$'),
  alg text NOT NULL CHECK (alg = 'ES256'),
  -- PKCS #8 in an envelope; the key that opens it is not in this database.
  private_key text NOT NULL,
  public_jwk jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  -- Every process knows a key before any process signs with it.
  signs_from timestamptz NOT NULL,
  retired_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON signing_keys TO isp_app;

CREATE TABLE api_keys (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  partner_id integer NOT NULL REFERENCES partners,
  name text NOT NULL CHECK (name <> ''),
  public_id text NOT NULL UNIQUE CHECK (public_id ~ '^[0-9A-Za-z]{8}$'),
  secret_hmac bytea NOT NULL CHECK (octet_length(secret_hmac) = 32),
  -- Which master key the HMAC's key is derived from.
  hmac_key_id text NOT NULL,
  environment text NOT NULL CHECK (environment IN ('live', 'sandbox')),
  scopes text[] NOT NULL,
  reach text NOT NULL DEFAULT 'partner' CHECK (reach IN ('all', 'partner')),
  tier text CHECK (tier IN ('free', 'professional', 'enterprise')),
  expires_at timestamptz,
  revoked_at timestamptz,
  rotated_to integer,
  overlap_until timestamptz,
  last_used_at timestamptz,
  created_by text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, rotated_to) REFERENCES api_keys (partner_id, id),
  CHECK (reach = 'partner' OR partner_id = 1),
  CHECK ((rotated_to IS NULL) = (overlap_until IS NULL))
);
CREATE INDEX api_keys_partner ON api_keys (partner_id, id DESC);
CALL tenancy.protect('api_keys');
GRANT SELECT, INSERT, UPDATE ON api_keys TO isp_app;
`,
};
