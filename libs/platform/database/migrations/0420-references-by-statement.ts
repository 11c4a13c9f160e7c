import type { SqlMigration } from '../migration.js';

/**
 * What documents, their lines and the ledger refer to is looked at once a statement (ADR 47): a foreign key asks for each row
 * with a query of its own, which was a sixth of what a billing run took of the database. Nothing that they refer to can ever
 * be deleted or renamed, so that it is enough to look when a row is written.
 */
export const referencesByStatement: SqlMigration = {
  name: '0420-references-by-statement',
  up: `
-- What money was ever booked for stays, under its name.
CREATE FUNCTION keep_what_is_referred_to() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE '% stay', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stay';
  ELSIF (NEW.partner_id, NEW.id) IS DISTINCT FROM (OLD.partner_id, OLD.id) THEN
    RAISE '% keep their names', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_stay';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER billing_accounts_stay BEFORE DELETE OR TRUNCATE ON billing_accounts FOR EACH STATEMENT EXECUTE FUNCTION keep_what_is_referred_to();
CREATE TRIGGER billing_accounts_keep_names BEFORE UPDATE OF partner_id, id ON billing_accounts FOR EACH ROW EXECUTE FUNCTION keep_what_is_referred_to();
CREATE TRIGGER services_stay BEFORE DELETE OR TRUNCATE ON services FOR EACH STATEMENT EXECUTE FUNCTION keep_what_is_referred_to();
CREATE TRIGGER services_keep_names BEFORE UPDATE OF partner_id, id ON services FOR EACH ROW EXECUTE FUNCTION keep_what_is_referred_to();
CREATE TRIGGER invoices_stay_all BEFORE TRUNCATE ON invoices FOR EACH STATEMENT EXECUTE FUNCTION keep_what_is_referred_to();
CREATE TRIGGER invoices_keep_names BEFORE UPDATE OF id ON invoices FOR EACH ROW EXECUTE FUNCTION keep_what_is_referred_to();

-- None of these rows is ever updated in what it refers to: their own triggers see to that.
CREATE FUNCTION look_for_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF EXISTS (SELECT FROM written w WHERE NOT EXISTS (SELECT FROM billing_accounts a WHERE a.partner_id = w.partner_id AND a.id = w.account_id)) THEN
    RAISE 'a row of % has no account', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_TABLE_NAME || '_have_accounts';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION look_for_services() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF EXISTS (SELECT FROM written w WHERE w.service_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM services s WHERE s.partner_id = w.partner_id AND s.id = w.service_id)) THEN
    RAISE 'a row of % has no service', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_TABLE_NAME || '_have_services';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION look_for_accounts, look_for_services FROM PUBLIC;

-- What issue_at_once writes has its partner and its account from one row of billing_accounts. Anybody could say that setting;
-- but only the owner, as whom the function runs, may delete.
ALTER TABLE invoices DROP CONSTRAINT invoices_partner_id_account_id_fkey;
CREATE TRIGGER invoices_have_accounts AFTER INSERT ON invoices REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (current_setting('app.issues_at_once', true) IS DISTINCT FROM 'on' OR NOT has_table_privilege('invoices', 'DELETE'))
  EXECUTE FUNCTION look_for_accounts();
ALTER TABLE ledger_transfers DROP CONSTRAINT ledger_transfers_partner_id_account_id_fkey;
CREATE TRIGGER ledger_transfers_have_accounts AFTER INSERT ON ledger_transfers REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (current_setting('app.issues_at_once', true) IS DISTINCT FROM 'on' OR NOT has_table_privilege('ledger_transfers', 'DELETE'))
  EXECUTE FUNCTION look_for_accounts();
ALTER TABLE invoice_lines DROP CONSTRAINT invoice_lines_partner_id_service_id_fkey, DROP CONSTRAINT invoice_lines_partner_id_invoice_id_fkey;
CREATE TRIGGER invoice_lines_have_services AFTER INSERT ON invoice_lines REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION look_for_services();

-- Lines are those of a draft. Whoever issues it holds it (issue_documents), and is waited for: what is issued takes no line.
-- The lines of issue_at_once come before their documents, whose ids and partners they have from the same rows.
CREATE OR REPLACE FUNCTION keep_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  lost integer;
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM invoices i WHERE i.id IN (SELECT w.invoice_id FROM written w) ORDER BY i.id FOR KEY SHARE;
    SELECT min(w.invoice_id) INTO lost FROM written w
     WHERE NOT EXISTS (SELECT FROM invoices i WHERE i.partner_id = w.partner_id AND i.id = w.invoice_id);
    IF lost IS NOT NULL THEN
      RAISE 'there is no document % for its lines', lost USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_lines_have_documents';
    END IF;
    IF NOT EXISTS (SELECT FROM written w JOIN invoices i ON i.id = w.invoice_id WHERE i.status <> 'draft') THEN
      RETURN NULL;
    END IF;
  END IF;
  RAISE 'lines of a document cannot be changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_lines_immutable';
END $$;
`,
};
