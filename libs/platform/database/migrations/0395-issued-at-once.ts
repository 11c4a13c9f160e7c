import type { SqlMigration } from '../migration.js';

/**
 * Documents that nobody is to review are written once, with their numbers: as drafts that are issued in the same
 * transaction each was two versions of a row, with the entries of its indexes, and its lines were read again.
 */
export const issuedAtOnce: SqlMigration = {
  name: '0395-issued-at-once',
  up: `
-- A document as it is before its number. head, tail: what its hash is made of (document_hash), before the number and behind it.
CREATE TYPE document_in_hand AS (
  id integer, partner_id integer, customer_id integer, account_id integer, document text, kind text, origin text, corrects_id integer,
  series text, year smallint, place integer, currency char(3), period_from date, period_until date, issued_on date, due_on date,
  subtotal_amount numeric(18, 4), tax_amount numeric(18, 4), total_amount numeric(18, 4), notes text, created_by text,
  created_at timestamptz, head text, tail text);

-- Within issue_at_once lines are there before their document, which is the last to be written: it is then that this is looked at.
ALTER TABLE invoice_lines ALTER CONSTRAINT invoice_lines_partner_id_invoice_id_fkey DEFERRABLE INITIALLY IMMEDIATE;

-- Writes documents that are issued with their being written: what issue_documents makes of drafts, column by column. All of
-- them or none: their lines must come to their totals, and each takes the next number of its series and year, in their order.
-- Everything that does not need the number comes before it: all who issue wait for its row until this transaction ends.
-- wanted: documents, each with its own n; lines: each with the n of its document. An account behind the wall is not there.
CREATE FUNCTION issue_at_once(wanted jsonb, lines jsonb, issued timestamptz) RETURNS SETOF invoices
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  gates CONSTANT integer := 8;
  everybody boolean := tenancy.unrestricted();
  own_partner integer := tenancy.partner_id();
  own_customer integer := tenancy.customer_id();
  made document_in_hand[];
  bad integer;
  corrections boolean;
BEGIN
  PERFORM set_config('app.issues_at_once', 'on', true);
  SET CONSTRAINTS invoice_lines_partner_id_invoice_id_fkey DEFERRED;
  WITH d AS MATERIALIZED (
    SELECT nextval('invoices_id_seq')::integer AS id, w.*, s.*, w.net + w.tax AS total
      FROM (SELECT o.*, a.partner_id, a.customer_id, a.currency
              FROM jsonb_to_recordset(wanted) AS o (n integer, account_id integer, document text, kind text, origin text, corrects_id integer,
                     period_from date, period_until date, issued_on date, due_on date, net numeric(18, 4), tax numeric(18, 4), notes text,
                     created_by text, created_at timestamptz)
              JOIN billing_accounts a ON a.id = o.account_id
             WHERE everybody OR (a.partner_id = own_partner AND (own_customer IS NULL OR a.customer_id = own_customer)) ORDER BY o.n) w
     CROSS JOIN LATERAL (SELECT CASE w.document WHEN 'invoice' THEN 'INV' ELSE 'CN' END, extract(year FROM w.issued_on)::smallint) AS s (series, year)),
  l AS (
    INSERT INTO invoice_lines AS m (partner_id, customer_id, account_id, invoice_id, position, kind, key, service_id, corrects_line_id,
           description, from_on, until_on, amount, tax_amount, taxes, inputs)
    SELECT d.partner_id, d.customer_id, d.account_id, d.id, o.position, o.kind, o.key, o.service_id, o.corrects_line_id,
           o.description, o.from_on, o.until_on, o.amount, o.tax_amount, o.taxes, o.inputs
      FROM jsonb_to_recordset(lines) AS o (n integer, position integer, kind text, key text, service_id integer, corrects_line_id bigint,
             description text, from_on date, until_on date, amount numeric, tax_amount numeric, taxes jsonb, inputs jsonb)
      JOIN d ON d.n = o.n ORDER BY d.id, o.position
    RETURNING m.invoice_id, m.position, m.amount, m.tax_amount,
      -- As text: an array of arrays as jsonb would be copied at each of its depths.
      left(jsonb_build_array(m.position, m.kind, m.key, m.service_id, m.corrects_line_id, m.description,
        m.from_on, m.until_on, m.amount, m.tax_amount)::text, -1) || ', ' || m.taxes || ', ' || m.inputs || ']' AS words),
  t AS (
    SELECT l.invoice_id, sum(l.amount) AS net, sum(l.tax_amount) AS tax, '[' || string_agg(l.words, ', ' ORDER BY l.position) || ']' AS lines
      FROM l GROUP BY 1)
  SELECT min(d.n) FILTER (WHERE coalesce(t.net, 0) <> d.net OR coalesce(t.tax, 0) <> d.tax), bool_or(d.corrects_id IS NOT NULL),
         array_agg(ROW(d.id, d.partner_id, d.customer_id, d.account_id, d.document, d.kind, d.origin, d.corrects_id, d.series, d.year,
           d.place, d.currency, d.period_from, d.period_until, d.issued_on, d.due_on, d.net, d.tax, d.total, d.notes, d.created_by, d.created_at,
           left(jsonb_build_array(d.id, d.partner_id, d.customer_id, d.account_id, d.document, d.kind, d.origin, d.corrects_id,
             d.series, d.year)::text, -1) || ', ',
           ', ' || substr(left(jsonb_build_array(d.currency, d.period_from, d.period_until, d.issued_on, d.due_on, d.net,
             d.tax, d.total, d.notes, extract(epoch FROM issued)::text)::text, -1), 2) || ', ' || coalesce(t.lines, 'null') || ']')::document_in_hand ORDER BY d.id)
    INTO bad, corrections, made
    -- How far each is before the last of its series and year: 0, -1, …
    FROM (SELECT d.*, 1 - row_number() OVER (PARTITION BY d.series, d.year ORDER BY d.id DESC)::integer AS place FROM d) d
    LEFT JOIN t ON t.invoice_id = d.id;
  IF coalesce(cardinality(made), 0) <> jsonb_array_length(wanted) THEN
    RAISE 'not all accounts of these documents are there' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF bad IS NOT NULL THEN
    RAISE 'lines of document % do not come to its totals', bad
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_totals_of_lines';
  END IF;

  IF corrections THEN
    UPDATE invoices i SET credited_amount = i.credited_amount - c.amount, version = i.version + c.notes, updated_at = issued
      FROM (SELECT d.corrects_id, sum(d.total_amount) AS amount, count(*)::integer AS notes FROM unnest(made) AS d GROUP BY 1) c
     WHERE i.id = c.corrects_id;
  END IF;
  -- An invoice is owed: to revenue and to the tax office. A credit note is money that the customer has with us.
  INSERT INTO ledger_transfers (partner_id, customer_id, account_id, at, event, debit, credit, currency, amount, invoice_id)
  SELECT d.partner_id, d.customer_id, d.account_id, issued, d.document || '.issued', CASE WHEN t.moved > 0 THEN o.owed_in ELSE t.earned_as END,
         CASE WHEN t.moved > 0 THEN t.earned_as ELSE o.owed_in END, d.currency, abs(t.moved), d.id
    FROM unnest(made) AS d
   CROSS JOIN LATERAL (SELECT CASE d.document WHEN 'invoice' THEN 'receivable' ELSE 'credit' END) AS o (owed_in)
   CROSS JOIN LATERAL (VALUES ('revenue', d.subtotal_amount), ('tax', d.tax_amount)) AS t (earned_as, moved)
   WHERE t.moved <> 0;

  -- Through the gates, in the order of the series, as in issue_documents.
  PERFORM pg_advisory_xact_lock(hashtext('document_series ' || w.series), w.year * gates + pg_backend_pid() % gates)
     FROM (SELECT DISTINCT d.series, d.year FROM unnest(made) AS d ORDER BY 1, 2) w;
  RETURN QUERY
  WITH taken AS (
    INSERT INTO document_series AS s (series, year, last_number)
    SELECT d.series, d.year, count(*) FROM unnest(made) AS d GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (series, year) DO UPDATE SET last_number = s.last_number + excluded.last_number
    RETURNING s.series, s.year, s.last_number)
  INSERT INTO invoices AS i (id, partner_id, customer_id, account_id, document, kind, origin, corrects_id, status, series, year, sequence,
         currency, period_from, period_until, issued_on, due_on, subtotal_amount, tax_amount, total_amount, content_hash, notes, created_by,
         created_at, issued_at, version, updated_at) OVERRIDING SYSTEM VALUE
  SELECT d.id, d.partner_id, d.customer_id, d.account_id, d.document, d.kind, d.origin, d.corrects_id,
         CASE WHEN d.document = 'credit_note' THEN 'issued' WHEN d.total_amount = 0 THEN 'paid' ELSE 'pending' END,
         d.series, d.year, t.last_number + d.place, d.currency, d.period_from, d.period_until, d.issued_on, d.due_on, d.subtotal_amount,
         d.tax_amount, d.total_amount, sha256(convert_to(d.head || (t.last_number + d.place) || d.tail, 'UTF8')), d.notes, d.created_by,
         -- Two: that of the draft which it never was, and that of its issue.
         d.created_at, issued, 2, issued
    FROM unnest(made) AS d JOIN taken t ON t.series = d.series AND t.year = d.year
   ORDER BY d.id
  RETURNING i.*;
  SET CONSTRAINTS invoice_lines_partner_id_invoice_id_fkey IMMEDIATE;
  PERFORM set_config('app.issues_at_once', '', true);
END $$;
REVOKE ALL ON FUNCTION issue_at_once FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issue_at_once TO isp_app;

-- What a draft does not say yet is not for the application to write; so a document begins as a draft, or in this function.
REVOKE INSERT ON invoices FROM isp_app;
GRANT INSERT (partner_id, customer_id, account_id, document, kind, origin, corrects_id, currency, period_from, period_until, due_on,
  subtotal_amount, tax_amount, total_amount, notes, review_until, created_by, created_at, updated_at) ON invoices TO isp_app;
DROP TRIGGER invoices_begin ON invoices;
CREATE TRIGGER invoices_begin BEFORE INSERT ON invoices FOR EACH ROW
  WHEN (((NEW.status <> 'draft' OR NEW.sequence IS NOT NULL) AND current_setting('app.issues_at_once', true) IS DISTINCT FROM 'on')
     OR NEW.settled_amount <> 0 OR NEW.credited_amount <> 0)
  EXECUTE FUNCTION begin_document();
-- Anybody could say that setting; but only who owns the lines, as the function does, may change them.
DROP TRIGGER invoice_lines_begin ON invoice_lines;
CREATE TRIGGER invoice_lines_begin AFTER INSERT ON invoice_lines REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (current_setting('app.issues_at_once', true) IS DISTINCT FROM 'on' OR NOT has_table_privilege('invoice_lines', 'UPDATE'))
  EXECUTE FUNCTION keep_lines();
`,
};
