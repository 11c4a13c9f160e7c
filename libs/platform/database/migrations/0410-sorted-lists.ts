import type { SqlMigration } from '../migration.js';

/**
 * What long lists are sorted by, for readers of everything and of one partner (ADR 45). A column that may be empty has two:
 * rows without a value come last either way. With the columns that the walls look at, an index also says how many rows a reader
 * has: those that had none hold `customer_id` beside their order.
 */
export const sortedLists: SqlMigration = {
  name: '0410-sorted-lists',
  up: `
CREATE INDEX customers_by_name ON customers (lower(name), id);
CREATE INDEX customers_by_partner_name ON customers (partner_id, lower(name), id);

CREATE INDEX payments_by_receipt ON payments (received_at, id);
CREATE INDEX payments_by_partner_receipt ON payments (partner_id, received_at, id);

CREATE INDEX bank_entries_by_day ON bank_entries (booked_on, id);
CREATE INDEX bank_entries_by_partner_day ON bank_entries (partner_id, booked_on, id);

DROP INDEX tickets_by_opening;
CREATE INDEX tickets_by_opening ON tickets (opened_at, id);
CREATE INDEX tickets_by_partner_opening ON tickets (partner_id, opened_at, id);
CREATE INDEX tickets_by_change ON tickets (updated_at, id);
CREATE INDEX tickets_by_partner_change ON tickets (partner_id, updated_at, id);
CREATE INDEX tickets_by_urgency ON tickets ((CASE priority WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END), id);
CREATE INDEX tickets_by_partner_urgency ON tickets
  (partner_id, (CASE priority WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END), id);

CREATE INDEX work_orders_by_appointment ON work_orders (scheduled_at, id);
CREATE INDEX work_orders_by_last_appointment ON work_orders (scheduled_at DESC NULLS LAST, id DESC);
CREATE INDEX work_orders_by_partner_appointment ON work_orders (partner_id, scheduled_at, id) INCLUDE (customer_id);
CREATE INDEX work_orders_by_partner_last_appointment ON work_orders (partner_id DESC, scheduled_at DESC NULLS LAST, id DESC);

CREATE INDEX appointments_by_partner_time ON appointments (partner_id, starts_at, id) INCLUDE (customer_id);

CREATE INDEX service_levels_by_period ON service_levels (period, id);

CREATE INDEX users_by_partner_name ON users (partner_id, username_key, id) INCLUDE (customer_id);
CREATE INDEX users_by_partner_email ON users (partner_id, email_key, id);

CREATE INDEX devices_by_name ON devices (lower(name), id);

CREATE INDEX alarms_by_time ON alarms (raised_at, id);
`,
};
