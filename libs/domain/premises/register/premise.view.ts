/** The parts of an address, as the documents name them. */
export interface AddressParts {
  readonly streetNumber: string | null;
  readonly streetName: string | null;
  readonly intersection: string | null;
  readonly plotNumber: string | null;
  readonly mduName: string | null;
  readonly mduBlock: string | null;
  readonly mduFloor: string | null;
  readonly mduUnit: string | null;
  readonly suburb: string | null;
  readonly city: string | null;
  readonly province: string | null;
  readonly postalCode: string | null;
  readonly countryCode: string | null;
}

export const PREMISE_STATUSES = ['vacant', 'ordered', 'in_service'] as const;
export type PremiseStatus = (typeof PREMISE_STATUSES)[number];

/** An address that can be served, and its entry in the address register. */
export interface PremiseView extends AddressParts {
  readonly id: number;
  readonly guid: string;
  /** Names the entry in the register: the external reference by which lines are ordered. */
  readonly registerGuid: string;
  /** By which an import knows it again. */
  readonly externalKey: string;
  readonly operatorGuid: string;
  readonly areaId: number | null;
  readonly areaGuid: string | null;
  /** The address in one line, as it was delivered. */
  readonly fullText: string;
  readonly name: string | null;
  /** WGS 84 degrees. */
  readonly latitude: number;
  readonly longitude: number;
  readonly reference: string | null;
  readonly assetReference: string | null;
  readonly typeId: string | null;
  readonly status: PremiseStatus;
  /** Who is there; null for everybody but the partner whose customer it is. */
  readonly customerGuid: string | null;
  readonly serviceId: number | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

/** Columns of `premises p`, `areas a` and `premise_occupations o`. */
export const PREMISE_COLUMNS = `p.id::float8 AS id, p.guid, p.register_guid AS "registerGuid", p.external_key AS "externalKey",
  p.operator_id AS "operatorGuid", p.area_id::float8 AS "areaId", a.guid AS "areaGuid", p.full_text AS "fullText", p.name,
  p.street_number AS "streetNumber", p.street_name AS "streetName", p.intersection, p.plot_number AS "plotNumber",
  p.mdu_name AS "mduName", p.mdu_block AS "mduBlock", p.mdu_floor AS "mduFloor", p.mdu_unit AS "mduUnit", p.suburb, p.city,
  p.province, p.postal_code AS "postalCode", p.country_code AS "countryCode", p.latitude::float8 AS latitude,
  p.longitude::float8 AS longitude, p.reference, p.asset_reference AS "assetReference", p.type_id AS "typeId", p.status,
  o.customer_guid AS "customerGuid", o.service_id AS "serviceId", p.version, p.created_at AS "createdAt",
  p.updated_at AS "updatedAt", p.deleted_at AS "deletedAt"`;

export const PREMISE_TABLES = `premises p LEFT JOIN areas a ON a.id = p.area_id AND a.deleted_at IS NULL
  LEFT JOIN premise_occupations o ON o.premise_id = p.id`;

export interface PremiseHistoryView {
  readonly id: number;
  readonly version: number;
  readonly at: Date;
  readonly actor: string;
  /** `{ field: [before, after] }` */
  readonly changes: Readonly<Record<string, readonly [unknown, unknown]>>;
}
