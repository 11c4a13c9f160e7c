import type { SqlMigration } from '../migration.js';

/**
 * What the checks of a document say, in half of the words: PostgreSQL reads their texts anew with every statement that writes
 * a document, and the one that numbers it does so behind the lock of all who issue.
 */
export const fewerChecks: SqlMigration = {
  name: '0396-fewer-checks',
  up: `
ALTER TABLE invoices
  DROP CONSTRAINT invoices_document_check, DROP CONSTRAINT invoices_status_check, DROP CONSTRAINT invoices_check3,
  DROP CONSTRAINT invoices_check4, DROP CONSTRAINT invoices_check5, DROP CONSTRAINT invoices_check6, DROP CONSTRAINT invoices_check8,
  DROP CONSTRAINT invoices_check9, DROP CONSTRAINT invoices_check10, DROP CONSTRAINT invoices_check11, DROP CONSTRAINT invoices_check12,
  DROP CONSTRAINT invoices_check14, DROP CONSTRAINT invoices_credited_at_most, DROP CONSTRAINT invoices_credited_amount_check,
  DROP CONSTRAINT invoices_check2,
  ADD CONSTRAINT invoices_amounts CHECK (settled_amount >= numeric '0' AND settled_amount <= abs(total_amount) AND credited_amount >= numeric '0'),
  ADD CONSTRAINT invoices_by_document CHECK (CASE document
    WHEN 'invoice' THEN total_amount >= numeric '0' AND corrects_id IS NULL
    WHEN 'credit_note' THEN total_amount < numeric '0' AND status IN ('draft', 'issued', 'void') ELSE false END),
  ADD CONSTRAINT invoices_by_state CHECK (CASE status
    WHEN 'draft' THEN sequence IS NULL
    WHEN 'pending' THEN settled_amount = numeric '0' AND total_amount <> numeric '0'
    WHEN 'partially_paid' THEN settled_amount > numeric '0' AND settled_amount < total_amount
    WHEN 'paid' THEN settled_amount = total_amount
    WHEN 'overdue' THEN settled_amount < total_amount
    WHEN 'issued' THEN document = 'credit_note'
    WHEN 'void' THEN settled_amount = numeric '0' AND credited_amount = numeric '0' ELSE false END),
  ADD CONSTRAINT invoices_credited_at_most CHECK (credited_amount <= total_amount OR document = 'credit_note');
`,
};
