/**
 * Statements that make so many customers of the operator, each with one to three working services since the beginning of
 * this month and two taxes, so that every account of theirs is due for one invoice and no other account is.
 */
export function billedAccounts(count: number, planId: number, tag = 1): string {
  return `
    WITH made AS (
      INSERT INTO customers (partner_id, kind, name, first_name, last_name, email, phone, address, status)
      SELECT 1, 'residential', 'Billed ' || n, 'Billed', n::text, 'billed-${tag}-' || n || '@example.net', '+1' || (3000000000 + ${tag} * 1000000 + n)::text,
             '{"street": "1 Main St", "city": "Springfield", "zip": "12345", "country": "US"}', 'active' FROM generate_series(1, ${count}) n
      RETURNING id)
    INSERT INTO services (partner_id, customer_id, service_type, plan_id, download_mbps, upload_mbps, monthly_amount, activation_amount, currency,
           status, operational_status, activated_at)
    SELECT 1, made.id, 'internet', ${planId}, 100, 50, 30 + made.id % 50, 0, 'USD', 'active', 'running', date_trunc('month', now())
      FROM made CROSS JOIN LATERAL generate_series(0, made.id % 3) n ORDER BY made.id;
    INSERT INTO tax_rates (region, code, name, percent, valid_from)
      VALUES ('BILLED', 'state', 'State tax', 6.25, '2020-01-01'), ('BILLED', 'city', 'City tax', 1.5, '2020-01-01') ON CONFLICT DO NOTHING;
    UPDATE billing_accounts SET next_run_on = '2199-01-01';
    DROP TABLE IF EXISTS billed;
    CREATE TEMPORARY TABLE billed ON COMMIT PRESERVE ROWS AS
      SELECT a.id, a.customer_id FROM billing_accounts a JOIN customers c ON c.id = a.customer_id WHERE c.email LIKE 'billed-${tag}-%';
    UPDATE billing_accounts a SET next_run_on = NULL, time_zone = 'UTC', starts_on = date_trunc('month', now())::date FROM billed b WHERE a.id = b.id;
    UPDATE billing_account_terms t SET from_on = date_trunc('month', now())::date, tax_region = 'BILLED' FROM billed b WHERE t.account_id = b.id;
    UPDATE service_terms t SET valid_from = date_trunc('month', now()) FROM billed b WHERE t.customer_id = b.customer_id;`;
}
