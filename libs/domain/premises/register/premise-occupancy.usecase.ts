import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { AREA_COLUMNS, type AreaView, BY_CONNECTIVITY } from '../areas/area.view.js';
import { premisesErrors } from '../premises.errors.js';
import { PREMISE_COLUMNS, PREMISE_TABLES, type PremiseView } from './premise.view.js';

const LOCK = statement(
  'premises-lock',
  `SELECT ${PREMISE_COLUMNS} FROM ${PREMISE_TABLES}
    WHERE p.id = (SELECT x.id FROM premises x WHERE x.guid = $1 UNION ALL SELECT x.id FROM premises x WHERE x.register_guid = $2 LIMIT 1)
      AND p.deleted_at IS NULL FOR UPDATE OF p`,
);
const COVERING = statement(
  'premises-covering',
  `SELECT ${AREA_COLUMNS} FROM premises p, areas_covering(p.latitude, p.longitude) c JOIN areas a ON a.id = c.area_id
    WHERE p.id = $1 ORDER BY ${BY_CONNECTIVITY}`,
);
const OCCUPY = statement(
  'premises-occupy',
  `INSERT INTO premise_occupations (premise_id, partner_id, customer_id, customer_guid, service_id, state)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);
const CONNECT = statement(
  'premises-connect',
  `UPDATE premise_occupations SET state = 'in_service', since = now() WHERE service_id = $1 AND state = 'ordered'`,
);
const RELEASE = statement('premises-release', 'DELETE FROM premise_occupations WHERE service_id = $1');

/** A premise by its own guid, or by that of its entry in the register (the external reference of an order). */
export type PremiseName = { readonly guid: string } | { readonly registerGuid: string };

export interface Occupant {
  readonly premiseId: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly customerGuid: string;
  readonly serviceId: number;
  /** What it is from the start; an order unless told otherwise. */
  readonly state?: 'ordered' | 'in_service';
}

/**
 * Who is on a premise: one service at a time, from its order to its end. The key of the table decides between two that
 * come at once; the premise's status and its history follow in the same transaction.
 */
@Injectable()
export class PremiseOccupancy {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * Locks a premise until the caller's transaction ends, and answers it with the live areas that cover it, if it can be
   * ordered on. Inside a transaction only.
   * @throws `premises.premise.not_found`, `premises.premise.occupied`, `premises.premise.not_covered`,
   *   `premises.premise.not_live` (areas cover it, none of them live)
   */
  async lockForOrder(
    name: PremiseName,
  ): Promise<{ readonly premise: PremiseView; readonly areas: readonly AreaView[] }> {
    const { tx } = this.uow;
    const keys = 'guid' in name ? [name.guid, null] : [null, name.registerGuid];
    const premise = await tx.one<PremiseView>(LOCK, keys);
    if (!premise) throw premisesErrors('premises.premise.not_found');
    if (premise.status !== 'vacant') throw premisesErrors('premises.premise.occupied');
    const covering = await tx.query<AreaView>(COVERING, [premise.id]);
    const areas = covering.filter(({ connectivity }) => connectivity === 'live');
    if (areas.length > 0) return { premise, areas };
    const [next] = covering;
    if (!next) throw premisesErrors('premises.premise.not_covered');
    const { connectivity } = next;
    const day = comesOn(covering.filter((area) => area.connectivity === connectivity));
    const expected = day === undefined ? '' : `, expected from ${day}`;
    throw premisesErrors('premises.premise.not_live', { connectivity, expected });
  }

  /** In the caller's transaction. @throws `premises.premise.occupied` when somebody else came first */
  async occupy({
    premiseId,
    partnerId,
    customerId,
    customerGuid,
    serviceId,
    state = 'ordered',
  }: Occupant): Promise<void> {
    await this.uow.tx
      .execute(OCCUPY, [premiseId, partnerId, customerId, customerGuid, serviceId, state])
      .catch((error: unknown) => {
        if (violatedConstraint(error) === 'premise_occupations_pkey') throw premisesErrors('premises.premise.occupied');
        throw error;
      });
  }

  /** The service that was ordered works. Once more changes nothing. */
  async connect(actor: Actor, serviceId: number): Promise<void> {
    await this.uow.run(actor, (tx) => tx.execute(CONNECT, [serviceId]));
  }

  /** The service is over, or its order is undone: the premise is vacant. Once more changes nothing. */
  async release(actor: Actor, serviceId: number): Promise<void> {
    await this.uow.run(actor, (tx) => tx.execute(RELEASE, [serviceId]));
  }
}

/** The first day on which one of the areas is to be there, as far as anybody has said. */
function comesOn(areas: readonly AreaView[]): string | undefined {
  return areas.flatMap(({ liveOn, plannedOn }) => liveOn ?? plannedOn ?? []).sort()[0];
}
