import type { SqlMigration } from '../migration.js';

/** What PostgreSQL gets ready anew with each statement that issues a document, in fewer words (ADR 39). */
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

-- As in 0380, but for the gate of a single document.
CREATE OR REPLACE FUNCTION issue_documents(wanted integer[], issued timestamptz, issue_days date[], due_days date[]) RETURNS SETOF invoices
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
  gates CONSTANT integer := 8;
  everybody boolean := tenancy.unrestricted();
  own_partner integer := tenancy.partner_id();
  own_customer integer := tenancy.customer_id();
  held integer;
  gate text;
  wrong integer;
  bad integer;
  corrections boolean;
  all_ids integer[];
  all_series text[];
  all_years smallint[];
  -- How far each is before the last of its series and year: 0, -1, …
  all_places integer[];
  all_issue_days date[];
  all_due_days date[];
  -- What a document's hash is made of (document_hash): before its number, and behind it.
  all_heads text[];
  all_tails text[];
BEGIN
  PERFORM FROM invoices i WHERE i.id = ANY (wanted)
      AND (everybody OR (i.partner_id = own_partner AND (own_customer IS NULL OR i.customer_id = own_customer)))
    ORDER BY i.id FOR UPDATE;
  GET DIAGNOSTICS held = ROW_COUNT;
  IF held <> cardinality(wanted) THEN
    RAISE 'not all of these documents are there to be issued' USING ERRCODE = 'insufficient_privilege';
  END IF;

  SELECT min(f.id) FILTER (WHERE f.status <> 'draft'), min(f.id) FILTER (WHERE f.net <> f.subtotal_amount OR f.tax <> f.tax_amount),
         bool_or(f.corrects_id IS NOT NULL), array_agg(f.id), array_agg(f.series), array_agg(f.year), array_agg(f.place),
         array_agg(f.issue_day), array_agg(f.due_day), array_agg(f.head), array_agg(f.tail)
    INTO wrong, bad, corrections, all_ids, all_series, all_years, all_places, all_issue_days, all_due_days, all_heads, all_tails
    FROM (
      SELECT i.id, i.status, i.subtotal_amount, i.tax_amount, i.corrects_id, l.net, l.tax, s.series, s.year, d.issue_day, d.due_day,
             1 - row_number() OVER (PARTITION BY s.series, s.year ORDER BY i.id DESC)::integer AS place,
             left(jsonb_build_array(i.id, i.partner_id, i.customer_id, i.account_id, i.document, i.kind, i.origin, i.corrects_id,
               s.series, s.year)::text, -1) || ', ' AS head,
             ', ' || substr(left(jsonb_build_array(i.currency, i.period_from, i.period_until, d.issue_day, d.due_day, i.subtotal_amount,
               i.tax_amount, i.total_amount, i.notes, extract(epoch FROM issued)::text)::text, -1), 2) || ', ' || l.lines || ']' AS tail
        FROM unnest(wanted, issue_days, due_days) AS d (id, issue_day, due_day)
        JOIN invoices i ON i.id = d.id
       CROSS JOIN LATERAL (SELECT CASE i.document WHEN 'invoice' THEN 'INV' ELSE 'CN' END, extract(year FROM d.issue_day)::smallint) AS s (series, year)
       CROSS JOIN LATERAL (
         SELECT coalesce(sum(m.amount), 0) AS net, coalesce(sum(m.tax_amount), 0) AS tax,
                -- As text: an array of arrays as jsonb would be copied at each of its depths.
                coalesce('[' || string_agg(left(jsonb_build_array(m.position, m.kind, m.key, m.service_id, m.corrects_line_id, m.description,
                  m.from_on, m.until_on, m.amount, m.tax_amount)::text, -1) || ', ' || m.taxes || ', ' || m.inputs || ']', ', ' ORDER BY m.position)
                  || ']', 'null') AS lines
           FROM invoice_lines m WHERE m.invoice_id = i.id) l) f;
  IF wrong IS NOT NULL THEN
    RAISE 'document % is issued already', wrong USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_issued_once';
  END IF;
  IF bad IS NOT NULL THEN
    RAISE 'lines of document % do not come to its totals', bad
      USING ERRCODE = 'check_violation', CONSTRAINT = 'invoices_totals_of_lines';
  END IF;

  IF corrections THEN
    UPDATE invoices i SET credited_amount = i.credited_amount - c.amount, version = i.version + c.notes, updated_at = issued
      FROM (SELECT n.corrects_id, sum(n.total_amount) AS amount, count(*)::integer AS notes FROM invoices n WHERE n.id = ANY (all_ids) GROUP BY 1) c
     WHERE i.id = c.corrects_id;
  END IF;
  -- An invoice is owed: to revenue and to the tax office. A credit note is money that the customer has with us.
  INSERT INTO ledger_transfers (partner_id, customer_id, account_id, at, event, debit, credit, currency, amount, invoice_id)
  SELECT i.partner_id, i.customer_id, i.account_id, issued, i.document || '.issued', CASE WHEN t.moved > 0 THEN o.owed_in ELSE t.earned_as END,
         CASE WHEN t.moved > 0 THEN t.earned_as ELSE o.owed_in END, i.currency, abs(t.moved), i.id
    FROM unnest(all_ids) AS d (id) JOIN invoices i ON i.id = d.id
   CROSS JOIN LATERAL (SELECT CASE i.document WHEN 'invoice' THEN 'receivable' ELSE 'credit' END) AS o (owed_in)
   CROSS JOIN LATERAL (VALUES ('revenue', i.subtotal_amount), ('tax', i.tax_amount)) AS t (earned_as, moved)
   WHERE t.moved <> 0;

  -- In the order of the series, so that two batches of several do not wait for each other. Of one document in an expression,
  -- which is ready sooner than a statement.
  IF held = 1 THEN
    gate := pg_advisory_xact_lock(hashtext('document_series ' || all_series[1]), all_years[1] * gates + pg_backend_pid() % gates);
  ELSE
    PERFORM pg_advisory_xact_lock(hashtext('document_series ' || w.series), w.year * gates + pg_backend_pid() % gates)
       FROM (SELECT DISTINCT d.series, d.year FROM unnest(all_series, all_years) AS d (series, year) ORDER BY 1, 2) w;
  END IF;
  RETURN QUERY
  WITH taken AS (
    INSERT INTO document_series AS s (series, year, last_number)
    SELECT d.series, d.year, count(*) FROM unnest(all_series, all_years) AS d (series, year) GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (series, year) DO UPDATE SET last_number = s.last_number + excluded.last_number
    RETURNING s.series, s.year, s.last_number)
  UPDATE invoices i SET status = CASE WHEN i.document = 'credit_note' THEN 'issued' WHEN i.total_amount = 0 THEN 'paid' ELSE 'pending' END,
         series = n.series, year = n.year, sequence = t.last_number + n.place, issued_at = issued, issued_on = n.issue_day, due_on = n.due_day,
         content_hash = sha256(convert_to(n.head || (t.last_number + n.place) || n.tail, 'UTF8')), version = i.version + 1, updated_at = issued
    FROM unnest(all_ids, all_series, all_years, all_places, all_issue_days, all_due_days, all_heads, all_tails)
           AS n (id, series, year, place, issue_day, due_day, head, tail)
    JOIN taken t ON t.series = n.series AND t.year = n.year
   WHERE i.id = n.id
  RETURNING i.*;
END $$;
`,
};
