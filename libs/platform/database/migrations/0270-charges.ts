import type { SqlMigration } from '../migration.js';

/** Payment methods as a gateway's tokens, and charges: money that a gateway was asked to take. */
export const charges: SqlMigration = {
  name: '0270-charges',
  up: `
CREATE TABLE payment_methods (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  gateway text NOT NULL CHECK (gateway IN ('sandbox', 'stripe')),
  kind text NOT NULL CHECK (kind IN ('card', 'direct_debit')),
  -- What the gateway calls the method, and its holder. Never a card number.
  token text NOT NULL,
  holder_token text,
  brand text,
  last_digits text CHECK (last_digits ~ '^[0-9]{4}$'),
  -- The last day on which it can be charged.
  expires_on date,
  is_default boolean NOT NULL DEFAULT false,
  -- Why it is not charged by itself any more.
  refused_code text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  CHECK (NOT (is_default AND removed_at IS NOT NULL)),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customers (partner_id, id)
);
CREATE UNIQUE INDEX payment_methods_default ON payment_methods (customer_id) WHERE is_default;
CREATE UNIQUE INDEX payment_methods_token ON payment_methods (customer_id, gateway, token) WHERE removed_at IS NULL;
CREATE INDEX payment_methods_by_customer ON payment_methods (partner_id, customer_id, id);
CALL tenancy.protect('payment_methods', 'customer_id');
GRANT SELECT, INSERT ON payment_methods TO isp_app;
GRANT UPDATE (expires_on, is_default, refused_code, removed_at, version, updated_at) ON payment_methods TO isp_app;

-- What is due is charged to the customer's default method by itself.
ALTER TABLE billing_accounts ADD autopay boolean NOT NULL DEFAULT false;

-- The intent is committed before the gateway is asked, with the key that it is asked by: whatever happens in between,
-- the same key is asked again, and there is one charge.
CREATE TABLE charges (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  payment_method_id integer NOT NULL,
  gateway text NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('invoices', 'top_up')),
  -- What it is meant to pay, in this order; empty: a top-up.
  invoice_ids integer[] NOT NULL DEFAULT '{}',
  currency char(3) NOT NULL,
  amount numeric(18, 4) NOT NULL CHECK (amount > 0),
  status text NOT NULL DEFAULT 'processing' CHECK (status IN ('processing', 'requires_action', 'unknown', 'succeeded', 'failed')),
  key uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  gateway_reference text,
  action_url text,
  -- Why it failed, in the gateway's word.
  code text,
  -- By itself on the due date, and again after a failure that may pass.
  automatic boolean NOT NULL DEFAULT false,
  attempt integer NOT NULL DEFAULT 1 CHECK (attempt >= 1),
  retry_of_id integer,
  retry_at timestamptz,
  -- When the gateway was asked first, and when last, by the database's clock: an answer that did not come is looked for.
  first_asked_at timestamptz,
  last_asked_at timestamptz,
  payment_id integer,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL,
  UNIQUE (partner_id, id),
  CHECK ((status IN ('succeeded', 'failed')) = (finished_at IS NOT NULL)),
  CHECK ((status = 'succeeded') = (payment_id IS NOT NULL)),
  CHECK ((status = 'failed') = (code IS NOT NULL)),
  CHECK (retry_at IS NULL OR (status = 'failed' AND automatic)),
  CHECK ((purpose = 'top_up') = (invoice_ids = '{}')),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, payment_method_id) REFERENCES payment_methods (partner_id, id),
  FOREIGN KEY (partner_id, payment_id) REFERENCES payments (partner_id, id),
  FOREIGN KEY (partner_id, retry_of_id) REFERENCES charges (partner_id, id)
);
-- A charge makes one payment, a payment comes of one charge; a charge has one successor.
CREATE UNIQUE INDEX charges_payment ON charges (payment_id) WHERE payment_id IS NOT NULL;
CREATE UNIQUE INDEX charges_retry ON charges (retry_of_id) WHERE retry_of_id IS NOT NULL;
CREATE UNIQUE INDEX charges_reference ON charges (gateway, gateway_reference) WHERE gateway_reference IS NOT NULL;
CREATE INDEX charges_by_partner ON charges (partner_id, id DESC);
CREATE INDEX charges_by_customer ON charges (partner_id, customer_id, id DESC);
CREATE INDEX payments_by_customer ON payments (partner_id, customer_id, id DESC);
CREATE INDEX charges_by_account ON charges (account_id, id DESC);
CREATE INDEX charges_by_method ON charges (partner_id, payment_method_id);
CREATE INDEX charges_open ON charges (account_id) WHERE status IN ('processing', 'requires_action', 'unknown');
CREATE INDEX charges_retries ON charges (retry_at) WHERE retry_at IS NOT NULL;
CALL tenancy.protect('charges', 'customer_id');
GRANT SELECT, INSERT ON charges TO isp_app;
GRANT UPDATE (status, gateway_reference, action_url, code, retry_at, first_asked_at, last_asked_at, payment_id, finished_at, version, updated_at)
  ON charges TO isp_app;

-- An outcome is final, but for money that came though the gateway had not known of it: that is booked, whatever was said.
CREATE FUNCTION keep_charge() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (OLD.status IN ('succeeded', 'failed') AND NOT (OLD.status = 'failed' AND NEW.status = 'succeeded') AND
      (NEW.status, NEW.payment_id, NEW.code, NEW.gateway_reference, NEW.finished_at)
        IS DISTINCT FROM (OLD.status, OLD.payment_id, OLD.code, OLD.gateway_reference, OLD.finished_at)) THEN
    RAISE 'the outcome of charge % is final', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'charges_final';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER charges_keep BEFORE UPDATE OR DELETE ON charges FOR EACH ROW EXECUTE FUNCTION keep_charge();
`,
};
