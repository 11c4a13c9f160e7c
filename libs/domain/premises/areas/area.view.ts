export const CONNECTIVITIES = ['live', 'building', 'planned'] as const;
export type Connectivity = (typeof CONNECTIVITIES)[number];

export interface AreaView {
  readonly id: number;
  readonly guid: string;
  /** Whose network it is. */
  readonly operatorGuid: string;
  readonly externalKey: string | null;
  readonly name: string;
  readonly connectivity: Connectivity;
  /** Since when, or from when on, lines work there: `YYYY-MM-DD`. */
  readonly liveOn: string | null;
  readonly plannedOn: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Columns of `areas a`. */
export const AREA_COLUMNS = `a.id::float8 AS id, a.guid, a.operator_id AS "operatorGuid", a.external_key AS "externalKey", a.name, a.connectivity,
  a.live_on::text AS "liveOn", a.planned_on::text AS "plannedOn", a.version, a.created_at AS "createdAt", a.updated_at AS "updatedAt"`;

/** What is furthest with its network comes first. */
export const BY_CONNECTIVITY = `array_position(ARRAY['live', 'building', 'planned'], a.connectivity), a.id`;
