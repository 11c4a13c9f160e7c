import type { SqlMigration } from '../migration.js';

/** An entry of the bank that takes a payment back is no money that merely went out. */
export const returnedEntries: SqlMigration = {
  name: '0441-returned-entries',
  up: `
ALTER TABLE bank_entries
  -- Whether the bank says that it takes an earlier entry back.
  ADD COLUMN is_return boolean NOT NULL DEFAULT false,
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
  ADD CONSTRAINT bank_entries_went_out CHECK (returned_payment_id IS NULL OR amount < 0);
CREATE UNIQUE INDEX bank_entries_returned ON bank_entries (returned_payment_id) WHERE returned_payment_id IS NOT NULL;
GRANT UPDATE (returned_payment_id) ON bank_entries TO isp_app;
`,
};
