import type { SqlMigration } from '../migration.js';

/**
 * Payments, what they pay, and the ledger behind every money event. The ledger is written by the database itself with
 * the row that moves the money, so there is neither without the other, and the application cannot write or change it.
 */
export const ledger: SqlMigration = {
  name: '0264-ledger',
  up: `
CREATE TABLE payments (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  currency char(3) NOT NULL,
  amount numeric(18, 4) NOT NULL CHECK (amount > 0),
  allocated_amount numeric(18, 4) NOT NULL DEFAULT 0 CHECK (allocated_amount BETWEEN 0 AND amount),
  method text NOT NULL CHECK (method IN ('cash', 'bank_transfer', 'cheque', 'card', 'direct_debit', 'other')),
  -- Of the bank, the receipt or the gateway.
  reference text,
  status text NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'reversed')),
  received_at timestamptz NOT NULL,
  notes text,
  created_by text NOT NULL,
  reversed_at timestamptz,
  reversal_reason text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  CHECK ((status = 'reversed') = (reversed_at IS NOT NULL)),
  CHECK (status <> 'reversed' OR allocated_amount = 0),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id)
);
-- The same receipt is not booked twice.
CREATE UNIQUE INDEX payments_reference ON payments (partner_id, method, reference) WHERE reference IS NOT NULL;
CREATE INDEX payments_by_partner ON payments (partner_id, id DESC);
CREATE INDEX payments_by_account ON payments (account_id, id);
CALL tenancy.protect('payments', 'customer_id');
GRANT SELECT, INSERT ON payments TO isp_app;
GRANT UPDATE (status, reversed_at, reversal_reason, version, updated_at) ON payments TO isp_app;

-- Which money paid which invoice. Never changed: what is undone is a second, negative row.
CREATE TABLE allocations (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  invoice_id integer NOT NULL,
  payment_id integer,
  credit_note_id integer,
  amount numeric(18, 4) NOT NULL CHECK (amount <> 0),
  at timestamptz NOT NULL,
  CHECK (num_nonnulls(payment_id, credit_note_id) = 1),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, invoice_id) REFERENCES invoices (partner_id, id),
  FOREIGN KEY (partner_id, payment_id) REFERENCES payments (partner_id, id),
  FOREIGN KEY (partner_id, credit_note_id) REFERENCES invoices (partner_id, id)
);
CREATE INDEX allocations_by_invoice ON allocations (partner_id, invoice_id);
CREATE INDEX allocations_by_payment ON allocations (partner_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX allocations_by_credit_note ON allocations (partner_id, credit_note_id) WHERE credit_note_id IS NOT NULL;
CALL tenancy.protect('allocations', 'customer_id');
GRANT SELECT, INSERT ON allocations TO isp_app;

-- Double entry: each row takes an amount from one ledger account and gives it to another, so every row balances, and with
-- it the whole ledger at every instant. receivable: what customers owe; credit: what they have paid ahead.
CREATE TABLE ledger_transfers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  at timestamptz NOT NULL,
  event text NOT NULL CHECK (event IN
    ('invoice.issued', 'invoice.voided', 'credit_note.issued', 'credit_note.voided', 'payment.received', 'payment.reversed', 'allocation')),
  debit text NOT NULL CHECK (debit IN ('receivable', 'credit', 'revenue', 'tax', 'cash')),
  credit text NOT NULL CHECK (credit IN ('receivable', 'credit', 'revenue', 'tax', 'cash')),
  currency char(3) NOT NULL,
  amount numeric(18, 4) NOT NULL CHECK (amount > 0),
  invoice_id integer,
  payment_id integer,
  allocation_id integer,
  CHECK (debit <> credit),
  CHECK (num_nonnulls(invoice_id, payment_id, allocation_id) = 1),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id)
);
CREATE INDEX ledger_transfers_by_account ON ledger_transfers (partner_id, account_id, id);
CALL tenancy.protect('ledger_transfers', 'customer_id');
GRANT SELECT ON ledger_transfers TO isp_app;

-- Both sides of every transfer: what a trial balance adds up.
CREATE VIEW ledger_postings WITH (security_invoker = true) AS
  SELECT id AS transfer_id, partner_id, customer_id, account_id, at, event, debit AS ledger_account, currency, amount,
         invoice_id, payment_id, allocation_id FROM ledger_transfers
  UNION ALL
  SELECT id, partner_id, customer_id, account_id, at, event, credit, currency, -amount, invoice_id, payment_id, allocation_id
    FROM ledger_transfers;
GRANT SELECT ON ledger_postings TO isp_app;

CREATE FUNCTION keep_ledger() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
CREATE TRIGGER ledger_transfers_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transfers EXECUTE FUNCTION keep_ledger();
CREATE TRIGGER allocations_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON allocations EXECUTE FUNCTION keep_ledger();

-- Moves an amount, against its direction when it is negative; nothing when there is nothing to move.
CREATE FUNCTION post_transfer(row_of record, what text, happened_at timestamptz, from_debit text, to_credit text, moved numeric,
  of_invoice integer, of_payment integer, of_allocation integer, in_currency char(3)) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF moved <> 0 THEN
    INSERT INTO ledger_transfers (partner_id, customer_id, account_id, at, event, debit, credit, currency, amount, invoice_id, payment_id, allocation_id)
    VALUES (row_of.partner_id, row_of.customer_id, row_of.account_id, happened_at, what,
      CASE WHEN moved > 0 THEN from_debit ELSE to_credit END, CASE WHEN moved > 0 THEN to_credit ELSE from_debit END,
      in_currency, abs(moved), of_invoice, of_payment, of_allocation);
  END IF;
END $$;
REVOKE ALL ON FUNCTION post_transfer FROM PUBLIC;

-- An invoice is owed: to revenue and to the tax office. A credit note is money that the customer has with us.
CREATE FUNCTION book_document() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  voided boolean := NEW.status = 'void';
  what text := NEW.document || CASE WHEN voided THEN '.voided' ELSE '.issued' END;
  happened_at timestamptz := CASE WHEN voided THEN NEW.voided_at ELSE NEW.issued_at END;
  owed_in text := CASE NEW.document WHEN 'invoice' THEN 'receivable' ELSE 'credit' END;
  sign integer := CASE WHEN voided THEN -1 ELSE 1 END;
BEGIN
  PERFORM post_transfer(NEW, what, happened_at, owed_in, 'revenue', sign * NEW.subtotal_amount, NEW.id, NULL, NULL, NEW.currency);
  PERFORM post_transfer(NEW, what, happened_at, owed_in, 'tax', sign * NEW.tax_amount, NEW.id, NULL, NULL, NEW.currency);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION book_document FROM PUBLIC;
CREATE TRIGGER invoices_book AFTER UPDATE ON invoices FOR EACH ROW
  WHEN ((OLD.status = 'draft' AND NEW.status NOT IN ('draft', 'void')) OR (OLD.status NOT IN ('draft', 'void') AND NEW.status = 'void'))
  EXECUTE FUNCTION book_document();

CREATE FUNCTION book_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM post_transfer(NEW, 'payment.received', NEW.received_at, 'cash', 'credit', NEW.amount, NULL, NEW.id, NULL, NEW.currency);
  ELSE
    PERFORM post_transfer(NEW, 'payment.reversed', NEW.reversed_at, 'credit', 'cash', NEW.amount, NULL, NEW.id, NULL, NEW.currency);
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION book_payment FROM PUBLIC;
CREATE TRIGGER payments_received AFTER INSERT ON payments FOR EACH ROW EXECUTE FUNCTION book_payment();
CREATE TRIGGER payments_reversed AFTER UPDATE ON payments FOR EACH ROW
  WHEN (OLD.status = 'received' AND NEW.status = 'reversed') EXECUTE FUNCTION book_payment();

-- A payment says forever what it was; only its end and what is left of it may change.
CREATE FUNCTION keep_payment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status = 'received' AND NEW.allocated_amount = 0 THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'UPDATE' AND OLD.status = 'received'
     AND (NEW.partner_id, NEW.customer_id, NEW.account_id, NEW.currency, NEW.amount, NEW.method, NEW.reference, NEW.received_at, NEW.notes)
       IS NOT DISTINCT FROM
         (OLD.partner_id, OLD.customer_id, OLD.account_id, OLD.currency, OLD.amount, OLD.method, OLD.reference, OLD.received_at, OLD.notes) THEN
    RETURN NEW;
  END IF;
  RAISE 'a payment cannot be changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_immutable';
END $$;
CREATE TRIGGER payments_keep BEFORE INSERT OR UPDATE OR DELETE ON payments FOR EACH ROW EXECUTE FUNCTION keep_payment();

-- Settles: the money is used, the invoice is paid by so much, and the customer owes less.
CREATE FUNCTION settle_allocation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  invoice invoices;
BEGIN
  UPDATE invoices i SET settled_amount = i.settled_amount + NEW.amount, version = i.version + 1, updated_at = NEW.at,
         status = CASE WHEN i.settled_amount + NEW.amount = i.total_amount THEN 'paid'
                       WHEN i.status = 'overdue' THEN 'overdue'
                       WHEN i.settled_amount + NEW.amount = 0 THEN 'pending' ELSE 'partially_paid' END
   WHERE i.id = NEW.invoice_id AND i.account_id = NEW.account_id AND i.document = 'invoice' AND i.status NOT IN ('draft', 'void')
  RETURNING * INTO invoice;
  IF NOT FOUND THEN
    RAISE 'invoice % cannot be paid', NEW.invoice_id USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_invoice_open';
  END IF;
  IF NEW.payment_id IS NULL THEN
    UPDATE invoices c SET settled_amount = c.settled_amount + NEW.amount, version = c.version + 1, updated_at = NEW.at
     WHERE c.id = NEW.credit_note_id AND c.account_id = NEW.account_id AND c.document = 'credit_note' AND c.status = 'issued';
  ELSE
    UPDATE payments p SET allocated_amount = p.allocated_amount + NEW.amount, version = p.version + 1, updated_at = NEW.at
     WHERE p.id = NEW.payment_id AND p.account_id = NEW.account_id AND p.status = 'received';
  END IF;
  IF NOT FOUND THEN
    RAISE 'there is no such money' USING ERRCODE = 'check_violation', CONSTRAINT = 'allocations_money_there';
  END IF;
  PERFORM post_transfer(NEW, 'allocation', NEW.at, 'credit', 'receivable', NEW.amount, NULL, NULL, NEW.id, invoice.currency);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION settle_allocation FROM PUBLIC;
CREATE TRIGGER allocations_settle AFTER INSERT ON allocations FOR EACH ROW EXECUTE FUNCTION settle_allocation();
`,
};
