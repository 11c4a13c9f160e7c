import type { SqlMigration } from '../migration.js';

/**
 * What was invoiced tells how far an account is: a day that was noted beside it stayed when a document was voided. And
 * what people say of a draft can be changed.
 */
export const noDayBilledTo: SqlMigration = {
  name: '0443-no-day-billed-to',
  up: `
ALTER TABLE billing_accounts DROP COLUMN billed_on;
-- Of drafts: those of documents that are issued are kept.
GRANT UPDATE (notes) ON invoices TO isp_app;
`,
};
