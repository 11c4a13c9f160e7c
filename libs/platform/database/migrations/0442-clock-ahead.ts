import type { SqlMigration } from '../migration.js';

/** A sandbox whose programs are days ahead writes those days where the database tells the time by itself. */
export const clockAhead: SqlMigration = {
  name: '0442-clock-ahead',
  up: `
-- The time that the program of this session goes by.
CREATE FUNCTION program_now() RETURNS timestamptz LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT now() + make_interval(days => coalesce(nullif(current_setting('app.clock_ahead_days', true), '')::integer, 0)) $$;

CREATE OR REPLACE FUNCTION record_service_terms() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO service_terms (partner_id, customer_id, service_id, plan_id, plan_version, static_ip, monthly_amount, currency, valid_from)
    VALUES (NEW.partner_id, NEW.customer_id, NEW.id, NEW.plan_id, NEW.plan_version, NEW.static_ip, NEW.monthly_amount, NEW.currency,
            CASE TG_OP WHEN 'INSERT' THEN NEW.created_at ELSE program_now() END);
  RETURN NULL;
END $$;
`,
};
