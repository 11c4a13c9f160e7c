import type { SqlMigration } from '../migration.js';

/**
 * Invoices and credit notes. The database itself keeps what the law asks: numbers without a gap, documents that never
 * change once they are issued, totals that are those of their lines.
 */
export const billingDocuments: SqlMigration = {
  name: '0262-billing-documents',
  up: `
-- The last number of each series and year. Who issues a document takes the next one in that very transaction.
CREATE TABLE document_series (
  series text NOT NULL,
  year smallint NOT NULL,
  last_number integer NOT NULL,
  PRIMARY KEY (series, year)
) WITH (fillfactor = 50);

CREATE TABLE invoices (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  document text NOT NULL CHECK (document IN ('invoice', 'credit_note')),
  kind text NOT NULL CHECK (kind IN ('recurring', 'one_off', 'adjustment')),
  -- engine: computed from the history of services; person: from lines that somebody wrote.
  origin text NOT NULL CHECK (origin IN ('engine', 'person')),
  -- The invoice that a credit note takes something back of.
  corrects_id integer,
  status text NOT NULL DEFAULT 'draft'
    CHECK (status IN ('draft', 'pending', 'partially_paid', 'paid', 'overdue', 'issued', 'void')),
  series text,
  year smallint,
  sequence integer,
  number text GENERATED ALWAYS AS (
    series || '-' || year::text || '-' || lpad(sequence::text, greatest(6, length(sequence::text)), '0')) STORED,
  currency char(3) NOT NULL,
  period_from date,
  period_until date CHECK (period_until > period_from),
  issued_on date,
  due_on date,
  -- Without tax, taxes, both; negative in a credit note.
  subtotal_amount numeric(18, 4) NOT NULL,
  tax_amount numeric(18, 4) NOT NULL,
  total_amount numeric(18, 4) NOT NULL CHECK (total_amount = subtotal_amount + tax_amount),
  -- Of an invoice: what was paid or set off; of a credit note: what was used of it.
  settled_amount numeric(18, 4) NOT NULL DEFAULT 0 CHECK (settled_amount BETWEEN 0 AND abs(total_amount)),
  -- What credit notes took back of an invoice.
  credited_amount numeric(18, 4) NOT NULL DEFAULT 0 CHECK (credited_amount >= 0),
  -- SHA-256 of header and lines as they were issued.
  content_hash bytea,
  notes text,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  issued_at timestamptz,
  voided_at timestamptz,
  void_reason text,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (partner_id, id),
  UNIQUE (series, year, sequence),
  CONSTRAINT invoices_credited_at_most CHECK (document = 'credit_note' OR total_amount < 0 OR credited_amount <= total_amount),
  CHECK (document = 'credit_note' OR total_amount >= 0),
  CHECK (document = 'invoice' OR total_amount < 0),
  CHECK (document = 'credit_note' OR corrects_id IS NULL),
  CHECK ((status IN ('draft', 'pending', 'partially_paid', 'paid', 'overdue', 'void') AND document = 'invoice')
    OR (status IN ('draft', 'issued', 'void') AND document = 'credit_note')),
  CHECK (status IN ('draft', 'void') OR (number IS NOT NULL AND issued_at IS NOT NULL AND issued_on IS NOT NULL AND content_hash IS NOT NULL)),
  CHECK (status <> 'draft' OR sequence IS NULL),
  CHECK (status <> 'pending' OR settled_amount = 0),
  CHECK (status <> 'partially_paid' OR (settled_amount > 0 AND settled_amount < total_amount)),
  CHECK (status <> 'overdue' OR settled_amount < total_amount),
  CHECK ((status = 'paid') = (document = 'invoice' AND settled_amount = total_amount AND status NOT IN ('draft', 'void'))),
  CHECK ((status = 'void') = (voided_at IS NOT NULL)),
  CHECK (status <> 'void' OR (settled_amount = 0 AND credited_amount = 0)),
  FOREIGN KEY (partner_id, account_id) REFERENCES billing_accounts (partner_id, id),
  FOREIGN KEY (partner_id, corrects_id) REFERENCES invoices (partner_id, id)
) WITH (fillfactor = 90);
-- However many workers compute it, an account has one invoice of a period; what history changes later is an adjustment.
CREATE UNIQUE INDEX invoices_one_of_a_period ON invoices (account_id, period_from)
  WHERE document = 'invoice' AND kind = 'recurring' AND origin = 'engine' AND status <> 'void';
CREATE INDEX invoices_by_partner ON invoices (partner_id, id DESC);
CREATE INDEX invoices_by_customer ON invoices (partner_id, customer_id, id DESC);
CREATE INDEX invoices_by_account ON invoices (account_id, id);
CREATE INDEX invoices_by_status ON invoices (status, id DESC);
CREATE INDEX invoices_open ON invoices (due_on, account_id) WHERE status IN ('pending', 'partially_paid', 'overdue');
CREATE INDEX invoices_by_corrected ON invoices (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX invoices_by_number ON invoices (number);
CALL tenancy.protect('invoices', 'customer_id');
GRANT SELECT, INSERT ON invoices TO isp_app;
-- Numbers and what was settled are the database's to write.
GRANT UPDATE (status, issued_on, due_on, issued_at, voided_at, void_reason, version, updated_at) ON invoices TO isp_app;

CREATE TABLE invoice_lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  invoice_id integer NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('recurring', 'fee', 'usage', 'discount', 'tax', 'adjustment', 'repair', 'credit')),
  -- What is charged for, as the engine names it; NULL for a line that somebody wrote.
  key text,
  service_id integer,
  corrects_line_id bigint REFERENCES invoice_lines,
  description text NOT NULL,
  from_on date,
  until_on date,
  -- Without tax.
  amount numeric(18, 4) NOT NULL,
  tax_amount numeric(18, 4) NOT NULL,
  -- [{code, name, percent, inclusive, amount, …}]
  taxes jsonb NOT NULL,
  -- What the amount was computed from: the rule and its figures.
  inputs jsonb NOT NULL,
  UNIQUE (invoice_id, position),
  FOREIGN KEY (partner_id, invoice_id) REFERENCES invoices (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX invoice_lines_by_account ON invoice_lines (account_id, id);
CREATE INDEX invoice_lines_by_partner ON invoice_lines (partner_id, invoice_id);
CREATE INDEX invoice_lines_by_corrected ON invoice_lines (corrects_line_id) WHERE corrects_line_id IS NOT NULL;
CALL tenancy.protect('invoice_lines', 'customer_id');
GRANT SELECT, INSERT ON invoice_lines TO isp_app;

-- Days of a service that somebody invoiced by hand: the engine leaves them alone, and nobody invoices them again.
CREATE TABLE invoice_coverage (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  account_id integer NOT NULL,
  invoice_id integer NOT NULL,
  service_id integer NOT NULL,
  days daterange NOT NULL CHECK (NOT isempty(days)),
  FOREIGN KEY (partner_id, invoice_id) REFERENCES invoices (partner_id, id),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id),
  CONSTRAINT invoice_coverage_once EXCLUDE USING gist (service_id WITH =, days WITH &&)
);
CREATE INDEX invoice_coverage_by_invoice ON invoice_coverage (partner_id, invoice_id);
CALL tenancy.protect('invoice_coverage', 'customer_id');
GRANT SELECT, INSERT, DELETE ON invoice_coverage TO isp_app;

-- SHA-256 of what a document says: whoever changes a byte of it behind everybody's back is found out.
CREATE FUNCTION document_hash(document invoices) RETURNS bytea LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    document.id, document.partner_id, document.customer_id, document.account_id, document.document, document.kind, document.origin,
    document.corrects_id, document.series, document.year, document.sequence, document.currency, document.period_from,
    document.period_until, document.issued_on, document.due_on, document.subtotal_amount, document.tax_amount,
    document.total_amount, document.notes, extract(epoch FROM document.issued_at)::text,
    (SELECT jsonb_agg(jsonb_build_array(l.position, l.kind, l.key, l.service_id, l.corrects_line_id, l.description, l.from_on,
       l.until_on, l.amount, l.tax_amount, l.taxes, l.inputs) ORDER BY l.position)
       FROM invoice_lines l WHERE l.invoice_id = document.id))::text, 'UTF8')) $$;

CREATE FUNCTION begin_document() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.status <> 'draft' OR NEW.settled_amount <> 0 OR NEW.credited_amount <> 0 OR NEW.sequence IS NOT NULL THEN
    RAISE 'a document begins as a draft' USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_begin_as_draft';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoices_begin BEFORE INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION begin_document();

-- Issues a draft: its lines must come to its totals, and it takes the next number of its series and year. The number is
-- given back with everything else when the transaction fails, so there is never a gap.
CREATE FUNCTION issue_document() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM invoice_lines l WHERE l.invoice_id = NEW.id
    HAVING coalesce(sum(l.amount), 0) <> NEW.subtotal_amount OR coalesce(sum(l.tax_amount), 0) <> NEW.tax_amount;
  IF FOUND THEN
    RAISE 'lines of document % do not come to its totals', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_totals_of_lines';
  END IF;
  NEW.series := CASE NEW.document WHEN 'invoice' THEN 'INV' ELSE 'CN' END;
  NEW.year := extract(year FROM NEW.issued_on);
  INSERT INTO document_series AS s VALUES (NEW.series, NEW.year, 1)
    ON CONFLICT (series, year) DO UPDATE SET last_number = s.last_number + 1 RETURNING last_number INTO NEW.sequence;
  IF NEW.document = 'credit_note' THEN
    NEW.status := 'issued';
    UPDATE invoices i SET credited_amount = i.credited_amount - NEW.total_amount, version = i.version + 1, updated_at = NEW.updated_at
     WHERE i.id = NEW.corrects_id;
  ELSE
    NEW.status := CASE WHEN NEW.total_amount = 0 THEN 'paid' ELSE 'pending' END;
  END IF;
  NEW.content_hash := document_hash(NEW);
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION issue_document FROM PUBLIC;
CREATE TRIGGER invoices_issue BEFORE UPDATE ON invoices FOR EACH ROW
  WHEN (OLD.status = 'draft' AND NEW.status IN ('pending', 'issued')) EXECUTE FUNCTION issue_document();

-- What a document says never changes, and no document goes away.
CREATE FUNCTION keep_document() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE 'document % stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_stay';
  END IF;
  IF OLD.status = 'void' OR (NEW.status = 'draft' AND OLD.status <> 'draft')
     OR (NEW.partner_id, NEW.customer_id, NEW.account_id, NEW.document, NEW.kind, NEW.origin, NEW.corrects_id, NEW.currency,
         NEW.period_from, NEW.period_until, NEW.subtotal_amount, NEW.tax_amount, NEW.total_amount, NEW.created_at, NEW.created_by)
       IS DISTINCT FROM
        (OLD.partner_id, OLD.customer_id, OLD.account_id, OLD.document, OLD.kind, OLD.origin, OLD.corrects_id, OLD.currency,
         OLD.period_from, OLD.period_until, OLD.subtotal_amount, OLD.tax_amount, OLD.total_amount, OLD.created_at, OLD.created_by)
     OR (OLD.status <> 'draft' AND
        (NEW.series, NEW.year, NEW.sequence, NEW.issued_on, NEW.due_on, NEW.issued_at, NEW.content_hash, NEW.notes)
       IS DISTINCT FROM
        (OLD.series, OLD.year, OLD.sequence, OLD.issued_on, OLD.due_on, OLD.issued_at, OLD.content_hash, OLD.notes)) THEN
    RAISE 'document % cannot be changed', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_immutable';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoices_keep BEFORE UPDATE OR DELETE ON invoices FOR EACH ROW EXECUTE FUNCTION keep_document();

-- A voided credit note takes nothing back any more.
CREATE FUNCTION void_credit_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE invoices i SET credited_amount = i.credited_amount + NEW.total_amount, version = i.version + 1, updated_at = NEW.updated_at
   WHERE i.id = NEW.corrects_id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION void_credit_note FROM PUBLIC;
CREATE TRIGGER invoices_void_credit_note AFTER UPDATE ON invoices FOR EACH ROW
  WHEN (OLD.status = 'issued' AND NEW.status = 'void' AND NEW.corrects_id IS NOT NULL) EXECUTE FUNCTION void_credit_note();

-- Lines belong to a draft; they are written once and stay.
CREATE FUNCTION keep_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' OR (SELECT status FROM invoices WHERE id = NEW.invoice_id) <> 'draft' THEN
    RAISE 'lines of a document cannot be changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_lines_immutable';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION keep_lines FROM PUBLIC;
CREATE TRIGGER invoice_lines_keep BEFORE INSERT OR UPDATE OR DELETE ON invoice_lines FOR EACH ROW EXECUTE FUNCTION keep_lines();
`,
};
