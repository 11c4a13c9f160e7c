import type { SqlMigration } from '../migration.js';

/** Who issues invoices, and the documents as they were handed out: kept byte for byte. */
export const renderedDocuments: SqlMigration = {
  name: '0285-rendered-documents',
  up: `
-- The operator, as its documents name it. One row.
CREATE TABLE billing_issuer (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  name text NOT NULL,
  street text NOT NULL,
  city text NOT NULL,
  zip text NOT NULL,
  state text,
  country char(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  -- For VAT, with its country; and in the register of companies.
  tax_id text,
  registration text,
  email text,
  phone text,
  website text,
  -- What stands for a logo, and what every page ends with.
  logo_text text,
  footer text,
  bank_name text,
  iban text,
  bic text,
  -- Where there is no IBAN: whatever identifies the account.
  bank_account text,
  version integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON billing_issuer TO isp_app;
CREATE TRIGGER operator_writes BEFORE INSERT OR UPDATE OR DELETE ON billing_issuer EXECUTE FUNCTION tenancy.operator_writes();

-- A document in a format, rendered once: whoever asks later gets the very same bytes.
CREATE TABLE invoice_documents (
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  invoice_id integer NOT NULL,
  format text NOT NULL CHECK (format IN ('pdf', 'xml')),
  language text NOT NULL,
  content bytea NOT NULL,
  bytes integer NOT NULL CHECK (bytes = octet_length(content)),
  sha256 bytea NOT NULL CHECK (sha256 = sha256(content)),
  -- Of the invoice as it was rendered.
  content_hash bytea NOT NULL,
  rendered_at timestamptz NOT NULL,
  PRIMARY KEY (invoice_id, format),
  FOREIGN KEY (partner_id, invoice_id) REFERENCES invoices (partner_id, id)
);
-- Neither is made smaller by compressing it again.
ALTER TABLE invoice_documents ALTER content SET STORAGE EXTERNAL;
CREATE INDEX invoice_documents_by_partner ON invoice_documents (partner_id, invoice_id);
CALL tenancy.protect('invoice_documents', 'customer_id');
GRANT SELECT, INSERT ON invoice_documents TO isp_app;
CREATE FUNCTION keep_rendered_document() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE 'a rendered document stays as it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_documents_immutable';
END $$;
CREATE TRIGGER invoice_documents_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON invoice_documents EXECUTE FUNCTION keep_rendered_document();

INSERT INTO role_permissions (role, permission) VALUES
  ('billing', 'billing_issuer.read'), ('billing', 'billing_issuer.manage'), ('support', 'billing_issuer.read');
`,
};
