import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { premisesErrors } from '../premises.errors.js';
import { AREA_COLUMNS, type AreaView, BY_CONNECTIVITY, type Connectivity } from './area.view.js';

const COVERING = statement(
  'areas-covering',
  `SELECT ${AREA_COLUMNS} FROM areas_covering($1, $2) c JOIN areas a ON a.id = c.area_id ORDER BY ${BY_CONNECTIVITY}`,
);
const GET = statement('areas-get', `SELECT ${AREA_COLUMNS} FROM areas a WHERE a.guid = $1 AND a.deleted_at IS NULL`);

export interface AreaFilter {
  readonly connectivity?: Connectivity | undefined;
  readonly search?: string | undefined;
}

@Injectable()
export class AreaQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Every area that covers a point (WGS 84 degrees), those that are live first.
   * @throws `premises.point.impossible` outside of the earth
   */
  covering(actor: Actor, latitude: number, longitude: number): Promise<AreaView[]> {
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) throw premisesErrors('premises.point.impossible');
    return this.uow.read(actor, (tx) => tx.query<AreaView>(COVERING, [latitude, longitude]));
  }

  /** @throws `premises.area.not_found` */
  async get(actor: Actor, guid: string): Promise<AreaView> {
    const area = await this.uow.read(actor, (tx) => tx.one<AreaView>(GET, [guid]));
    if (!area) throw premisesErrors('premises.area.not_found');
    return area;
  }
}
