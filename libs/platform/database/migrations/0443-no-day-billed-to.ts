import type { SqlMigration } from '../migration.js';

/** What was invoiced tells how far an account is: a day that was noted beside it stayed when a document was voided. */
export const noDayBilledTo: SqlMigration = {
  name: '0443-no-day-billed-to',
  up: `
ALTER TABLE billing_accounts DROP COLUMN billed_on;
`,
};
