import type { SqlMigration } from '../migration.js';

/**
 * A refund that comes back after its payment was taken back too: nothing of that payment is left that it could be money of
 * again, so it is booked as money that came in.
 */
export const returnedRefunds: SqlMigration = {
  name: '0432-returned-refunds',
  up: `
-- The payment that it came back as.
ALTER TABLE refunds ADD returned_as_id integer, ADD CONSTRAINT refunds_returned CHECK (returned_as_id IS NULL OR status = 'failed'),
  ADD FOREIGN KEY (partner_id, returned_as_id) REFERENCES payments (partner_id, id);
CREATE UNIQUE INDEX refunds_returned_as ON refunds (partner_id, returned_as_id) WHERE returned_as_id IS NOT NULL;
GRANT UPDATE (returned_as_id) ON refunds TO isp_app;

-- As in 0271; one that came back as a payment is booked with that.
CREATE OR REPLACE FUNCTION book_refund() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE payments p SET refunded_amount = p.refunded_amount + NEW.amount, version = p.version + 1, updated_at = NEW.created_at
     WHERE p.id = NEW.payment_id AND p.partner_id = NEW.partner_id AND p.account_id = NEW.account_id AND p.status = 'received';
    IF NOT FOUND THEN
      RAISE 'there is no such money' USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_money_there';
    END IF;
    PERFORM post_transfer(NEW, 'refund.requested', NEW.created_at, 'credit', 'refunding', NEW.amount, NULL, NEW.payment_id, NULL, NEW.currency);
  END IF;
  IF NEW.status = 'succeeded' THEN
    PERFORM post_transfer(NEW, 'refund.paid', NEW.finished_at, 'refunding', 'cash', NEW.amount, NULL, NEW.payment_id, NULL, NEW.currency);
  ELSIF NEW.status = 'failed' AND NEW.returned_as_id IS NULL THEN
    -- What had gone already came back.
    IF TG_OP = 'UPDATE' AND OLD.status = 'succeeded' THEN
      PERFORM post_transfer(NEW, 'refund.paid', NEW.finished_at, 'refunding', 'cash', -NEW.amount, NULL, NEW.payment_id, NULL, NEW.currency);
    END IF;
    UPDATE payments p SET refunded_amount = p.refunded_amount - NEW.amount, version = p.version + 1, updated_at = NEW.updated_at
     WHERE p.id = NEW.payment_id;
    PERFORM post_transfer(NEW, 'refund.failed', NEW.finished_at, 'refunding', 'credit', NEW.amount, NULL, NEW.payment_id, NULL, NEW.currency);
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION keep_refund() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status = 'failed'
     OR (OLD.status = 'succeeded' AND NOT (NEW.status = 'failed' AND OLD.channel = 'gateway')) THEN
    RAISE 'the outcome of refund % is final', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_final';
  ELSIF NEW.returned_as_id IS NOT NULL AND (OLD.status <> 'succeeded' OR NOT EXISTS (
      SELECT FROM payments p JOIN payments b ON b.account_id = p.account_id AND b.amount = NEW.amount
       WHERE p.id = NEW.payment_id AND p.status = 'reversed' AND b.id = NEW.returned_as_id)) THEN
    RAISE 'refund % did not come back as payment %', OLD.id, NEW.returned_as_id USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_returned_as';
  END IF;
  RETURN NEW;
END $$;
`,
};
