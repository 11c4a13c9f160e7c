import type { SqlMigration } from '../migration.js';

const GRANTS: Readonly<Record<string, readonly string[]>> = {
  support: ['ticket.read', 'ticket.create', 'ticket.comment', 'ticket.manage', 'sla.read'],
  noc: ['ticket.read', 'ticket.create', 'ticket.comment', 'ticket.manage', 'sla.read'],
  billing: ['ticket.read', 'ticket.create', 'ticket.comment'],
  reseller_admin: ['ticket.read', 'ticket.create', 'ticket.comment', 'sla.read'],
  reseller_read_only: ['ticket.read', 'sla.read'],
  isp: ['ticket.read', 'ticket.create', 'ticket.comment', 'sla.read'],
  customer: ['ticket.read', 'ticket.create', 'ticket.comment'],
};
const granted = Object.entries(GRANTS).flatMap(([role, names]) => names.map((name) => `('${role}', '${name}')`));

/** Minutes to the first response and to the resolution, until somebody sets others. */
const TARGETS = {
  critical: { first_response_minutes: 15, resolution_minutes: 240, around_the_clock: true },
  high: { first_response_minutes: 60, resolution_minutes: 480, around_the_clock: true },
  medium: { first_response_minutes: 240, resolution_minutes: 1440, around_the_clock: true },
  low: { first_response_minutes: 480, resolution_minutes: 4320, around_the_clock: true },
};

