import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { Crew, TechnicianQueries, type TechnicianView } from '@isp/domain/workforce';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { workOrderErrors } from '../work-orders/work-order.errors.js';
import { type Opening, type Person, type Visit, byCost, firstOpenings, openingAt } from './opening.policy.js';
import { Planner } from './planner.js';

export interface Wish {
  /** Whoever is best, when absent. */
  readonly technicianId?: number | undefined;
  /** The best time, when absent. */
  readonly startsAt?: Date | undefined;
  /** Both are named, and hold although something speaks against them. */
  readonly anyway?: boolean | undefined;
}

/** Who goes when; the technician is held until the transaction ends. */
export interface Chosen {
  readonly technician: TechnicianView;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly reasons: readonly string[];
}

/** Chooses who makes a visit, and when. Whoever it chooses is held, and judged by what is known then. */
@Injectable()
export class Chooser {
  constructor(
    private readonly planner: Planner,
    private readonly crew: Crew,
    private readonly technicians: TechnicianQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Whether the terms of a work order want an appointment without anybody asking. */
  async isAutomatic(workOrderId: number): Promise<boolean> {
    return (await this.planner.needs(workOrderId)).automatic;
  }

  /**
   * Undefined when nobody is free.
   * @throws `work_orders.schedule.in_the_past`, `workforce.technician.not_found`, `work_orders.appointment.unsuitable`
   */
  choose(actor: Actor, workOrderId: number, wish: Wish): Promise<Chosen | undefined> {
    const { technicianId, startsAt, anyway = false } = wish;
    if (startsAt && startsAt <= this.clock.now()) throw workOrderErrors('work_orders.schedule.in_the_past');
    return technicianId !== undefined && startsAt
      ? this.named(actor, workOrderId, { technicianId, startsAt, anyway })
      : this.best(actor, workOrderId, wish);
  }

  private async named(
    actor: Actor,
    workOrderId: number,
    { technicianId, startsAt, anyway }: { technicianId: number; startsAt: Date; anyway: boolean },
  ): Promise<Chosen> {
    await this.crew.hold(technicianId);
    const technician = await this.technicians.get(actor, technicianId);
    const { visit, people } = await this.planner.plan(workOrderId, { from: startsAt, technicianId });
    const found = openingAt(visit, people[0] as Person, startsAt.getTime());
    if ('cost' in found) return { technician, ...timeOf(found) };
    const gone = technician.status === 'inactive';
    if (gone || !anyway) throw workOrderErrors('work_orders.appointment.unsuitable', { why: found.join('; ') });
    const endsAt = new Date(startsAt.getTime() + visit.minutes * 60_000);
    return { technician, startsAt, endsAt, reasons: found.map((why) => `although this technician ${why}`) };
  }

  /** Technicians by their best opening; each is held before what they have left is looked at again. */
  private async best(actor: Actor, workOrderId: number, { technicianId, startsAt }: Wish): Promise<Chosen | undefined> {
    if (technicianId !== undefined) await this.technicians.get(actor, technicianId);
    const wanted = { from: startsAt, technicianId };
    const { visit, people } = await this.planner.plan(workOrderId, wanted);
    const promising = people
      .flatMap((person) => bestOf(visit, person, startsAt) ?? [])
      .sort(byCost)
      .map((opening) => opening.technicianId);
    for (const id of promising) {
      await this.crew.hold(id);
      const now = await this.planner.plan(workOrderId, { ...wanted, technicianId: id });
      const found = now.people.flatMap((person) => bestOf(now.visit, person, startsAt) ?? [])[0];
      if (found) return { technician: await this.technicians.get(actor, id), ...timeOf(found) };
    }
    return undefined;
  }
}

function bestOf(visit: Visit, person: Person, startsAt: Date | undefined): Opening | undefined {
  if (!startsAt) return firstOpenings(visit, [person], 'best', 1)[0];
  const found = openingAt(visit, person, startsAt.getTime());
  return 'cost' in found ? found : undefined;
}

function timeOf({ startsAt, endsAt, reasons }: Opening): Omit<Chosen, 'technician'> {
  return { startsAt: new Date(startsAt), endsAt: new Date(endsAt), reasons: reasons.map(({ detail }) => detail) };
}
