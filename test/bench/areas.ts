import type pg from 'pg';

const CLUSTERS = 400;
const OPERATORS = 5;
/** Degrees: how far an area's centre is from its cluster's, and how large an area is. */
const SPREAD = 0.15;
const RADIUS = { least: 0.002, most: 0.012 };
const VERTICES = { least: 8, most: 64 };

/** A number that follows from others, evenly spread over 0 to 1. */
function chance(...seeds: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const seed of seeds) {
    hash = Math.imul(hash ^ seed, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ (hash >>> 16);
  }
  return (hash >>> 0) / 2 ** 32;
}

const cluster = (n: number): readonly [latitude: number, longitude: number] => [
  -34 + chance(n, 1) * 12,
  17 + chance(n, 2) * 15,
];

function centreOf(n: number): readonly [latitude: number, longitude: number] {
  // Areas of different operators lie over one another.
  const place = Math.floor(n / OPERATORS);
  const [latitude, longitude] = cluster(place % CLUSTERS);
  const shift = (seed: number) => (chance(place, seed) - 0.5) * 2 * SPREAD + (chance(n, seed) - 0.5) * 0.006;
  return [latitude + shift(3), longitude + shift(4)];
}

/** The outline of the n-th of many irregular areas in clusters, as PostgreSQL writes a polygon of whole 1e-7 degrees. */
export function outlineNumber(n: number): string {
  const [latitude, longitude] = centreOf(n);
  const corners = VERTICES.least + Math.floor(chance(n, 5) * (VERTICES.most - VERTICES.least + 1));
  const size = RADIUS.least + chance(n, 6) * (RADIUS.most - RADIUS.least);
  const points = Array.from({ length: corners }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / corners;
    const reach = size * (0.4 + 0.6 * chance(n, corner, 7));
    const [x, y] = [longitude + reach * Math.cos(angle), latitude + reach * Math.sin(angle)];
    return `(${Math.round(x * 1e7)},${Math.round(y * 1e7)})`;
  });
  return `(${points.join()})`;
}

/** The n-th of many places, most of them in or near some area of so many. */
export function placeNumber(n: number, areas: number): readonly [latitude: string, longitude: string] {
  const [latitude, longitude] = centreOf(Math.floor(chance(n, 8) * areas));
  const near = (value: number, seed: number) => (value + (chance(n, seed) - 0.5) * 0.012).toFixed(7);
  return [near(latitude, 9), near(longitude, 10)];
}

/** So many live areas, each of which sells two plans, over which each partner has products with a price. */
export async function fillAreas(client: pg.Client, count: number, partners: readonly number[]): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM areas LIMIT 1');
  if (rowCount) return;
  console.log(`making ${count} areas`);
  await client.query(
    `INSERT INTO areas (operator_id, external_key, name, connectivity, live_on)
     SELECT guid, 'bench-' || n, 'Area ' || n, CASE n % 20 WHEN 0 THEN 'planned' WHEN 1 THEN 'building' ELSE 'live' END, '2024-01-01'
       FROM partners, generate_series(0, $1 - 1) n WHERE partners.id = 1`,
    [count],
  );
  for (let from = 0; from < count; from += 5_000) {
    const numbers = Array.from({ length: Math.min(5_000, count - from) }, (_, index) => from + index);
    await client.query(
      `INSERT INTO area_rings (area_id, part, ring, outline)
       SELECT a.id, 1, 0, r.outline::polygon FROM unnest($1::text[], $2::text[]) AS r (key, outline) JOIN areas a ON a.external_key = r.key`,
      [numbers.map((n) => `bench-${n}`), numbers.map(outlineNumber)],
    );
  }
  await client.query(
    `INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount, tax_percent, contract_months)
     SELECT 'AREA-' || n, 'Fibre ' || n, 'home', 'internet', n, n, 100 + n, 15, 1 FROM unnest(ARRAY[50, 100, 200, 500]) n`,
  );
  await client.query(
    `INSERT INTO area_products (area_id, plan_id, sold_from)
     SELECT a.id, p.id, '2024-01-01' FROM areas a JOIN plans p ON p.sku IN ('AREA-50', CASE a.id % 3 WHEN 0 THEN 'AREA-100' WHEN 1 THEN 'AREA-200' ELSE 'AREA-500' END)`,
  );
  await client.query(
    `WITH made AS (
       INSERT INTO partner_products (partner_id, plan_id, name)
       SELECT partner, p.id, 'Retail ' || p.sku FROM unnest($1::integer[]) partner, plans p WHERE p.sku LIKE 'AREA-%' RETURNING partner_id, id)
     INSERT INTO product_prices (partner_id, product_id, price_type, currency, tax_percent, amount, effective_at, set_by)
     SELECT partner_id, id, 'monthly', 'ZAR', 15, 477.3913, '2024-01-01', 'bench' FROM made`,
    [partners],
  );
  await client.query('VACUUM ANALYZE areas, area_rings, area_products, partner_products, product_prices, plans');
}