/** What customers want of the operator, how long that may take, and all that happens to it. */
export const tickets: SqlMigration = {
  name: '0300-tickets',
  up: `
INSERT INTO role_permissions (role, permission) VALUES ${granted.join(', ')} ON CONFLICT DO NOTHING;

CREATE TABLE ticket_categories (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- One level below another: a sub-category.
  parent_id integer REFERENCES ticket_categories,
  code text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9_]{1,59}$'),
  name text NOT NULL,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  CHECK (parent_id <> id)
);
GRANT SELECT, INSERT, UPDATE ON ticket_categories TO isp_app;
INSERT INTO ticket_categories (code, name) VALUES
  ('service_outage', 'Service Outage'), ('slow_speed', 'Slow Speed'), ('billing_dispute', 'Billing Dispute'),
  ('installation', 'Installation'), ('equipment', 'Equipment'), ('request', 'Request'), ('other', 'Other');
INSERT INTO ticket_categories (code, name, parent_id)
  SELECT v.code, v.name, c.id FROM (VALUES
    ('no_connection', 'No Connection', 'service_outage'), ('intermittent', 'Intermittent', 'service_outage'),
    ('area_outage', 'Area Outage', 'service_outage'), ('wifi', 'WiFi', 'slow_speed'), ('peak_hours', 'Peak Hours', 'slow_speed'),
    ('wrong_amount', 'Wrong Amount', 'billing_dispute'), ('outage_credit', 'Outage Credit', 'billing_dispute'),
    ('appointment', 'Appointment', 'installation'), ('cabling', 'Cabling', 'installation'),
    ('router_fault', 'Router Fault', 'equipment'), ('ont_fault', 'ONT Fault', 'equipment')) v (code, name, parent)
    JOIN ticket_categories c ON c.code = v.parent;

CREATE TABLE support_teams (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL UNIQUE GENERATED ALWAYS AS (lower(name)) STORED,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired'))
);
GRANT SELECT, INSERT, UPDATE ON support_teams TO isp_app;
INSERT INTO support_teams (name) VALUES ('Support'), ('Network operations'), ('Billing'), ('Field service');

-- When people work: hours by weekday on the clocks of a zone, and days on which nobody does. A change is a new version.
CREATE TABLE sla_calendars (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  name_key text NOT NULL UNIQUE GENERATED ALWAYS AS (lower(name)) STORED,
  version integer NOT NULL DEFAULT 1
);
CREATE TABLE sla_calendar_versions (
  calendar_id integer NOT NULL REFERENCES sla_calendars,
  version integer NOT NULL,
  time_zone text NOT NULL,
  -- [{weekday: 1 (Monday) to 7, from: "08:00", until: "17:00"}]
  hours jsonb NOT NULL CHECK (jsonb_typeof(hours) = 'array' AND jsonb_array_length(hours) > 0),
  holidays text[] NOT NULL DEFAULT '{}',
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (calendar_id, version)
);
GRANT SELECT, INSERT, UPDATE ON sla_calendars TO isp_app;
GRANT SELECT, INSERT ON sla_calendar_versions TO isp_app;
INSERT INTO sla_calendars (name) VALUES ('Business hours');
INSERT INTO sla_calendar_versions (calendar_id, version, time_zone, hours, created_by)
  SELECT id, 1, 'UTC', (SELECT jsonb_agg(jsonb_build_object('weekday', d, 'from', '08:00', 'until', '17:00')) FROM generate_series(1, 5) d), 'system:migration'
    FROM sla_calendars;

-- How long an answer and a solution may take, for whom; a change is a new version, and tickets keep theirs.
CREATE TABLE sla_policies (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  -- Customers of this tier, services of this plan; NULL: all of them.
  support_tier text,
  plan_id integer REFERENCES plans,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX sla_policies_one_each ON sla_policies (coalesce(support_tier, ''), coalesce(plan_id, 0)) WHERE status = 'active';
CREATE TABLE sla_policy_versions (
  policy_id integer NOT NULL REFERENCES sla_policies,
  version integer NOT NULL,
  calendar_id integer NOT NULL REFERENCES sla_calendars,
  -- By priority: first_response_minutes, resolution_minutes, around_the_clock (else in the hours of the calendar).
  targets jsonb NOT NULL,
  -- A warning when so much of a target is used up.
  warn_percent smallint NOT NULL CHECK (warn_percent BETWEEN 1 AND 99),
  -- What follows a breach: [{target, after_minutes, level, to}], in the order of time.
  escalations jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(escalations) = 'array'),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (policy_id, version)
);
GRANT SELECT, INSERT, UPDATE ON sla_policies TO isp_app;
GRANT SELECT, INSERT ON sla_policy_versions TO isp_app;
INSERT INTO sla_policies (name) VALUES ('Standard');
INSERT INTO sla_policy_versions (policy_id, version, calendar_id, targets, warn_percent, escalations, created_by)
  SELECT p.id, 1, c.id, '${JSON.stringify(TARGETS)}', 80,
         '[{"target": "resolution", "after_minutes": 0, "level": 1, "to": "Network operations"},
           {"target": "resolution", "after_minutes": 240, "level": 2, "to": "Network operations"}]', 'system:migration'
    FROM sla_policies p, sla_calendars c;

-- Numbers begin at 1 each year without a lock that every writer would share: one sequence, and where each year found it.
CREATE SEQUENCE ticket_numbers AS bigint;
GRANT USAGE ON SEQUENCE ticket_numbers TO isp_app;
CREATE TABLE ticket_number_years (year integer PRIMARY KEY, base bigint NOT NULL);
CREATE FUNCTION next_ticket_number(at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  wanted integer := extract(year FROM at AT TIME ZONE 'UTC');
  found_base bigint;
  given text;
BEGIN
  SELECT base INTO found_base FROM ticket_number_years WHERE year = wanted;
  IF found_base IS NULL THEN
    -- Whoever comes at the same moment waits here, so that nobody takes a number before the year's base is known.
    INSERT INTO ticket_number_years (year, base)
      SELECT wanted, CASE WHEN is_called THEN last_value ELSE 0 END FROM ticket_numbers ON CONFLICT DO NOTHING;
    SELECT base INTO found_base FROM ticket_number_years WHERE year = wanted;
  END IF;
  given := (nextval('ticket_numbers') - found_base)::text;
  RETURN 'TKT-' || wanted || '-' || lpad(given, greatest(3, length(given)), '0');
END $$;
REVOKE ALL ON FUNCTION next_ticket_number FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_ticket_number TO isp_app;

CREATE TABLE tickets (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  guid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  number text NOT NULL UNIQUE,
  partner_id integer NOT NULL REFERENCES partners,
  -- NULL: of nobody in particular, an outage for example.
  customer_id integer,
  subject text NOT NULL CHECK (subject <> ''),
  description text NOT NULL DEFAULT '',
  category_id integer NOT NULL REFERENCES ticket_categories,
  priority text NOT NULL CHECK (priority IN ('critical', 'high', 'medium', 'low')),
  status text NOT NULL DEFAULT 'open'
    CHECK (status IN ('open', 'in_progress', 'pending_customer', 'pending_third_party', 'resolved', 'closed')),
  source text NOT NULL CHECK (source IN ('portal', 'api', 'phone', 'email', 'system')),
  location text NOT NULL DEFAULT '',
  team_id integer REFERENCES support_teams,
  -- People are kept by name as they were: whoever may see the ticket need not be able to see the user.
  assigned_user_id integer REFERENCES users,
  assigned_user text,
  resolution text,
  merged_into_id integer,
  escalation_level smallint NOT NULL DEFAULT 0 CHECK (escalation_level BETWEEN 0 AND 9),
  escalated_to text,
  escalated_at timestamptz,
  policy_id integer NOT NULL,
  policy_version integer NOT NULL,
  calendar_id integer NOT NULL,
  calendar_version integer NOT NULL,
  opened_at timestamptz NOT NULL,
  first_response_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  reopened integer NOT NULL DEFAULT 0,
  -- When the clocks stood still: the last stop has no end while they do.
  stopped_from timestamptz[] NOT NULL DEFAULT '{}',
  stopped_until timestamptz[] NOT NULL DEFAULT '{}',
  created_by text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  search_text text NOT NULL GENERATED ALWAYS AS (search_text_of(number, subject, description)) STORED,
  UNIQUE (partner_id, id),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id),
  FOREIGN KEY (policy_id, policy_version) REFERENCES sla_policy_versions,
  FOREIGN KEY (calendar_id, calendar_version) REFERENCES sla_calendar_versions,
  FOREIGN KEY (merged_into_id) REFERENCES tickets (id),
  CHECK (merged_into_id IS NULL OR (merged_into_id <> id AND status = 'closed')),
  CHECK ((status IN ('resolved', 'closed')) = (resolved_at IS NOT NULL)),
  CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
  CHECK ((assigned_user_id IS NULL) = (assigned_user IS NULL)),
  CHECK ((escalation_level = 0) = (escalated_at IS NULL)),
  CHECK (cardinality(stopped_from) - cardinality(stopped_until)
         = CASE WHEN status IN ('open', 'in_progress') THEN 0 ELSE 1 END)
) WITH (fillfactor = 85);
CREATE INDEX tickets_by_customer ON tickets (partner_id, customer_id, id DESC);
CREATE INDEX tickets_by_status ON tickets (partner_id, status, id DESC);
CREATE INDEX tickets_open ON tickets (priority, id DESC) WHERE status NOT IN ('resolved', 'closed');
CREATE INDEX tickets_by_user ON tickets (assigned_user_id, id DESC) WHERE assigned_user_id IS NOT NULL;
CREATE INDEX tickets_by_team ON tickets (team_id, id DESC) WHERE team_id IS NOT NULL;
CREATE INDEX tickets_by_opening ON tickets (opened_at);
CREATE INDEX tickets_merged ON tickets (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX tickets_escalated ON tickets (escalation_level DESC, escalated_at)
  WHERE escalation_level > 0 AND status NOT IN ('resolved', 'closed');
CREATE INDEX tickets_search ON tickets USING gin (search_text gin_trgm_ops);
CALL tenancy.protect('tickets', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON tickets TO isp_app;

-- LIKE is not leakproof: the search runs as the owner and applies the wall itself. The newest hits, at most so many.
CREATE FUNCTION tickets_search(pattern text, at_most integer) RETURNS SETOF integer LANGUAGE sql STABLE SECURITY DEFINER ROWS 100
SET search_path = public, pg_temp AS $$
  SELECT t.id FROM tickets t
   WHERE t.search_text LIKE pattern
     AND ((SELECT tenancy.unrestricted()) OR (t.partner_id = (SELECT tenancy.partner_id())
          AND ((SELECT tenancy.customer_id()) IS NULL OR t.customer_id = (SELECT tenancy.customer_id()))))
   ORDER BY t.id DESC LIMIT at_most
$$;
REVOKE ALL ON FUNCTION tickets_search FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tickets_search TO isp_app;

-- Two clocks a ticket: until the first answer, and until it is solved. next_at is when something is to happen next.
CREATE TABLE ticket_clocks (
  partner_id integer NOT NULL,
  customer_id integer,
  ticket_id integer NOT NULL,
  target text NOT NULL CHECK (target IN ('first_response', 'resolution')),
  target_seconds integer NOT NULL CHECK (target_seconds > 0),
  -- NULL while the clock stands still.
  warn_at timestamptz,
  due_at timestamptz,
  warned_at timestamptz,
  breached_at timestamptz,
  -- How many steps of the escalation chain are done.
  escalations smallint NOT NULL DEFAULT 0,
  ended_at timestamptz,
  ended_as text CHECK (ended_as IN ('met', 'late', 'void')),
  -- Time that counted, when it ended.
  spent_seconds integer CHECK (spent_seconds >= 0),
  next_at timestamptz,
  PRIMARY KEY (ticket_id, target),
  FOREIGN KEY (partner_id, ticket_id) REFERENCES tickets (partner_id, id),
  CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
  CHECK (ended_at IS NULL OR next_at IS NULL),
  CHECK (ended_as <> 'met' OR breached_at IS NULL)
) WITH (fillfactor = 85);
CREATE INDEX ticket_clocks_next ON ticket_clocks (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ticket_clocks_of_partner ON ticket_clocks (partner_id, ticket_id);
CALL tenancy.protect('ticket_clocks', 'customer_id');
GRANT SELECT, INSERT, UPDATE ON ticket_clocks TO isp_app;

-- What became of the clocks, as it was at that moment: never changed, so figures of a month stay what they were.
CREATE TABLE ticket_clock_facts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer,
  ticket_id integer NOT NULL,
  target text NOT NULL CHECK (target IN ('first_response', 'resolution')),
  -- met: in time; breached: the time was over; late: done after that; escalated: went up a level.
  outcome text NOT NULL CHECK (outcome IN ('met', 'breached', 'late', 'escalated')),
  at timestamptz NOT NULL,
  priority text NOT NULL,
  category_id integer NOT NULL,
  team_id integer,
  target_seconds integer NOT NULL,
  spent_seconds integer,
  level smallint,
  policy_id integer NOT NULL,
  policy_version integer NOT NULL,
  FOREIGN KEY (partner_id, ticket_id) REFERENCES tickets (partner_id, id)
);
-- What runs now, for the desk.
CREATE INDEX ticket_clocks_running ON ticket_clocks (target, due_at) INCLUDE (partner_id, breached_at) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX ticket_clock_facts_one_breach ON ticket_clock_facts (ticket_id, target) WHERE outcome = 'breached';
CREATE UNIQUE INDEX ticket_clock_facts_one_escalation ON ticket_clock_facts (ticket_id, target, level) WHERE outcome = 'escalated';
CREATE INDEX ticket_clock_facts_by_time ON ticket_clock_facts (target, at)
  INCLUDE (partner_id, outcome, priority, category_id, team_id, spent_seconds, ticket_id);
CREATE INDEX ticket_clock_facts_of_partner ON ticket_clock_facts (partner_id, target, at)
  INCLUDE (outcome, priority, category_id, team_id, spent_seconds, ticket_id);
CALL tenancy.protect('ticket_clock_facts', 'customer_id');
GRANT SELECT, INSERT ON ticket_clock_facts TO isp_app;

-- However a clock comes to its end, the fact is kept.
CREATE FUNCTION note_ticket_clocks() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO ticket_clock_facts (partner_id, customer_id, ticket_id, target, outcome, at, priority, category_id, team_id, target_seconds,
         spent_seconds, policy_id, policy_version)
  SELECT n.partner_id, n.customer_id, n.ticket_id, n.target, e.outcome, e.at, t.priority, t.category_id, t.team_id, n.target_seconds,
         e.spent, t.policy_id, t.policy_version
    FROM now_rows n JOIN was_rows o ON o.ticket_id = n.ticket_id AND o.target = n.target JOIN tickets t ON t.id = n.ticket_id
   CROSS JOIN LATERAL (
     SELECT 'breached' AS outcome, n.breached_at AS at, NULL::integer AS spent WHERE n.breached_at IS NOT NULL AND o.breached_at IS NULL
     UNION ALL
     SELECT n.ended_as, n.ended_at, n.spent_seconds WHERE n.ended_at IS NOT NULL AND o.ended_at IS NULL AND n.ended_as <> 'void') e
   ORDER BY n.ticket_id, n.target;
  RETURN NULL;
END $$;
CREATE TRIGGER ticket_clocks_facts AFTER UPDATE ON ticket_clocks REFERENCING OLD TABLE AS was_rows NEW TABLE AS now_rows
  FOR EACH STATEMENT EXECUTE FUNCTION note_ticket_clocks();

-- What a ticket is about beside its customer: services, outages, work orders, invoices, other tickets.
CREATE TABLE ticket_links (
  partner_id integer NOT NULL,
  customer_id integer,
  ticket_id integer NOT NULL,
  type text NOT NULL CHECK (type IN ('service', 'outage', 'work_order', 'invoice', 'ticket')),
  target_id integer NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (ticket_id, type, target_id),
  FOREIGN KEY (partner_id, ticket_id) REFERENCES tickets (partner_id, id)
);
CREATE INDEX ticket_links_by_target ON ticket_links (type, target_id);
CREATE INDEX ticket_links_of_partner ON ticket_links (partner_id, ticket_id);
CALL tenancy.protect('ticket_links', 'customer_id');
GRANT SELECT, INSERT, DELETE ON ticket_links TO isp_app;

CREATE TABLE ticket_comments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer,
  ticket_id integer NOT NULL,
  internal boolean NOT NULL,
  text text NOT NULL CHECK (text <> ''),
  author text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (partner_id, ticket_id) REFERENCES tickets (partner_id, id)
);
CREATE INDEX ticket_comments_by_ticket ON ticket_comments (partner_id, ticket_id, id DESC);
CALL tenancy.protect('ticket_comments', 'customer_id');
-- What the operator's people say among themselves nobody else can read, whatever a query asks for.
CREATE POLICY among_themselves ON ticket_comments AS RESTRICTIVE TO isp_app USING (NOT internal OR (SELECT tenancy.unrestricted()));
GRANT SELECT, INSERT ON ticket_comments TO isp_app;

CREATE TABLE ticket_attachments (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer,
  ticket_id integer NOT NULL,
  internal boolean NOT NULL,
  file_name text NOT NULL,
  content_type text NOT NULL,
  size_bytes integer NOT NULL CHECK (size_bytes BETWEEN 1 AND 5242880),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  content bytea NOT NULL,
  author text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  CHECK (size_bytes = length(content)),
  FOREIGN KEY (partner_id, ticket_id) REFERENCES tickets (partner_id, id)
);
ALTER TABLE ticket_attachments ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX ticket_attachments_by_ticket ON ticket_attachments (partner_id, ticket_id, id);
CALL tenancy.protect('ticket_attachments', 'customer_id');
CREATE POLICY among_themselves ON ticket_attachments AS RESTRICTIVE TO isp_app USING (NOT internal OR (SELECT tenancy.unrestricted()));
GRANT SELECT, INSERT ON ticket_attachments TO isp_app;

CREATE TABLE ticket_history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer,
  ticket_id integer NOT NULL,
  internal boolean NOT NULL DEFAULT false,
  action text NOT NULL,
  from_status text,
  to_status text NOT NULL,
  changes jsonb NOT NULL DEFAULT '{}',
  reason text,
  actor text NOT NULL,
  at timestamptz NOT NULL,
  request_id text,
  FOREIGN KEY (partner_id, ticket_id) REFERENCES tickets (partner_id, id)
);
CREATE INDEX ticket_history_by_ticket ON ticket_history (partner_id, ticket_id, id DESC);
CALL tenancy.protect('ticket_history', 'customer_id');
CREATE POLICY among_themselves ON ticket_history AS RESTRICTIVE TO isp_app USING (NOT internal OR (SELECT tenancy.unrestricted()));
GRANT SELECT, INSERT ON ticket_history TO isp_app;
`,
};
