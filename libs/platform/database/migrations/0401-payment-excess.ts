import type { SqlMigration } from '../migration.js';

/**
 * A bank may take back all of a payment of which a part was refunded already: the customer has that part twice, and owes it.
 * It is a debt of the account that is no invoice, because nothing was sold.
 */
export const paymentExcess: SqlMigration = {
  name: '0401-payment-excess',
  up: `
-- Of a reversed payment: what was taken back beyond what was left of it, and what other money has paid of that.
ALTER TABLE payments ADD excess_amount numeric(18, 4) NOT NULL DEFAULT 0, ADD covered_amount numeric(18, 4) NOT NULL DEFAULT 0,
  ADD CONSTRAINT payments_excess CHECK (excess_amount <= refunded_amount AND covered_amount BETWEEN 0 AND excess_amount
    AND (excess_amount = 0 OR status = 'reversed'));
CREATE INDEX payments_owed_again ON payments (account_id, reversed_at) WHERE excess_amount > covered_amount;
GRANT UPDATE (excess_amount) ON payments TO isp_app;
-- How much a gateway says that it took back with a dispute.
ALTER TABLE gateway_events ADD taken_amount numeric(18, 4) CHECK (taken_amount >= 0), ADD taken_currency char(3),
  ADD CHECK ((taken_amount IS NULL) = (taken_currency IS NULL));

-- Money pays an invoice or such a debt.
ALTER TABLE allocations ADD excess_of_id integer, ALTER invoice_id DROP NOT NULL,
  ADD CONSTRAINT allocations_one_use CHECK (num_nonnulls(invoice_id, excess_of_id) = 1),
  ADD CONSTRAINT allocations_write_off_of_invoice CHECK (write_off_id IS NULL OR invoice_id IS NOT NULL),
  ADD FOREIGN KEY (partner_id, excess_of_id) REFERENCES payments (partner_id, id);
CREATE INDEX allocations_by_excess ON allocations (partner_id, excess_of_id) WHERE excess_of_id IS NOT NULL;
GRANT INSERT (excess_of_id) ON allocations TO isp_app;

-- A payment says forever what it was; only its end and what is left of it may change, and of a reversed one what pays its excess.
CREATE OR REPLACE FUNCTION keep_payment() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status = 'received' AND NEW.allocated_amount = 0 THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'UPDATE'
     AND (NEW.partner_id, NEW.customer_id, NEW.account_id, NEW.currency, NEW.amount, NEW.method, NEW.reference, NEW.received_at, NEW.notes)
       IS NOT DISTINCT FROM
         (OLD.partner_id, OLD.customer_id, OLD.account_id, OLD.currency, OLD.amount, OLD.method, OLD.reference, OLD.received_at, OLD.notes)
     AND (OLD.status = 'received'
       OR (NEW.status, NEW.allocated_amount, NEW.refunded_amount, NEW.excess_amount, NEW.reversed_at, NEW.reversal_reason)
         IS NOT DISTINCT FROM
          (OLD.status, OLD.allocated_amount, OLD.refunded_amount, OLD.excess_amount, OLD.reversed_at, OLD.reversal_reason)) THEN
    RETURN NEW;
  END IF;
  RAISE 'a payment cannot be changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_immutable';
END $$;

-- A payment that did not stay takes with it what had not gone back already, and whatever else the bank took.
CREATE OR REPLACE FUNCTION book_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM post_transfer(NEW, 'payment.received', NEW.received_at, 'cash', 'credit', NEW.amount, NULL, NEW.id, NULL, NEW.currency);
  ELSE
    PERFORM post_transfer(NEW, 'payment.reversed', NEW.reversed_at, 'credit', 'cash', NEW.amount - NEW.refunded_amount + NEW.excess_amount,
      NULL, NEW.id, NULL, NEW.currency);
  END IF;
  RETURN NULL;
END $$;

-- Settles: the money is used, or given up; what it is used for is owed less. What pays an excess stays in the customer's
-- credit, which that excess had been taken off.
CREATE OR REPLACE FUNCTION settle_allocation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  paid numeric := CASE WHEN NEW.payment_id IS NULL THEN 0 ELSE NEW.amount END;
  lost numeric := CASE WHEN NEW.write_off_id IS NULL THEN 0 ELSE NEW.amount END;
  in_currency char(3);
BEGIN
  IF NEW.invoice_id IS NULL THEN
    UPDATE payments p SET covered_amount = p.covered_amount + NEW.amount, version = p.version + 1, updated_at = NEW.at
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
`,
};
