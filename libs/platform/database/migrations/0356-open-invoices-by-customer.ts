import type { SqlMigration } from '../migration.js';

/** What ageing reads of open invoices, in the order in which it shows them: a page of customers is a piece of this index. */
export const openInvoicesByCustomer: SqlMigration = {
  name: '0356-open-invoices-by-customer',
  up: `
DROP INDEX invoices_open;
CREATE INDEX invoices_open ON invoices (currency, partner_id, customer_id, account_id, due_on) INCLUDE (issued_on, total_amount, settled_amount, status)
  WHERE status IN ('pending', 'partially_paid', 'overdue');
`,
};
