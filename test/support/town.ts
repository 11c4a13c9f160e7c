/** Runs a statement as the owner of the schema; answers the rows of the last. */
export type Sql = <R extends object>(text: string) => Promise<R[]>;

export interface Plot {
  readonly guid: string;
  readonly reference: string;
}

export interface Town {
  /** Premises in the live area. */
  readonly plots: readonly Plot[];
  /** One where the network is planned, and one where nobody plans any. */
  readonly planned: Plot;
  readonly remote: Plot;
  /** Sold in the live area, and one that is sold nowhere. */
  readonly product: string;
  readonly unsold: string;
}

interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

const AREA = (name: string, connectivity: string, liveOn: string, { latitude, longitude }: Point): string => {
  const [x, y] = [Math.round(longitude * 1e7), Math.round(latitude * 1e7)];
  const corners = [
    [x, y],
    [x + 1_000_000, y],
    [x + 1_000_000, y + 1_000_000],
    [x, y + 1_000_000],
  ];
  return `WITH area AS (
      INSERT INTO areas (operator_id, name, connectivity, live_on)
      SELECT guid, '${name}', '${connectivity}', ${liveOn} FROM partners WHERE id = 1 RETURNING id)
    INSERT INTO area_rings (area_id, part, ring, outline)
      SELECT id, 0, 0, '(${corners.map(([a, b]) => `(${a},${b})`).join(',')})'::polygon FROM area RETURNING area_id::integer AS id`;
};

const PREMISES = (count: number, { latitude, longitude }: Point): string =>
  `INSERT INTO premises (operator_id, area_id, full_text, street_number, street_name, suburb, city, province, postal_code, country_code,
     latitude, longitude, search)
   SELECT guid, (SELECT area_id FROM areas_covering(${latitude}, ${longitude}) LIMIT 1), n || ' Fern Street, Hillside, Port, ZA, 1739, Gauteng',
          n::text, 'Fern Street', 'Hillside', 'Port', 'Gauteng', '1739', 'ZA', ${latitude} + n * 0.00001, ${longitude},
          to_tsvector('simple', n || ' fern street hillside port')
     FROM partners, generate_series(1, ${count}) n WHERE id = 1 RETURNING guid, register_guid AS reference`;

/** A small town: a live area with premises and one product on sale, a planned area, and a house far away from both. */
export async function buildTown(sql: Sql, plots: number, planId = 1): Promise<Town> {
  const [here, there, away] = [
    { latitude: -26.05, longitude: 27.75 },
    { latitude: -26.55, longitude: 27.75 },
    { latitude: -30, longitude: 20 },
  ];
  const [live] = await sql<{ id: number }>(AREA('Hillside', 'live', `'2024-01-01'`, here));
  await sql(AREA('Lakeside', 'planned', `'2099-03-01'`, there));
  const inside = ({ latitude, longitude }: Point) => ({ latitude: latitude + 0.01, longitude: longitude + 0.05 });
  const made = await sql<Plot>(PREMISES(plots, inside(here)));
  const [planned] = await sql<Plot>(PREMISES(1, inside(there)));
  const [remote] = await sql<Plot>(PREMISES(1, away));
  await sql(
    `INSERT INTO area_products (area_id, plan_id, sold_from) VALUES (${live?.id}, ${planId}, now() - interval '1 day')`,
  );
  const guidOf = async (where: string) =>
    (await sql<{ guid: string }>(`SELECT guid FROM plans WHERE ${where} LIMIT 1`))[0]?.guid ?? '';
  const others = `id <> ${planId} AND service_type = 'internet'`;
  return {
    plots: made,
    planned: planned as Plot,
    remote: remote as Plot,
    product: await guidOf(`id = ${planId}`),
    unsold: await guidOf(others),
  };
}
