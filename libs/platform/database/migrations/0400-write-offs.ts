import type { SqlMigration } from '../migration.js';

/**
 * Bad debt, written off directly: a write-off settles an invoice as money does, and is a loss. What is taken back of one, by
 * hand or because the money came after all, is a row of its own. What payments settled of an invoice is told apart.
 */
export const writeOffs: SqlMigration = {
  name: '0400-write-offs',
  up: `
-- settled_amount is all that is not to be paid any more; these are two of its parts, and what credit notes paid is the rest.
ALTER TABLE invoices ADD paid_amount numeric(18, 4) NOT NULL DEFAULT 0, ADD written_off_amount numeric(18, 4) NOT NULL DEFAULT 0,
  ADD written_off_at timestamptz;
UPDATE invoices i SET paid_amount = p.amount
  FROM (SELECT invoice_id, sum(amount) AS amount FROM allocations WHERE payment_id IS NOT NULL GROUP BY 1 HAVING sum(amount) <> 0) p
 WHERE i.id = p.invoice_id;
-- As in 0396, with what is written off: it is no payment, so a document of which nothing else is settled is pending.
ALTER TABLE invoices DROP CONSTRAINT invoices_amounts, DROP CONSTRAINT invoices_by_document, DROP CONSTRAINT invoices_by_state,
  ADD CONSTRAINT invoices_amounts CHECK (settled_amount >= numeric '0' AND settled_amount <= abs(total_amount) AND credited_amount >= numeric '0'
    AND paid_amount >= numeric '0' AND written_off_amount >= numeric '0' AND (written_off_at IS NULL) = (written_off_amount = numeric '0')),
  ADD CONSTRAINT invoices_by_document CHECK (CASE document
    WHEN 'invoice' THEN total_amount >= numeric '0' AND corrects_id IS NULL AND paid_amount + written_off_amount <= settled_amount
    WHEN 'credit_note' THEN total_amount < numeric '0' AND status IN ('draft', 'issued', 'void') AND paid_amount + written_off_amount = numeric '0'
    ELSE false END),
  ADD CONSTRAINT invoices_by_state CHECK (CASE status
    WHEN 'draft' THEN sequence IS NULL
    WHEN 'pending' THEN settled_amount = written_off_amount AND settled_amount < total_amount
    WHEN 'partially_paid' THEN settled_amount > written_off_amount AND settled_amount < total_amount
    WHEN 'paid' THEN settled_amount = total_amount AND written_off_amount = numeric '0'
    WHEN 'uncollectible' THEN settled_amount = total_amount AND written_off_amount > numeric '0'
    WHEN 'overdue' THEN settled_amount < total_amount
    WHEN 'issued' THEN document = 'credit_note'
    WHEN 'void' THEN settled_amount = numeric '0' AND credited_amount = numeric '0' ELSE false END);
CREATE INDEX invoices_written_off ON invoices (account_id, id) WHERE written_off_amount > 0;

CREATE TABLE write_offs (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  invoice_id integer NOT NULL,
  currency char(3) NOT NULL,
  amount numeric(18, 4) NOT NULL CHECK (amount > 0),
  -- The share of the tax that is claimed back; the rest of the amount is the loss.
  reclaimed_tax_amount numeric(18, 4) NOT NULL CHECK (reclaimed_tax_amount BETWEEN 0 AND amount),
  reason text NOT NULL CHECK (reason IN ('uncollectable', 'bankruptcy', 'deceased', 'small_balance', 'settlement', 'other')),
  note text,
  -- What was taken back of both.
  reversed_amount numeric(18, 4) NOT NULL DEFAULT 0,
  reversed_tax_amount numeric(18, 4) NOT NULL DEFAULT 0,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  UNIQUE (partner_id, id),
  CONSTRAINT write_offs_reversed_at_most CHECK (reversed_amount BETWEEN 0 AND amount AND reversed_tax_amount BETWEEN 0 AND reclaimed_tax_amount),
  CONSTRAINT write_offs_reversed_tax CHECK (reversed_amount < amount OR reversed_tax_amount = reclaimed_tax_amount),
  CHECK (reason <> 'other' OR note IS NOT NULL),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, invoice_id) REFERENCES invoices (partner_id, id)
);
CREATE INDEX write_offs_by_customer ON write_offs (partner_id, customer_id, id DESC);
CREATE INDEX write_offs_by_invoice ON write_offs (invoice_id, id DESC);
CREATE INDEX write_offs_by_account ON write_offs (account_id, id DESC);
CREATE INDEX write_offs_by_time ON write_offs (created_at);
CALL tenancy.protect('write_offs', 'customer_id');
GRANT SELECT, INSERT ON write_offs TO isp_app;

CREATE TABLE write_off_reversals (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  write_off_id integer NOT NULL,
  amount numeric(18, 4) NOT NULL CHECK (amount > 0),
  tax_amount numeric(18, 4) NOT NULL CHECK (tax_amount BETWEEN 0 AND amount),
  -- The money that came after all, or the credit note; neither: a person took it back.
  payment_id integer,
  credit_note_id integer,
  reason text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  CHECK (num_nonnulls(payment_id, credit_note_id, reason) = 1),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, write_off_id) REFERENCES write_offs (partner_id, id),
  FOREIGN KEY (partner_id, payment_id) REFERENCES payments (partner_id, id),
  FOREIGN KEY (partner_id, credit_note_id) REFERENCES invoices (partner_id, id)
);
CREATE INDEX write_off_reversals_by_write_off ON write_off_reversals (partner_id, write_off_id);
CREATE INDEX write_off_reversals_by_time ON write_off_reversals (created_at);
CALL tenancy.protect('write_off_reversals', 'customer_id');
GRANT SELECT, INSERT ON write_off_reversals TO isp_app;

-- The application allocates money; what a write-off settles is written by the database with its row, and by nobody else.
ALTER TABLE allocations ADD write_off_id integer, DROP CONSTRAINT allocations_check,
  ADD CONSTRAINT allocations_one_source CHECK (num_nonnulls(payment_id, credit_note_id, write_off_id) = 1),
  ADD FOREIGN KEY (partner_id, write_off_id) REFERENCES write_offs (partner_id, id);
REVOKE INSERT ON allocations FROM isp_app;
GRANT INSERT (partner_id, customer_id, account_id, invoice_id, payment_id, credit_note_id, amount, at) ON allocations TO isp_app;

ALTER TABLE ledger_transfers DROP CONSTRAINT ledger_transfers_event_check, DROP CONSTRAINT ledger_transfers_debit_check,
  DROP CONSTRAINT ledger_transfers_credit_check;
ALTER TABLE ledger_transfers
  ADD CONSTRAINT ledger_transfers_event_check CHECK (event IN
    ('invoice.issued', 'invoice.voided', 'credit_note.issued', 'credit_note.voided', 'payment.received', 'payment.reversed', 'allocation',
     'refund.requested', 'refund.paid', 'refund.failed', 'invoice.written_off', 'invoice.write_off_reversed')),
  ADD CONSTRAINT ledger_transfers_debit_check CHECK (debit IN ('receivable', 'credit', 'revenue', 'tax', 'cash', 'refunding', 'bad_debt')),
  ADD CONSTRAINT ledger_transfers_credit_check CHECK (credit IN ('receivable', 'credit', 'revenue', 'tax', 'cash', 'refunding', 'bad_debt'));

-- Direct write-off: the loss, and the tax that is claimed back, against what the customer owes. (How its allocation settles the
-- invoice is in 0401, with that of a debt that is no invoice.)
CREATE FUNCTION book_write_off() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO allocations (partner_id, customer_id, account_id, invoice_id, write_off_id, amount, at)
  VALUES (NEW.partner_id, NEW.customer_id, NEW.account_id, NEW.invoice_id, NEW.id, NEW.amount, NEW.created_at);
  PERFORM post_transfer(NEW, 'invoice.written_off', NEW.created_at, 'bad_debt', 'receivable', NEW.amount - NEW.reclaimed_tax_amount,
    NEW.invoice_id, NULL, NULL, NEW.currency);
  PERFORM post_transfer(NEW, 'invoice.written_off', NEW.created_at, 'tax', 'receivable', NEW.reclaimed_tax_amount,
    NEW.invoice_id, NULL, NULL, NEW.currency);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION book_write_off FROM PUBLIC;
CREATE TRIGGER write_offs_book AFTER INSERT ON write_offs FOR EACH ROW EXECUTE FUNCTION book_write_off();

-- The debt is there again, as if so much of it had not been written off.
CREATE FUNCTION book_write_off_reversal() RETURNS trigger
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
  INSERT INTO allocations (partner_id, customer_id, account_id, invoice_id, write_off_id, amount, at)
  VALUES (off.partner_id, off.customer_id, off.account_id, off.invoice_id, off.id, -NEW.amount, NEW.created_at);
  PERFORM post_transfer(off, 'invoice.write_off_reversed', NEW.created_at, 'receivable', 'bad_debt', NEW.amount - NEW.tax_amount,
    off.invoice_id, NULL, NULL, off.currency);
  PERFORM post_transfer(off, 'invoice.write_off_reversed', NEW.created_at, 'receivable', 'tax', NEW.tax_amount,
    off.invoice_id, NULL, NULL, off.currency);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION book_write_off_reversal FROM PUBLIC;
CREATE TRIGGER write_off_reversals_book AFTER INSERT ON write_off_reversals FOR EACH ROW EXECUTE FUNCTION book_write_off_reversal();
CREATE TRIGGER write_off_reversals_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON write_off_reversals EXECUTE FUNCTION keep_ledger();

-- A write-off begins whole, and nobody but its reversals changes it.
CREATE FUNCTION begin_write_off() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE 'a write-off begins whole' USING ERRCODE = 'check_violation', CONSTRAINT = 'write_offs_begin_whole';
END $$;
CREATE TRIGGER write_offs_begin BEFORE INSERT ON write_offs FOR EACH ROW
  WHEN (NEW.reversed_amount <> 0 OR NEW.reversed_tax_amount <> 0) EXECUTE FUNCTION begin_write_off();
CREATE TRIGGER write_offs_stay BEFORE DELETE OR TRUNCATE ON write_offs EXECUTE FUNCTION keep_ledger();

ALTER TABLE dunning_cases DROP CONSTRAINT dunning_cases_closed_for_check;
ALTER TABLE dunning_cases ADD CONSTRAINT dunning_cases_closed_for_check
  CHECK (closed_for IN ('paid', 'credited', 'disputed', 'voided', 'written_off', 'terminated', 'no_service'));

INSERT INTO role_permissions (role, permission) VALUES ('billing', 'invoice.write_off');
`,
};
