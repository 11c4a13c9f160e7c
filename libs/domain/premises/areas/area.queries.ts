import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type SortedSlice, UnitOfWork, sortedStatements, sorting, statement } from '@isp/platform/database';
import { premisesErrors } from '../premises.errors.js';
import { AreaStore } from './area-store.js';
import { AREA_COLUMNS, type AreaView, BY_CONNECTIVITY, type Connectivity } from './area.view.js';
import { isOnEarth, toGeoJson } from './outline.js';

const COVERING = statement(
  'areas-covering',
  `SELECT ${AREA_COLUMNS} FROM areas_covering($1, $2) c JOIN areas a ON a.id = c.area_id ORDER BY ${BY_CONNECTIVITY}`,
);
const MATCH = `FROM areas a WHERE a.deleted_at IS NULL AND ($1::text IS NULL OR a.connectivity = $1)
  AND ($2::text IS NULL OR strpos(lower(a.name), lower($2)) > 0)`;
export const AREA_SORTING = sorting({
  id: 'a.id',
  otherwise: ['a.id'],
  fields: { id: 'a.id', name: 'lower(a.name)', created_at: 'a.created_at', updated_at: 'a.updated_at' },
  // It has always had the latest first.
  words: { updated_at: '-updated_at' },
});
const LISTS = sortedStatements(
  'areas-list',
  AREA_SORTING,
  (order) => `SELECT ${AREA_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4`,
);
const COUNT = statement('areas-count', `SELECT count(*)::integer AS total ${MATCH}`);
const BY_ID = statement('areas-by-id', `SELECT ${AREA_COLUMNS} FROM areas a WHERE a.id = $1 AND a.deleted_at IS NULL`);
const GET = statement('areas-get', `SELECT ${AREA_COLUMNS} FROM areas a WHERE a.guid = $1 AND a.deleted_at IS NULL`);

export interface AreaFilter {
  readonly connectivity?: Connectivity | undefined;
  readonly search?: string | undefined;
}

@Injectable()
export class AreaQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly areas: AreaStore,
  ) {}

  list(actor: Actor, { connectivity, search }: AreaFilter, page: SortedSlice<typeof AREA_SORTING>) {
    const values = [connectivity ?? null, search ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<AreaView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** With its outline as a GeoJSON MultiPolygon. @throws `premises.area.not_found` */
  async draw(actor: Actor, id: number) {
    return this.uow.run(actor, async (tx) => {
      const area = await tx.one<AreaView>(BY_ID, [id]);
      if (!area) throw premisesErrors('premises.area.not_found');
      return { ...area, geometry: toGeoJson((await this.areas.outlines([id])).get(id) ?? []) };
    });
  }

  /**
   * Every area that covers a point (WGS 84 degrees), those that are live first.
   * @throws `premises.point.impossible` outside of the earth
   */
  covering(actor: Actor, latitude: number, longitude: number): Promise<AreaView[]> {
    if (!isOnEarth(latitude, longitude)) throw premisesErrors('premises.point.impossible');
    return this.uow.read(actor, (tx) => tx.query<AreaView>(COVERING, [latitude, longitude]));
  }

  /** @throws `premises.area.not_found` */
  async get(actor: Actor, guid: string): Promise<AreaView> {
    const area = await this.uow.read(actor, (tx) => tx.one<AreaView>(GET, [guid]));
    if (!area) throw premisesErrors('premises.area.not_found');
    return area;
  }
}
