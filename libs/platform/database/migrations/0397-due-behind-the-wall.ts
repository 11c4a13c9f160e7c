import type { SqlMigration } from '../migration.js';

/**
 * An index that is found behind the wall. Of a policy's table PostgreSQL uses a condition for an index only where nothing in
 * it could tell of hidden rows, and coalesce counts as something that could: whoever looked whose day had come read all accounts.
 */
export const dueBehindTheWall: SqlMigration = {
  name: '0397-due-behind-the-wall',
  up: `
DROP INDEX billing_accounts_due;
CREATE INDEX billing_accounts_due ON billing_accounts ((CASE WHEN next_run_on IS NULL THEN starts_on ELSE next_run_on END), id) WHERE kind = 'postpaid';
`,
};
