import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AREA_OF_PLACE } from './premise.statements.js';

const ACTOR = systemActor('premises');
/** Premises in one transaction. */
const BATCH = 5_000;
/** Stands for every area. */
export const EVERYWHERE = 0;

// What the area has and what lies in the box around it; a premise outside of both cannot be concerned.
const LOCATE = statement(
  'premises-locate',
  `WITH box AS (
     SELECT min(((box(r.outline))[1])[1]) / 1e7 AS south, max(((box(r.outline))[0])[1]) / 1e7 AS north,
            min(((box(r.outline))[1])[0]) / 1e7 AS west, max(((box(r.outline))[0])[0]) / 1e7 AS east
       FROM area_rings r WHERE r.area_id = $2 AND r.ring = 0),
   batch AS MATERIALIZED (
     SELECT p.id, p.area_id, p.latitude, p.longitude FROM premises p
      WHERE p.id > $1 AND p.id <= $3 AND p.deleted_at IS NULL AND ($2 = ${EVERYWHERE} OR p.area_id = $2 OR EXISTS (
        SELECT FROM box b WHERE p.latitude BETWEEN b.south AND b.north AND p.longitude BETWEEN b.west AND b.east))
      ORDER BY p.id),
   moved AS (
     UPDATE premises p SET area_id = n.area_id, version = p.version + 1, updated_at = now()
       FROM (SELECT b.id, b.area_id AS old_area, (${AREA_OF_PLACE('b')}) AS area_id FROM batch b) n
      WHERE p.id = n.id AND p.area_id IS DISTINCT FROM n.area_id RETURNING p.id, p.version, n.old_area, n.area_id),
   noted AS (
     INSERT INTO premise_history (premise_id, version, actor, changes)
     SELECT m.id, m.version, '${ACTOR.name}', jsonb_build_object('area_id', jsonb_build_array(m.old_area, m.area_id)) FROM moved m)
   SELECT count(*)::integer AS moved FROM moved`,
);
const LAST = statement('premises-last', 'SELECT coalesce(max(id), 0)::float8 AS id FROM premises');

/** Tells premises in which area they are, after areas changed. */
@Injectable()
export class LocatePremises {
  constructor(private readonly uow: UnitOfWork) {}

  /** Answers how many premises lie in another area now. Started again it goes on to the same end. */
  async execute(areaId: number, beforeEach: () => Promise<void> = async () => {}): Promise<number> {
    const last = (await this.uow.run(ACTOR, (tx) => tx.one<{ id: number }>(LAST)))?.id ?? 0;
    let moved = 0;
    for (let after = 0; after < last; after += BATCH) {
      const batch = await this.uow.run(ACTOR, async (tx) => {
        await beforeEach();
        return tx.one<{ moved: number }>(LOCATE, [after, areaId, after + BATCH]);
      });
      moved += batch?.moved ?? 0;
    }
    return moved;
  }
}
