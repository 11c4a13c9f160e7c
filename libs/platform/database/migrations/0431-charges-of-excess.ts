import type { SqlMigration } from '../migration.js';

/** A charge may be meant for what a bank took back beyond a payment, beside invoices or alone. */
export const chargesOfExcess: SqlMigration = {
  name: '0431-charges-of-excess',
  up: `
-- The payments that were taken back.
ALTER TABLE charges ADD excess_of_ids integer[] NOT NULL DEFAULT '{}', DROP CONSTRAINT charges_check4,
  ADD CONSTRAINT charges_meant_for_something CHECK ((purpose = 'top_up') = (invoice_ids = '{}' AND excess_of_ids = '{}'));
`,
};
