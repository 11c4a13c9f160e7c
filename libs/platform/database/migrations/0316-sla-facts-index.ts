import type { SqlMigration } from '../migration.js';

/** The wall asks for a fact's customer: an index without it is never read alone. */
export const slaFactsIndex: SqlMigration = {
  name: '0316-sla-facts-index',
  up: `
DROP INDEX ticket_clock_facts_by_time, ticket_clock_facts_of_partner;
CREATE INDEX ticket_clock_facts_by_time ON ticket_clock_facts (target, at)
  INCLUDE (partner_id, customer_id, outcome, priority, category_id, team_id, spent_seconds, ticket_id);
CREATE INDEX ticket_clock_facts_of_partner ON ticket_clock_facts (partner_id, target, at)
  INCLUDE (customer_id, outcome, priority, category_id, team_id, spent_seconds, ticket_id);
`,
};
