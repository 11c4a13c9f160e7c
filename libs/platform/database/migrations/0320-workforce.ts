import type { SqlMigration } from '../migration.js';

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  noc: ['workforce.read', 'workforce.manage'],
  support: ['workforce.read', 'workforce.manage'],
};
const granted = Object.entries(GRANTS).flatMap(([role, names]) => names.map((name) => `('${role}', '${name}')`));

/** The operator's people in the field, and their appointments with customers. */
export const workforce: SqlMigration = {
  name: '0320-workforce',
  up: `
INSERT INTO role_permissions (role, permission) VALUES ${granted.join(', ')} ON CONFLICT DO NOTHING;

CREATE TABLE technicians (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The log-in of the same person.
  user_id integer UNIQUE REFERENCES users,
  name text NOT NULL,
  email text,
  phone text,
  -- The clocks that shifts are told by.
  time_zone text NOT NULL,
  -- Where a day begins.
  home_latitude numeric(9, 7) CHECK (home_latitude BETWEEN -90 AND 90),
  home_longitude numeric(10, 7) CHECK (home_longitude BETWEEN -180 AND 180),
  skills text[] NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive')),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((home_latitude IS NULL) = (home_longitude IS NULL))
);
CREATE INDEX technicians_by_name ON technicians (lower(name), id);
CREATE INDEX technicians_by_status ON technicians (status, id);
GRANT SELECT, INSERT, UPDATE ON technicians TO isp_app;

-- Goes there only; everywhere without rows.
CREATE TABLE technician_areas (
  technician_id integer NOT NULL REFERENCES technicians,
  area_id bigint NOT NULL REFERENCES areas,
  PRIMARY KEY (technician_id, area_id)
);
CREATE INDEX technician_areas_by_area ON technician_areas (area_id, technician_id);
GRANT SELECT, INSERT, DELETE ON technician_areas TO isp_app;

-- Hours by weekday, from a day on until the next roster begins.
CREATE TABLE technician_rosters (
  technician_id integer NOT NULL REFERENCES technicians,
  valid_from date NOT NULL,
  hours jsonb NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (technician_id, valid_from)
);
GRANT SELECT, INSERT, UPDATE ON technician_rosters TO isp_app;

CREATE TABLE technician_absences (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  technician_id integer NOT NULL REFERENCES technicians,
  kind text NOT NULL CHECK (kind IN ('leave', 'sick', 'training', 'other')),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  note text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT technician_absences_once EXCLUDE USING gist (technician_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
);
CREATE INDEX technician_absences_by_time ON technician_absences (technician_id, starts_at);
GRANT SELECT, INSERT, DELETE ON technician_absences TO isp_app;

ALTER TABLE work_orders DROP CONSTRAINT work_orders_type_check,
  ADD CONSTRAINT work_orders_type_check CHECK (type IN ('installation', 'repair', 'relocation', 'removal', 'survey'));

-- What a visit of a type takes.
CREATE TABLE visit_terms (
  type text PRIMARY KEY CHECK (type IN ('installation', 'repair', 'relocation', 'removal', 'survey')),
  minutes integer NOT NULL CHECK (minutes BETWEEN 5 AND 1440),
  skills text[] NOT NULL DEFAULT '{}',
  -- Customers are told so long before.
  notice_minutes integer NOT NULL CHECK (notice_minutes >= 0),
  horizon_days integer NOT NULL CHECK (horizon_days BETWEEN 1 AND 120),
  -- A new work order is given its appointment without anybody asking.
  automatic boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO visit_terms (type, minutes, skills, notice_minutes, horizon_days) VALUES
  ('installation', 120, '{fibre_installation}', 1440, 21), ('repair', 90, '{fault_finding}', 60, 7),
  ('relocation', 120, '{fibre_installation}', 1440, 21), ('removal', 60, '{}', 1440, 21), ('survey', 60, '{survey}', 1440, 21);
GRANT SELECT, UPDATE ON visit_terms TO isp_app;

CREATE TABLE appointments (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  work_order_id integer NOT NULL,
  technician_id integer NOT NULL REFERENCES technicians,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
  status text NOT NULL DEFAULT 'booked' CHECK (status IN ('booked', 'done', 'cancelled')),
  -- Why this technician, as it was known then.
  reasons text[] NOT NULL DEFAULT '{}',
  cancel_reason text,
  booked_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  FOREIGN KEY (partner_id, work_order_id) REFERENCES work_orders (partner_id, id),
  CHECK ((status = 'booked') = (closed_at IS NULL)),
  -- Nobody is at two places at once.
  CONSTRAINT appointments_once EXCLUDE USING gist (technician_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
    WHERE (status = 'booked')
);
CREATE UNIQUE INDEX appointments_one_of_order ON appointments (work_order_id) WHERE status = 'booked';
CREATE INDEX appointments_by_order ON appointments (partner_id, work_order_id, id DESC);
CREATE INDEX appointments_by_technician ON appointments (technician_id, starts_at);
CREATE INDEX appointments_by_time ON appointments (starts_at, id);
CALL tenancy.protect('appointments', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON appointments TO isp_app;
`,
};
