import type { SqlMigration } from '../migration.js';

/** What PostgreSQL gets ready anew with each statement that issues a document, in fewer words (ADR 39, ADR 41). */
export const readySooner: SqlMigration = {
  name: '0422-ready-sooner',
  up: `
ALTER TABLE ledger_transfers DROP CONSTRAINT ledger_transfers_event_check, DROP CONSTRAINT ledger_transfers_debit_check,
  DROP CONSTRAINT ledger_transfers_credit_check,
  ADD CONSTRAINT ledger_transfers_event_check CHECK (event = ANY ('{invoice.issued,invoice.voided,credit_note.issued,credit_note.voided,payment.received,payment.reversed,allocation,refund.requested,refund.paid,refund.failed,invoice.written_off,invoice.write_off_reversed}'::text[])),
  ADD CONSTRAINT ledger_transfers_debit_check CHECK (debit = ANY ('{receivable,credit,revenue,tax,cash,refunding,bad_debt}'::text[])),
  ADD CONSTRAINT ledger_transfers_credit_check CHECK (credit = ANY ('{receivable,credit,revenue,tax,cash,refunding,bad_debt}'::text[]));
ALTER TABLE invoices DROP CONSTRAINT invoices_kind_check, DROP CONSTRAINT invoices_origin_check,
  ADD CONSTRAINT invoices_kind_check CHECK (kind = ANY ('{recurring,one_off,adjustment}'::text[])),
  ADD CONSTRAINT invoices_origin_check CHECK (origin = ANY ('{engine,person}'::text[]));

-- What holds of every document (invoice-checks.spec.ts has it rule by rule). As a function each session has it ready: as checks of
-- the table it was read anew with every statement that writes a document, 17 KB of it, which is more work than to call.
CREATE FUNCTION document_holds(document text, status text, total numeric, settled numeric, credited numeric, paid numeric, given_up numeric,
  given_up_at timestamptz, corrects integer, sequence integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN settled >= 0 AND settled <= abs(total) AND credited >= 0 AND paid >= 0 AND given_up >= 0 AND (given_up_at IS NULL) = (given_up = 0)
    AND CASE document
      WHEN 'invoice' THEN total >= 0 AND corrects IS NULL AND paid + given_up <= settled
      WHEN 'credit_note' THEN total < 0 AND status IN ('draft', 'issued', 'void') AND paid + given_up = 0
      ELSE false END
    AND CASE status
      WHEN 'draft' THEN sequence IS NULL
      WHEN 'pending' THEN settled = given_up AND settled < total
      WHEN 'partially_paid' THEN settled > given_up AND settled < total
      WHEN 'paid' THEN settled = total AND given_up = 0
      WHEN 'uncollectible' THEN settled = total AND given_up > 0
      WHEN 'overdue' THEN settled < total
      WHEN 'issued' THEN document = 'credit_note'
      WHEN 'void' THEN settled = 0 AND credited = 0
      ELSE false END;
END $$;
ALTER TABLE invoices DROP CONSTRAINT invoices_amounts, DROP CONSTRAINT invoices_by_document, DROP CONSTRAINT invoices_by_state,
  ADD CONSTRAINT invoices_hold CHECK (document_holds(document, status, total_amount, settled_amount, credited_amount, paid_amount, written_off_amount,
    written_off_at, corrects_id, sequence));

-- Issues a draft: its lines must come to its totals, and it takes the next number of its series and year. People issue one
-- document at a time: each step is a statement about one row, ready in half of the time of one about arrays of them. Everything
-- that does not need the number comes before it: all who issue wait for its row until this transaction ends.
CREATE FUNCTION issue_document(wanted integer, issued timestamptz, issue_day date, due_day date) RETURNS SETOF invoices
LANGUAGE plpgsql SECURITY DEFINER ROWS 1 SET search_path = public, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
  gates CONSTANT integer := 8;
  everybody boolean := tenancy.unrestricted();
  own_partner integer := tenancy.partner_id();
  own_customer integer := tenancy.customer_id();
  d invoices;
  its_net numeric;
  its_tax numeric;
  its_lines text;
  its_series text;
  its_year smallint := extract(year FROM issue_day);
  owed_in text;
  number_taken integer;
  -- What the hash is made of (document_hash): before the number, and behind it.
  head text;
  tail text;
  gate text;
BEGIN
  SELECT i.* INTO d FROM invoices i
   WHERE i.id = wanted AND (everybody OR (i.partner_id = own_partner AND (own_customer IS NULL OR i.customer_id = own_customer))) FOR UPDATE;
  IF d.id IS NULL THEN
    RAISE 'not all of these documents are there to be issued' USING ERRCODE = 'insufficient_privilege';
  ELSIF d.status <> 'draft' THEN
    RAISE 'document % is issued already', wanted USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_issued_once';
  END IF;
  SELECT coalesce(sum(m.amount), 0), coalesce(sum(m.tax_amount), 0),
         -- As text: an array of arrays as jsonb would be copied at each of its depths.
         coalesce('[' || string_agg(left(jsonb_build_array(m.position, m.kind, m.key, m.service_id, m.corrects_line_id, m.description,
           m.from_on, m.until_on, m.amount, m.tax_amount)::text, -1) || ', ' || m.taxes || ', ' || m.inputs || ']', ', ' ORDER BY m.position)
           || ']', 'null')
    INTO its_net, its_tax, its_lines FROM invoice_lines m WHERE m.invoice_id = wanted;
  IF its_net <> d.subtotal_amount OR its_tax <> d.tax_amount THEN
    RAISE 'lines of document % do not come to its totals', wanted
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_totals_of_lines';
  END IF;
  its_series := CASE d.document WHEN 'invoice' THEN 'INV' ELSE 'CN' END;
  head := left(jsonb_build_array(d.id, d.partner_id, d.customer_id, d.account_id, d.document, d.kind, d.origin, d.corrects_id,
    its_series, its_year)::text, -1) || ', ';
  tail := ', ' || substr(left(jsonb_build_array(d.currency, d.period_from, d.period_until, issue_day, due_day, d.subtotal_amount,
    d.tax_amount, d.total_amount, d.notes, extract(epoch FROM issued)::text)::text, -1), 2) || ', ' || its_lines || ']';

  IF d.corrects_id IS NOT NULL THEN
    UPDATE invoices i SET credited_amount = i.credited_amount - d.total_amount, version = i.version + 1, updated_at = issued
     WHERE i.id = d.corrects_id;
  END IF;
  -- An invoice is owed: to revenue and to the tax office. A credit note is money that the customer has with us.
  owed_in := CASE d.document WHEN 'invoice' THEN 'receivable' ELSE 'credit' END;
  INSERT INTO ledger_transfers (partner_id, customer_id, account_id, at, event, debit, credit, currency, amount, invoice_id)
  SELECT d.partner_id, d.customer_id, d.account_id, issued, d.document || '.issued', CASE WHEN t.moved > 0 THEN owed_in ELSE t.earned_as END,
         CASE WHEN t.moved > 0 THEN t.earned_as ELSE owed_in END, d.currency, abs(t.moved), d.id
    FROM (VALUES ('revenue', d.subtotal_amount), ('tax', d.tax_amount)) AS t (earned_as, moved) WHERE t.moved <> 0;

  -- Through the gates (0380), in an expression, which is ready sooner than a statement.
  gate := pg_advisory_xact_lock(hashtext('document_series ' || its_series), its_year * gates + pg_backend_pid() % gates);
  UPDATE document_series s SET last_number = s.last_number + 1 WHERE s.series = its_series AND s.year = its_year
  RETURNING s.last_number INTO number_taken;
  IF number_taken IS NULL THEN
    INSERT INTO document_series AS s (series, year, last_number) VALUES (its_series, its_year, 1)
        ON CONFLICT ON CONSTRAINT document_series_pkey DO UPDATE SET last_number = s.last_number + 1
    RETURNING s.last_number INTO number_taken;
  END IF;
  RETURN QUERY
  UPDATE invoices i SET status = CASE WHEN d.document = 'credit_note' THEN 'issued' WHEN d.total_amount = 0 THEN 'paid' ELSE 'pending' END,
         series = its_series, year = its_year, sequence = number_taken, issued_at = issued, issued_on = issue_day, due_on = due_day,
         content_hash = sha256(convert_to(head || number_taken || tail, 'UTF8')), version = d.version + 1, updated_at = issued
   WHERE i.id = wanted
  RETURNING i.*;
END $$;
REVOKE ALL ON FUNCTION issue_document FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issue_document TO isp_app;

-- Several drafts, all of them or none, each by itself, in the order of their series.
CREATE OR REPLACE FUNCTION issue_documents(wanted integer[], issued timestamptz, issue_days date[], due_days date[]) RETURNS SETOF invoices
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
  everybody boolean := tenancy.unrestricted();
  own_partner integer := tenancy.partner_id();
  own_customer integer := tenancy.customer_id();
  held integer;
BEGIN
  PERFORM FROM invoices i WHERE i.id = ANY (wanted)
      AND (everybody OR (i.partner_id = own_partner AND (own_customer IS NULL OR i.customer_id = own_customer)))
    ORDER BY i.id FOR UPDATE;
  GET DIAGNOSTICS held = ROW_COUNT;
  IF held <> cardinality(wanted) THEN
    RAISE 'not all of these documents are there to be issued' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
  SELECT n.* FROM (SELECT w.* FROM unnest(wanted, issue_days, due_days) AS w (id, issue_day, due_day) JOIN invoices i ON i.id = w.id
                    ORDER BY i.document, extract(year FROM w.issue_day), w.id OFFSET 0) w
   CROSS JOIN LATERAL issue_document(w.id, issued, w.issue_day, w.due_day) n;
END $$;
`,
};
