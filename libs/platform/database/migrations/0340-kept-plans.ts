import type { SqlMigration } from '../migration.js';

/**
 * A function in SQL that is not inlined is planned with every call: that was 2 ms of each activation. In PL/pgSQL the plan
 * is kept.
 */
export const keptPlans: SqlMigration = {
  name: '0340-kept-plans',
  up: `
CREATE OR REPLACE FUNCTION recurring_revenue_of(ids integer[])
RETURNS TABLE (partner_id integer, customer_id integer, service_id integer, plan_id integer, currency char(3), on_month date, change_amount numeric)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
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
    FROM edges e GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(e.change) <> 0;
END $$;

CREATE OR REPLACE FUNCTION write_recurring_revenue(ids integer[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  DELETE FROM recurring_revenue_changes c WHERE c.service_id = ANY (ids);
  INSERT INTO recurring_revenue_changes (partner_id, customer_id, service_id, plan_id, currency, on_month, change_amount)
    SELECT * FROM recurring_revenue_of(ids);
END $$;

-- Nearly every service is activated once, on the one price that it was ordered at: then there is nothing to work out.
CREATE OR REPLACE FUNCTION follow_service_life() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  terms integer := (SELECT count(*) FROM service_terms t WHERE t.partner_id = NEW.partner_id AND t.service_id = NEW.id);
BEGIN
  IF OLD.activated_at IS NULL AND NEW.activated_at IS NOT NULL AND NEW.terminated_at IS NULL AND terms = 1 THEN
    INSERT INTO recurring_revenue_changes (partner_id, customer_id, service_id, plan_id, currency, on_month, change_amount)
    SELECT NEW.partner_id, NEW.customer_id, NEW.id, t.plan_id, t.currency,
           date_trunc('month', NEW.activated_at AT TIME ZONE (SELECT time_zone FROM partners WHERE id = NEW.partner_id))::date, t.monthly_amount
      FROM service_terms t WHERE t.partner_id = NEW.partner_id AND t.service_id = NEW.id AND t.monthly_amount <> 0;
  ELSE
    PERFORM write_recurring_revenue(ARRAY[NEW.id]);
  END IF;
  RETURN NULL;
END $$;

-- As before; the head is there but for a partner's very first entry.
CREATE OR REPLACE FUNCTION audit_append(for_partner integer, entries jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_heads;
  item jsonb;
  entry audit_entries;
BEGIN
  IF NOT tenancy.unrestricted() AND for_partner IS DISTINCT FROM tenancy.partner_id() THEN
    RAISE EXCEPTION 'audit chain of another partner' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO head FROM audit_heads WHERE partner_id = for_partner FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit_heads VALUES (for_partner, 0, '') ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT head FROM audit_heads WHERE partner_id = for_partner FOR UPDATE;
  END IF;
  FOR item IN SELECT * FROM jsonb_array_elements(entries) LOOP
    head.seq := head.seq + 1;
    entry := ROW(for_partner, head.seq, clock_timestamp(), item->>'actor', item->>'action', item->>'subject_type',
      item->>'subject_id', item->'changes', item->>'request_id', NULL)::audit_entries;
    head.hash := audit_hash(head.hash, entry);
    entry.hash := head.hash;
    INSERT INTO audit_entries SELECT entry.*;
  END LOOP;
  UPDATE audit_heads SET seq = head.seq, hash = head.hash WHERE partner_id = for_partner;
END $$;
`,
};
