import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { TechnicianQueries, assertOperator } from '@isp/domain/workforce';
import { UnitOfWork } from '@isp/platform/database';
import { type Opening, type Preference, firstOpenings, unfitFor } from './opening.policy.js';
import { Planner, type Wanted } from './planner.js';

export interface Openings {
  /** Times that can be booked, the best first, at most as many as asked for. */
  readonly openings: readonly Opening[];
  /** Who cannot make this visit at whatever time, and why. */
  readonly unfit: readonly {
    readonly technicianId: number;
    readonly technician: string;
    readonly why: readonly string[];
  }[];
}

/** Who could make the visit of a work order, and when. Nothing is held: the time may be gone when it is booked. */
@Injectable()
export class FindOpenings {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly planner: Planner,
    private readonly technicians: TechnicianQueries,
  ) {}

  /**
   * @param wanted by the terms of the visit where nothing is said; never further than their horizon
   * @param first `best` by what it costs, `soonest` by time
   * @throws `workforce.operator_only`, `work_orders.work_order.not_found`, `workforce.technician.not_found`
   */
  execute(
    actor: Actor,
    workOrderId: number,
    { first, limit, ...wanted }: Wanted & { readonly first: Preference; readonly limit: number },
  ): Promise<Openings> {
    assertOperator(actor);
    return this.uow.run(actor, async () => {
      if (wanted.technicianId !== undefined) await this.technicians.get(actor, wanted.technicianId);
      const { visit, people } = await this.planner.plan(workOrderId, wanted);
      const unfit = people.flatMap((person) => {
        const why = unfitFor(visit, person);
        return why.length === 0 ? [] : [{ technicianId: person.id, technician: person.name, why }];
      });
      return { openings: firstOpenings(visit, people, first, limit), unfit };
    });
  }
}
