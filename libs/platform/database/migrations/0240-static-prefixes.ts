import type { SqlMigration } from '../migration.js';

/** IPv6 prefixes can be kept for somebody as IPv4 addresses can; and alarms of events are found to fade. */
export const staticPrefixes: SqlMigration = {
  name: '0240-static-prefixes',
  up: `
ALTER TABLE ip_units ADD reservation_id integer REFERENCES ip_reservations;
CREATE INDEX ip_units_reserved ON ip_units (reservation_id) WHERE reservation_id IS NOT NULL;
DROP INDEX ip_units_free;
CREATE INDEX ip_units_free ON ip_units (pool_id, free_from, position) WHERE service_id IS NULL AND reservation_id IS NULL;

CREATE INDEX alarms_of_traps ON alarms (seen_at) WHERE status <> 'cleared' AND starts_with(source, 'trap:');
`,
};
