import type { SqlMigration } from '../migration.js';

/** What reports over a million invoices read instead of them. */
export const revenueReports: SqlMigration = {
  name: '0286-revenue-reports',
  up: `
-- By how much a service changed the recurring revenue of its customer in a month (of its partner's time zone): up when it
-- is activated or becomes dearer, down when it becomes cheaper or ends. The sum of all rows by a month is the recurring
-- revenue at its end. Derived from services and service_terms, and written by the database with them.
CREATE TABLE recurring_revenue_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partner_id integer NOT NULL,
  customer_id integer NOT NULL,
  service_id integer NOT NULL,
  plan_id integer NOT NULL REFERENCES plans,
  currency char(3) NOT NULL,
  on_month date NOT NULL CHECK (extract(day FROM on_month) = 1),
  change_amount numeric(14, 4) NOT NULL CHECK (change_amount <> 0),
  FOREIGN KEY (partner_id, service_id) REFERENCES services (partner_id, id)
);
CREATE INDEX recurring_revenue_changes_in_order ON recurring_revenue_changes (currency, customer_id, on_month) INCLUDE (partner_id, change_amount);
CREATE INDEX recurring_revenue_changes_by_service ON recurring_revenue_changes (service_id);
CREATE INDEX recurring_revenue_changes_by_partner ON recurring_revenue_changes (partner_id, currency, customer_id, on_month) INCLUDE (change_amount);
CALL tenancy.protect('recurring_revenue_changes', 'customer_id');
GRANT SELECT ON recurring_revenue_changes TO isp_app;

-- The rows that services should have.
CREATE FUNCTION recurring_revenue_of(ids integer[])
RETURNS TABLE (partner_id integer, customer_id integer, service_id integer, plan_id integer, currency char(3), on_month date, change_amount numeric)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH spans AS (
    SELECT s.partner_id, s.customer_id, s.id AS service_id, t.plan_id, t.currency, t.monthly_amount, p.time_zone,
           -- The first price holds from the beginning.
           CASE WHEN lag(t.id) OVER w IS NULL THEN s.activated_at ELSE greatest(t.valid_from, s.activated_at) END AS since,
           least(lead(t.valid_from) OVER w, s.terminated_at) AS until
      FROM unnest(ids) AS wanted (id) JOIN services s ON s.id = wanted.id JOIN partners p ON p.id = s.partner_id
      JOIN service_terms t ON t.partner_id = s.partner_id AND t.service_id = s.id
     WHERE s.activated_at IS NOT NULL
    WINDOW w AS (PARTITION BY s.id ORDER BY t.valid_from, t.id)),
  edges AS (
    SELECT x.*, x.since AS at, x.monthly_amount AS change FROM spans x WHERE x.until IS NULL OR x.until > x.since
    UNION ALL
    SELECT x.*, x.until, -x.monthly_amount FROM spans x WHERE x.until > x.since)
  SELECT e.partner_id, e.customer_id, e.service_id, e.plan_id, e.currency, date_trunc('month', e.at AT TIME ZONE e.time_zone)::date, sum(e.change)
    FROM edges e GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(e.change) <> 0 $$;

CREATE FUNCTION write_recurring_revenue(ids integer[]) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM recurring_revenue_changes c WHERE c.service_id = ANY (ids);
  INSERT INTO recurring_revenue_changes (partner_id, customer_id, service_id, plan_id, currency, on_month, change_amount)
    SELECT * FROM recurring_revenue_of(ids);
END $$;
REVOKE ALL ON FUNCTION write_recurring_revenue FROM PUBLIC;

CREATE FUNCTION follow_service_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ids integer[] := (SELECT array_agg(DISTINCT t.service_id) FROM made t JOIN services s ON s.id = t.service_id WHERE s.activated_at IS NOT NULL);
BEGIN
  IF ids IS NOT NULL THEN PERFORM write_recurring_revenue(ids); END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION follow_service_terms FROM PUBLIC;
CREATE TRIGGER service_terms_made_revenue AFTER INSERT ON service_terms REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION follow_service_terms();
CREATE TRIGGER service_terms_changed_revenue AFTER UPDATE ON service_terms REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION follow_service_terms();

CREATE FUNCTION follow_service_life() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM write_recurring_revenue(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION follow_service_life FROM PUBLIC;
CREATE TRIGGER services_revenue AFTER UPDATE ON services FOR EACH ROW
  WHEN ((OLD.activated_at, OLD.terminated_at, OLD.customer_id) IS DISTINCT FROM (NEW.activated_at, NEW.terminated_at, NEW.customer_id))
  EXECUTE FUNCTION follow_service_life();

SELECT write_recurring_revenue(array_agg(id)) FROM services WHERE activated_at IS NOT NULL HAVING count(*) > 0;

-- What ageing reads of an open invoice, without the invoice.
DROP INDEX invoices_open;
CREATE INDEX invoices_open ON invoices (due_on, account_id) INCLUDE (partner_id, customer_id, currency, issued_on, total_amount, settled_amount, status)
  WHERE status IN ('pending', 'partially_paid', 'overdue');
-- What was open on a day of the past: what is open now, and what was settled since.
CREATE INDEX allocations_by_time ON allocations (at);
CREATE INDEX invoices_voided ON invoices (voided_at) WHERE voided_at IS NOT NULL;
CREATE INDEX invoices_by_issue ON invoices (issued_on) WHERE issued_on IS NOT NULL;

INSERT INTO role_permissions (role, permission) VALUES
  ('billing', 'report.read'), ('reseller_admin', 'report.read');
`,
};
