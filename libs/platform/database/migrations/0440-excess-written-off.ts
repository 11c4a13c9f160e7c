import type { SqlMigration } from '../migration.js';

/** What a bank took back beyond the rest of a payment may be given up as an invoice may: by a row that settles it. */
export const excessWrittenOff: SqlMigration = {
  name: '0440-excess-written-off',
  up: `
ALTER TABLE write_offs ALTER invoice_id DROP NOT NULL, ADD excess_of_id integer,
  ADD CONSTRAINT write_offs_one_debt CHECK (num_nonnulls(invoice_id, excess_of_id) = 1),
  -- Nothing was sold, so there is no tax in it.
  ADD CONSTRAINT write_offs_tax_of_invoice CHECK (invoice_id IS NOT NULL OR reclaimed_tax_amount = 0),
  ADD FOREIGN KEY (partner_id, excess_of_id) REFERENCES payments (partner_id, id);
CREATE INDEX write_offs_by_excess ON write_offs (excess_of_id, id DESC) WHERE excess_of_id IS NOT NULL;
ALTER TABLE allocations DROP CONSTRAINT allocations_write_off_of_invoice;
-- covered_amount is all that is not owed any more; this is the part of it that nobody paid.
ALTER TABLE payments ADD excess_written_off_amount numeric(18, 4) NOT NULL DEFAULT 0,
  ADD CONSTRAINT payments_excess_written_off CHECK (excess_written_off_amount BETWEEN 0 AND covered_amount);
ALTER TABLE ledger_transfers DROP CONSTRAINT ledger_transfers_event_check,
  ADD CONSTRAINT ledger_transfers_event_check CHECK (event = ANY ('{invoice.issued,invoice.voided,credit_note.issued,credit_note.voided,payment.received,payment.reversed,allocation,refund.requested,refund.paid,refund.failed,invoice.written_off,invoice.write_off_reversed,payment.excess_written_off,payment.excess_write_off_reversed}'::text[]));

-- As in 0401, and what was given up of an excess is told apart.
CREATE OR REPLACE FUNCTION settle_allocation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  paid numeric := CASE WHEN NEW.payment_id IS NULL THEN 0 ELSE NEW.amount END;
  lost numeric := CASE WHEN NEW.write_off_id IS NULL THEN 0 ELSE NEW.amount END;
  in_currency char(3);
BEGIN
  IF NEW.invoice_id IS NULL THEN
    UPDATE payments p SET covered_amount = p.covered_amount + NEW.amount, excess_written_off_amount = p.excess_written_off_amount + lost,
           version = p.version + 1, updated_at = NEW.at
     WHERE p.id = NEW.excess_of_id AND p.account_id = NEW.account_id AND p.status = 'reversed';
  ELSE
    UPDATE invoices i SET settled_amount = i.settled_amount + NEW.amount, paid_amount = i.paid_amount + paid,
           written_off_amount = i.written_off_amount + lost, version = i.version + 1, updated_at = NEW.at,
           written_off_at = CASE WHEN i.written_off_amount + lost = 0 THEN NULL WHEN lost > 0 THEN NEW.at ELSE i.written_off_at END,
           status = CASE WHEN i.settled_amount + NEW.amount = i.total_amount
                              THEN CASE WHEN i.written_off_amount + lost > 0 THEN 'uncollectible' ELSE 'paid' END
                         WHEN i.status = 'overdue' THEN 'overdue'
                         WHEN i.settled_amount + NEW.amount = i.written_off_amount + lost THEN 'pending' ELSE 'partially_paid' END
     WHERE i.id = NEW.invoice_id AND i.account_id = NEW.account_id AND i.document = 'invoice' AND i.status NOT IN ('draft', 'void')
    RETURNING i.currency INTO in_currency;
  END IF;
  IF NOT FOUND THEN
    RAISE 'what invoice % or payment % owes cannot be paid', NEW.invoice_id, NEW.excess_of_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_invoice_open';
  END IF;
  IF NEW.write_off_id IS NOT NULL THEN
    RETURN NULL;
  ELSIF NEW.payment_id IS NULL THEN
    UPDATE invoices c SET settled_amount = c.settled_amount + NEW.amount, version = c.version + 1, updated_at = NEW.at
     WHERE c.id = NEW.credit_note_id AND c.account_id = NEW.account_id AND c.document = 'credit_note' AND c.status = 'issued';
  ELSE
    UPDATE payments p SET allocated_amount = p.allocated_amount + NEW.amount, version = p.version + 1, updated_at = NEW.at
     WHERE p.id = NEW.payment_id AND p.account_id = NEW.account_id AND p.status = 'received';
  END IF;
  IF NOT FOUND THEN
    RAISE 'there is no such money' USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_money_there';
  END IF;
  IF NEW.invoice_id IS NOT NULL THEN
    PERFORM post_transfer(NEW, 'allocation', NEW.at, 'credit', 'receivable', NEW.amount, NULL, NULL, NEW.id, in_currency);
  END IF;
  RETURN NULL;
END $$;

-- What is owed of an invoice is a receivable; what is owed of an excess was taken off the customer's credit.
CREATE FUNCTION post_write_off(off write_offs, what text, happened_at timestamptz, moved numeric, tax numeric) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  owed_in text := CASE WHEN off.invoice_id IS NULL THEN 'credit' ELSE 'receivable' END;
  event text := CASE WHEN off.invoice_id IS NULL THEN 'payment.excess_' ELSE 'invoice.' END || what;
BEGIN
  INSERT INTO allocations (partner_id, customer_id, account_id, invoice_id, excess_of_id, write_off_id, amount, at)
  VALUES (off.partner_id, off.customer_id, off.account_id, off.invoice_id, off.excess_of_id, off.id, moved, happened_at);
  PERFORM post_transfer(off, event, happened_at, 'bad_debt', owed_in, moved - tax, off.invoice_id, off.excess_of_id, NULL, off.currency);
  PERFORM post_transfer(off, event, happened_at, 'tax', owed_in, tax, off.invoice_id, off.excess_of_id, NULL, off.currency);
END $$;
REVOKE ALL ON FUNCTION post_write_off FROM PUBLIC;

CREATE OR REPLACE FUNCTION book_write_off() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM post_write_off(NEW, 'written_off', NEW.created_at, NEW.amount, NEW.reclaimed_tax_amount);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION book_write_off_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  off write_offs;
BEGIN
  UPDATE write_offs w SET reversed_amount = w.reversed_amount + NEW.amount, reversed_tax_amount = w.reversed_tax_amount + NEW.tax_amount,
         version = w.version + 1, updated_at = NEW.created_at
   WHERE w.id = NEW.write_off_id AND w.account_id = NEW.account_id RETURNING * INTO off;
  IF NOT FOUND THEN
    RAISE 'there is no such write-off' USING ERRCODE = 'check_violation', CONSTRAINT = 'write_off_reversals_of_account';
  END IF;
  PERFORM post_write_off(off, 'write_off_reversed', NEW.created_at, -NEW.amount, -NEW.tax_amount);
  RETURN NULL;
END $$;
`,
};
