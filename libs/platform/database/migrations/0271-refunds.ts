import type { SqlMigration } from '../migration.js';

/** Money that goes back: what is refunded of a payment is neither free nor refunded again. */
export const refunds: SqlMigration = {
  name: '0271-refunds',
  up: `
-- What refunds took of a payment, those under way included.
ALTER TABLE payments ADD refunded_amount numeric(18, 4) NOT NULL DEFAULT 0 CHECK (refunded_amount >= 0),
  ADD CONSTRAINT payments_used_at_most CHECK (allocated_amount + refunded_amount <= amount);

CREATE TABLE refunds (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  payment_id integer NOT NULL,
  currency char(3) NOT NULL,
  amount numeric(18, 4) NOT NULL CHECK (amount > 0),
  -- The gateway that took the money gives it back, or people do (cash, a transfer).
  channel text NOT NULL CHECK (channel IN ('gateway', 'hand')),
  status text NOT NULL CHECK (status IN ('processing', 'unknown', 'succeeded', 'failed')),
  key uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  gateway_reference text,
  -- Of the transfer or the receipt, where people give it back.
  reference text,
  reason text NOT NULL,
  code text,
  first_asked_at timestamptz,
  last_asked_at timestamptz,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  UNIQUE (partner_id, id),
  CHECK ((status IN ('succeeded', 'failed')) = (finished_at IS NOT NULL)),
  CHECK ((status = 'failed') = (code IS NOT NULL)),
  CHECK (channel = 'gateway' OR status = 'succeeded'),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, payment_id) REFERENCES payments (partner_id, id)
);
CREATE INDEX refunds_by_partner ON refunds (partner_id, id DESC);
CREATE INDEX refunds_by_customer ON refunds (partner_id, customer_id, id DESC);
CREATE INDEX refunds_by_payment ON refunds (payment_id);
CREATE INDEX refunds_by_account ON refunds (account_id, id DESC);
CREATE INDEX refunds_open ON refunds (id) WHERE status IN ('processing', 'unknown');
CREATE UNIQUE INDEX refunds_gateway_reference ON refunds (gateway_reference) WHERE gateway_reference IS NOT NULL;
CALL tenancy.protect('refunds', 'customer_id');
GRANT SELECT, INSERT ON refunds TO isp_app;
GRANT UPDATE (status, gateway_reference, code, first_asked_at, last_asked_at, finished_at, version, updated_at) ON refunds TO isp_app;

-- refunding: given up by the customer's credit, and not gone yet.
ALTER TABLE ledger_transfers DROP CONSTRAINT ledger_transfers_event_check, DROP CONSTRAINT ledger_transfers_debit_check,
  DROP CONSTRAINT ledger_transfers_credit_check;
ALTER TABLE ledger_transfers
  ADD CONSTRAINT ledger_transfers_event_check CHECK (event IN
    ('invoice.issued', 'invoice.voided', 'credit_note.issued', 'credit_note.voided', 'payment.received', 'payment.reversed', 'allocation',
     'refund.requested', 'refund.paid', 'refund.failed')),
  ADD CONSTRAINT ledger_transfers_debit_check CHECK (debit IN ('receivable', 'credit', 'revenue', 'tax', 'cash', 'refunding')),
  ADD CONSTRAINT ledger_transfers_credit_check CHECK (credit IN ('receivable', 'credit', 'revenue', 'tax', 'cash', 'refunding'));

CREATE FUNCTION book_refund() RETURNS trigger
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
  ELSIF NEW.status = 'failed' THEN
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
REVOKE ALL ON FUNCTION book_refund FROM PUBLIC;
CREATE TRIGGER refunds_requested AFTER INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION book_refund();
CREATE TRIGGER refunds_ended AFTER UPDATE ON refunds FOR EACH ROW
  WHEN ((OLD.status IN ('processing', 'unknown') AND NEW.status IN ('succeeded', 'failed'))
    OR (OLD.status = 'succeeded' AND NEW.status = 'failed')) EXECUTE FUNCTION book_refund();

-- The bank of the payer may send back what the gateway paid out: that refund fails after all.
CREATE FUNCTION keep_refund() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status = 'failed'
     OR (OLD.status = 'succeeded' AND NOT (NEW.status = 'failed' AND OLD.channel = 'gateway')) THEN
    RAISE 'the outcome of refund % is final', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_final';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refunds_keep BEFORE UPDATE OR DELETE ON refunds FOR EACH ROW EXECUTE FUNCTION keep_refund();

-- A payment that did not stay takes with it what had not gone back already.
CREATE OR REPLACE FUNCTION book_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM post_transfer(NEW, 'payment.received', NEW.received_at, 'cash', 'credit', NEW.amount, NULL, NEW.id, NULL, NEW.currency);
  ELSE
    PERFORM post_transfer(NEW, 'payment.reversed', NEW.reversed_at, 'credit', 'cash', NEW.amount - NEW.refunded_amount, NULL, NEW.id, NULL, NEW.currency);
  END IF;
  RETURN NULL;
END $$;

-- Why a gateway refuses, and after how many hours the first, second, … repetition may succeed. None: never by itself.
CREATE TABLE decline_codes (
  code text PRIMARY KEY CHECK (code ~ '^([a-z][a-z0-9_]{0,62}|\\*)$'),
  description text NOT NULL,
  retry_hours integer[] NOT NULL CHECK (cardinality(retry_hours) <= 12 AND 0 < ALL (retry_hours)),
  -- The method is not charged by itself any more until its holder changes it.
  refuses_method boolean NOT NULL,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON decline_codes TO isp_app;
INSERT INTO decline_codes (code, description, retry_hours, refuses_method) VALUES
  ('*', 'Any other code', '{72,120}', false),
  ('insufficient_funds', 'Not enough money', '{72,120,168}', false),
  ('withdrawal_count_limit_exceeded', 'A limit of the card', '{24,72,168}', false),
  ('card_velocity_exceeded', 'A limit of the card', '{24,72,168}', false),
  ('generic_decline', 'Refused without a reason', '{72,168}', false),
  ('do_not_honor', 'Refused without a reason', '{72,168}', false),
  ('processing_error', 'The gateway could not', '{1,6,24}', false),
  ('try_again_later', 'The gateway could not', '{1,6,24}', false),
  ('issuer_not_available', 'The bank did not answer', '{1,6,24}', false),
  ('not_received', 'The gateway never got it', '{1,6,24}', false),
  ('authentication_required', 'Its holder must take a step', '{}', false),
  ('expired', 'Its holder did not take the step', '{}', false),
  ('canceled', 'Called off', '{}', false),
  ('expired_card', 'The card has expired', '{}', true),
  ('lost_card', 'The card was lost', '{}', true),
  ('stolen_card', 'The card was stolen', '{}', true),
  ('pickup_card', 'The card was withdrawn', '{}', true),
  ('restricted_card', 'The card may not be used so', '{}', true),
  ('fraudulent', 'Suspected fraud', '{}', true),
  ('invalid_account', 'There is no such account', '{}', true),
  ('account_closed', 'The account was closed', '{}', true),
  ('debit_not_authorized', 'The holder forbade it', '{}', true),
  ('incorrect_number', 'There is no such card', '{}', true),
  ('refused_request', 'The gateway refuses the request', '{}', false),
  ('unfit_amount', 'The gateway takes no such amount', '{}', false);

INSERT INTO role_permissions (role, permission)
SELECT r.role, p.permission FROM (VALUES ('billing'), ('customer')) AS r (role),
  (VALUES ('payment_method.read'), ('payment_method.manage'), ('payment.charge')) AS p (permission)
UNION ALL VALUES ('support', 'payment_method.read'), ('reseller_admin', 'payment_method.read'),
  ('billing', 'bank_statement.read'), ('billing', 'bank_statement.manage');
`,
};
