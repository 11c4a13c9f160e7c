import type pg from 'pg';

const FIRST =
  'Anna Ben Carla David Emma Felix Grace Hugo Ines Jonas Karin Liam Maria Noah Olga Paul Quinn Rosa Samuel Tara Umar Vera Walter Xenia Yusuf Zoe';
const LAST =
  'Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores';
const CITIES = 'Springfield Riverton Oakland Fairview Georgetown Salem Clinton Madison Franklin Bristol';

/** What the searches of the benchmark look for, among a million of others. */
export const RARE = {
  name: 'Wilhelmina Oppenheimer-Zhang',
  email: 'wilhelmina.oz@rare.example',
  phone: '+1 (987) 654-3210',
} as const;

/**
 * Customers with everyday names, set-based: of a million the second partner owns a quarter, the third a thousand, the
 * rest is spread. Does nothing when they are there.
 */
export async function fillCustomers(client: pg.Client, count: number, partners: readonly number[]): Promise<void> {
  const { rows } = await client.query<{ there: number }>('SELECT count(*)::integer AS there FROM customers');
  if ((rows[0]?.there ?? 0) >= count) return;
  if ((rows[0]?.there ?? 0) > 0) throw new Error('the data directory holds another number of customers');
  console.log(`making ${count} customers`);
  await client.query(
    `INSERT INTO partners (id, name, kind, tier) OVERRIDING SYSTEM VALUE SELECT p, 'Partner ' || p, 'isp', 'enterprise' FROM unnest($1::integer[]) p WHERE p <> 1`,
    [partners],
  );
  // An index that is built at the end is built far sooner.
  const index = await client.query<{ text: string }>(`SELECT pg_get_indexdef('customers_search'::regclass) AS text`);
  await client.query('DROP INDEX customers_search');
  await client.query(
    `INSERT INTO customers (partner_id, kind, name, first_name, last_name, email, phone, address, status, created_at)
     SELECT CASE WHEN n % 4 = 0 THEN $4::integer WHEN n % 1000 = 1 THEN $5::integer ELSE ($6::integer[])[1 + n % cardinality($6::integer[])] END,
            CASE WHEN n % 20 = 0 THEN 'sme' WHEN n % 200 = 1 THEN 'enterprise' ELSE 'residential' END,
            p.first || ' ' || p.last, p.first, p.last, lower(p.first) || '.' || lower(p.last) || n || '@example.net',
            '+1' || (2000000000 + hashint4(n)::bigint & 2147483647)::text,
            jsonb_build_object('street', n % 900 || ' Main St', 'city', p.city, 'zip', lpad((n % 90000)::text, 5, '0'), 'country', 'US'),
            CASE n % 25 WHEN 3 THEN 'suspended' WHEN 7 THEN 'terminated' WHEN 11 THEN 'trial' ELSE 'active' END,
            now() - make_interval(mins => $7 - n)
       FROM generate_series(1, $7) n, LATERAL (
         SELECT ($1::text[])[1 + abs(hashint4(n)) % cardinality($1::text[])] AS first,
                ($2::text[])[1 + abs(hashint4(n + 7919)) % cardinality($2::text[])] AS last,
                ($3::text[])[1 + n % cardinality($3::text[])] AS city) p`,
    [
      FIRST.split(' '),
      LAST.split(' '),
      CITIES.split(' '),
      partners[1],
      partners[2],
      [partners[0], ...partners.slice(3)],
      count,
    ],
  );
  await client.query(
    `UPDATE customers SET name = $1, email = $2, phone = $3
      WHERE id = (SELECT id FROM customers WHERE partner_id = $4 ORDER BY id OFFSET (SELECT count(*) / 2 FROM customers WHERE partner_id = $4) LIMIT 1)`,
    [RARE.name, RARE.email, RARE.phone, partners[1]],
  );
  await client.query(`SET maintenance_work_mem = '512MB'`);
  await client.query(index.rows[0]?.text ?? '');
  await client.query('VACUUM ANALYZE customers');
}

/** One plan, one router without latency, 65,000 addresses. */
export async function fillNetwork(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM devices');
  if (rowCount) return;
  await client.query(
    `INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount) VALUES ('bench', 'Bench 100', 'home', 'internet', 100, 50, 30)`,
  );
  await client.query(
    `INSERT INTO bandwidth_profiles (name, download_kbps, upload_kbps) VALUES ('bench-100', 100000, 50000)`,
  );
  await client.query(`INSERT INTO devices (name, driver, settings) VALUES ('bench', 'simulated', '{"latency_ms": 0}')`);
  await fillPool(client, 'bench', '10.0.0.0/16', 65_000);
  await client.query('VACUUM ANALYZE ip_addresses');
}

/** A pool of a device with so many addresses, none of them in use. */
export async function fillPool(client: pg.Client, device: string, prefix: string, count: number): Promise<void> {
  await client.query(
    `WITH d AS (SELECT id FROM devices WHERE name = $1),
     x AS (INSERT INTO prefixes (vrf_id, prefix, role, device_id) SELECT 1, $2::cidr, 'assignment', d.id FROM d RETURNING id, prefix, device_id)
     INSERT INTO ip_pools (router_id, name, kind, vrf_id, prefix_id, base_prefix, prefix, unit_length)
     SELECT device_id, $1, 'ipv4', 1, id, prefix, prefix, 32 FROM x`,
    [device, prefix],
  );
  await client.query(
    `INSERT INTO ip_addresses (pool_id, vrf_id, address)
     SELECT id, vrf_id, host(set_masklen(prefix, 32)::inet + n)::inet FROM ip_pools, generate_series(1, $2) n WHERE name = $1`,
    [device, count],
  );
}

/** Sold, not yet provisioned: one service for each of so many customers, spread over the partners; their ids. */
export async function fillServices(client: pg.Client, count: number, partners: readonly number[]): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO services (partner_id, customer_id, service_type, plan_id, download_mbps, upload_mbps, monthly_amount, activation_amount, currency)
     SELECT c.partner_id, c.id, 'internet', (SELECT id FROM plans WHERE sku = 'bench'), 100, 50, 30, 0, 'USD'
       FROM customers c WHERE c.status = 'active' AND c.partner_id = ANY($2) ORDER BY c.id LIMIT $1 RETURNING id`,
    [count, partners],
  );
  await client.query('ANALYZE services, provisioning_jobs, provisioning_steps, work_items, outbox');
  return rows.map(({ id }) => id);
}
