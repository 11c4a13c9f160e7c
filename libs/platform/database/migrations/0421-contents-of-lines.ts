import type { SqlMigration } from '../migration.js';

/**
 * Lines that say the same are read once: in a run nearly every line of a plan has the same price, share and taxes, and
 * reading them out of JSON was a tenth of what the database did.
 */
export const contentsOfLines: SqlMigration = {
  name: '0421-contents-of-lines',
  up: `
DROP FUNCTION issue_at_once;

-- Writes documents that are issued with their being written: what issue_documents makes of drafts, column by column. All of
-- them or none: their lines must come to their totals, and each takes the next number of its series and year, in their order.
-- Everything that does not need the number comes before it: all who issue wait for its row until this transaction ends.
-- wanted: documents, each with its own n. said: what lines say, each with its own c. The arrays: of each line the n of its
-- document, its position there, the c of what it says, and what is its own. An account behind the wall is not there.
-- decimals: of each currency; request: to whom the events belong. Answers the ids, in the order of n.
CREATE FUNCTION issue_at_once(wanted jsonb, said jsonb, line_n integer[], line_position integer[], line_c integer[], line_key text[],
  line_service_id integer[], line_corrects_id bigint[], issued timestamptz, decimals jsonb, request text)
RETURNS SETOF integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
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
  WITH d AS MATERIALIZED (
    SELECT nextval('invoices_id_seq')::integer AS id, w.*, s.*, w.net + w.tax AS total
      FROM (SELECT o.*, a.partner_id, a.customer_id, a.currency
              FROM jsonb_to_recordset(wanted) AS o (n integer, account_id integer, document text, kind text, origin text, corrects_id integer,
                     period_from date, period_until date, issued_on date, due_on date, net numeric(18, 4), tax numeric(18, 4), notes text,
                     created_by text, created_at timestamptz)
              JOIN billing_accounts a ON a.id = o.account_id
             WHERE everybody OR (a.partner_id = own_partner AND (own_customer IS NULL OR a.customer_id = own_customer)) ORDER BY o.n) w
     CROSS JOIN LATERAL (SELECT CASE w.document WHEN 'invoice' THEN 'INV' ELSE 'CN' END, extract(year FROM w.issued_on)::smallint) AS s (series, year)),
  c AS MATERIALIZED (
    -- head, tail: what of its words (document_hash) is not the line's own, before its key and behind what it corrects.
    SELECT o.*, ', ' || to_json(o.kind) || ', ' AS head,
           ', ' || substr(left(jsonb_build_array(o.description, o.from_on, o.until_on, o.amount, o.tax_amount)::text, -1), 2)
             || ', ' || o.taxes || ', ' || o.inputs || ']' AS tail
      FROM jsonb_to_recordset(said) AS o (c integer, kind text, description text, from_on date, until_on date,
             amount numeric(18, 4), tax_amount numeric(18, 4), taxes jsonb, inputs jsonb)),
  o AS MATERIALIZED (
    SELECT d.partner_id, d.customer_id, d.account_id, d.id, o.position, o.key, o.service_id, o.corrects_line_id, o.c
      FROM unnest(line_n, line_position, line_c, line_key, line_service_id, line_corrects_id)
             AS o (n, position, c, key, service_id, corrects_line_id)
      JOIN d ON d.n = o.n ORDER BY d.id, o.position),
  l AS (
    INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, key, service_id, corrects_line_id,
           description, from_on, until_on, amount, tax_amount, taxes, inputs)
    SELECT o.partner_id, o.customer_id, o.account_id, o.id, o.position, c.kind, o.key, o.service_id, o.corrects_line_id,
           c.description, c.from_on, c.until_on, c.amount, c.tax_amount, c.taxes, c.inputs
      FROM o JOIN c ON c.c = o.c),
  t AS (
    SELECT o.id, sum(c.amount) AS net, sum(c.tax_amount) AS tax,
           '[' || string_agg('[' || o.position || c.head || coalesce(to_json(o.key)::text, 'null') || ', ' || coalesce(o.service_id::text, 'null')
             || ', ' || coalesce(o.corrects_line_id::text, 'null') || c.tail, ', ' ORDER BY o.position) || ']' AS lines
      FROM o JOIN c ON c.c = o.c GROUP BY o.id)
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
    LEFT JOIN t ON t.id = d.id;
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
    RETURNING s.series, s.year, s.last_number),
  i AS (
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
    RETURNING i.id, i.partner_id, i.customer_id, i.account_id, i.document, i.number, i.status, i.total_amount, i.currency, i.due_on, i.version),
  -- As BillingFacts.issued tells of those that were drafts: all of them at once, and with no way to the program and back.
  e AS (
    INSERT INTO outbox (name, partner_id, payload, request_id)
    SELECT 'billing.' || i.document || '.issued.v1', i.partner_id, jsonb_build_object('partner_id', i.partner_id, 'customer_id', i.customer_id,
             'invoice_id', i.id, 'account_id', i.account_id, 'invoice_number', i.number, 'status', i.status, 'total_amount', i.total_amount::text,
             'amount_due', round(CASE i.document WHEN 'invoice' THEN i.total_amount ELSE 0 END, (decimals ->> i.currency)::integer)::text,
             'currency', i.currency, 'due_date', coalesce(i.due_on::text, ''), 'sequence', i.version), request
      FROM i ORDER BY i.id)
  SELECT i.id FROM i ORDER BY i.id;
  PERFORM set_config('app.issues_at_once', '', true);
END $$;
REVOKE ALL ON FUNCTION issue_at_once FROM PUBLIC;
GRANT EXECUTE ON FUNCTION issue_at_once TO isp_app;
`,
};
