import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, together, violatedConstraint } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { premisesErrors } from '../premises.errors.js';
import { AREA_COLUMNS, type AreaView, type Connectivity } from './area.view.js';
import { type Part, fromPolygonText, toPolygonText } from './outline.js';

const COLUMNS = 'operator_id, external_key, name, connectivity, live_on, planned_on';
const INSERT = statement(
  'areas-insert',
  `INSERT INTO areas AS a (${COLUMNS})
   VALUES (coalesce($1, (SELECT guid FROM partners WHERE id = 1)), $2, $3, $4, $5, $6) RETURNING ${AREA_COLUMNS}`,
);
const UPDATE = statement(
  'areas-update',
  `UPDATE areas a SET operator_id = $2, external_key = $3, name = $4, connectivity = $5, live_on = $6, planned_on = $7,
          version = version + 1, updated_at = now() WHERE id = $1 RETURNING ${AREA_COLUMNS}`,
);
const DELETE = statement(
  'areas-delete',
  'UPDATE areas SET deleted_at = now(), updated_at = now(), version = version + 1 WHERE id = $1',
);
const LOCK = statement(
  'areas-lock',
  `SELECT ${AREA_COLUMNS} FROM areas a WHERE a.id = $1 AND a.deleted_at IS NULL FOR UPDATE`,
);
const LOCK_KEYS = statement(
  'areas-lock-keys',
  `SELECT ${AREA_COLUMNS} FROM areas a WHERE a.external_key = ANY ($1::text[]) AND a.deleted_at IS NULL ORDER BY a.id FOR UPDATE`,
);
const CLEAR_RINGS = statement('area-rings-clear', 'DELETE FROM area_rings WHERE area_id = $1');
const ADD_RINGS = statement(
  'area-rings-add',
  `INSERT INTO area_rings (area_id, part, ring, outline)
   SELECT $1, part, ring, outline::polygon FROM unnest($2::integer[], $3::integer[], $4::text[]) r (part, ring, outline)`,
);
const RINGS = statement(
  'area-rings-of',
  `SELECT area_id::float8 AS "areaId", part, outline::text AS outline FROM area_rings WHERE area_id = ANY ($1::bigint[])
    ORDER BY area_id, part, ring`,
);

export interface AreaValues {
  readonly operatorGuid?: string | null | undefined;
  readonly externalKey?: string | null | undefined;
  readonly name: string;
  readonly connectivity: Connectivity;
  readonly liveOn?: string | null | undefined;
  readonly plannedOn?: string | null | undefined;
}

/** Rows of areas and their outlines, inside the caller's transaction. */
@Injectable()
export class AreaStore {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly work: WorkQueue,
  ) {}

  /** @throws `premises.area.key_taken` */
  async insert(values: AreaValues, parts: readonly Part[]): Promise<AreaView> {
    const area = (await this.uow.tx.one<AreaView>(INSERT, rowOf(values)).catch(keyTaken(values))) as AreaView;
    await this.addRings(area.id, parts);
    return area;
  }

  /** @throws `premises.area.key_taken` */
  async update(id: number, values: AreaValues, parts?: readonly Part[]): Promise<AreaView> {
    const { tx } = this.uow;
    const saved = tx.one<AreaView>(UPDATE, [id, ...rowOf(values)]).catch(keyTaken(values));
    if (!parts) return (await saved) as AreaView;
    const [area] = await together([saved, tx.execute(CLEAR_RINGS, [id])]);
    await this.addRings(id, parts);
    return area as AreaView;
  }

  async remove(id: number): Promise<void> {
    await this.uow.tx.execute(DELETE, [id]);
  }

  /** @throws `premises.area.not_found` */
  async lock(id: number): Promise<AreaView> {
    const area = await this.uow.tx.one<AreaView>(LOCK, [id]);
    if (!area) throw premisesErrors('premises.area.not_found');
    return area;
  }

  lockByKeys(keys: readonly string[]): Promise<AreaView[]> {
    return this.uow.tx.query<AreaView>(LOCK_KEYS, [keys]);
  }

  /** Premises in and around the area are told where they are now, once this transaction is through. */
  relocatePremises({ id, version }: Pick<AreaView, 'id' | 'version'>): void {
    this.work.enqueueOnCommit('premises.locate', { area_id: id }, { dedupeKey: `${id}:${version}`, priority: 'low' });
  }

  /** The outlines of areas, by area id. */
  async outlines(ids: readonly number[]): Promise<ReadonlyMap<number, Part[]>> {
    const rows = await this.uow.tx.query<{ areaId: number; part: number; outline: string }>(RINGS, [ids]);
    const all = new Map<number, Part[]>();
    for (const { areaId, part, outline } of rows) {
      const parts = all.get(areaId) ?? [];
      parts[part] = [...(parts[part] ?? []), fromPolygonText(outline)];
      all.set(areaId, parts);
    }
    return all;
  }

  private async addRings(id: number, parts: readonly Part[]): Promise<void> {
    const rings = parts.flatMap((rings, part) => rings.map((outline, ring) => ({ part, ring, outline })));
    const values = [
      rings.map(({ part }) => part),
      rings.map(({ ring }) => ring),
      rings.map(({ outline }) => toPolygonText(outline)),
    ];
    await this.uow.tx.execute(ADD_RINGS, [id, ...values]);
  }
}

const rowOf = ({ operatorGuid, externalKey, name, connectivity, liveOn, plannedOn }: AreaValues): unknown[] => [
  operatorGuid ?? null,
  externalKey ?? null,
  name,
  connectivity,
  liveOn ?? null,
  plannedOn ?? null,
];

const keyTaken =
  ({ externalKey }: AreaValues) =>
  (error: unknown): never => {
    if (violatedConstraint(error) !== 'areas_external_key') throw error;
    const key = externalKey ?? '';
    throw premisesErrors(
      'premises.area.key_taken',
      { key },
      { details: [{ field: 'external_key', message: 'is already taken' }] },
    );
  };
