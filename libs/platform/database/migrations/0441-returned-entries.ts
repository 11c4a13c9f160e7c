import type { SqlMigration } from '../migration.js';

/** An entry of the bank that takes a payment back is no money that merely went out. */
export const returnedEntries: SqlMigration = {
  name: '0441-returned-entries',
  up: `
ALTER TABLE bank_entries
  -- Whether the bank says that it takes an earlier entry back.
  ADD COLUMN is_return boolean NOT NULL DEFAULT false,
  -- What of the amount is what was taken back, where the bank says so; the rest are its charges.
  ADD COLUMN returned_amount numeric(18, 4),
  -- The payment that it took back, which is reversed.
  ADD COLUMN returned_payment_id integer REFERENCES payments;
ALTER TABLE bank_entries DROP CONSTRAINT bank_entries_rule_check;
ALTER TABLE bank_entries ADD CONSTRAINT bank_entries_rule_check
  CHECK (rule IN ('invoice_number', 'payment_reference', 'known_payer', 'amount_and_name', 'recorded_before', 'returned', 'by_hand'));
DO $$
DECLARE
  old text;
BEGIN
  FOR old IN SELECT conname FROM pg_constraint WHERE conrelid = 'bank_entries'::regclass AND contype = 'c'
     AND (pg_get_constraintdef(oid) LIKE '%payment_id IS NOT NULL%' OR pg_get_constraintdef(oid) LIKE '%amount > %status%' OR pg_get_constraintdef(oid) LIKE '%status%amount >%') LOOP
    EXECUTE format('ALTER TABLE bank_entries DROP CONSTRAINT %I', old);
  END LOOP;
END $$;
ALTER TABLE bank_entries
  ADD CONSTRAINT bank_entries_matched CHECK ((status = 'matched') = (num_nonnulls(payment_id, returned_payment_id) = 1)),
  ADD CONSTRAINT bank_entries_came_in CHECK (payment_id IS NULL OR amount > 0),
  ADD CONSTRAINT bank_entries_went_out CHECK (returned_payment_id IS NULL OR (amount < 0 AND returned_amount IS NOT NULL)),
  ADD CONSTRAINT bank_entries_with_charges CHECK (returned_amount > 0 AND returned_amount <= -amount);
CREATE UNIQUE INDEX bank_entries_returned ON bank_entries (returned_payment_id) WHERE returned_payment_id IS NOT NULL;
-- A payer is asked for in whatever state an entry is.
DROP INDEX bank_entries_by_payer;
CREATE INDEX bank_entries_by_payer ON bank_entries (partner_id, payer_account) WHERE payer_account IS NOT NULL;
CREATE INDEX bank_entries_by_end_to_end_id ON bank_entries (bank_account, end_to_end_id) WHERE end_to_end_id IS NOT NULL;
GRANT UPDATE (returned_payment_id, returned_amount) ON bank_entries TO isp_app;
`,
};
