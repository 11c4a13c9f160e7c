import { Inject, Injectable } from '@nestjs/common';
import { Crew, type Place } from '@isp/domain/workforce';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { workOrderErrors } from '../work-orders/work-order.errors.js';
import type { Engagement, Person, Visit } from './opening.policy.js';

const DAY_MS = 86_400_000;
const NEEDS = statement(
  'dispatch-needs',
  `SELECT v.minutes, v.skills, v.notice_minutes AS "noticeMinutes", v.horizon_days AS "horizonDays", v.automatic, p.area_id::integer AS "areaId",
          CASE WHEN p.id IS NOT NULL THEN json_build_object('latitude', p.latitude::float8, 'longitude', p.longitude::float8) END AS place
     FROM work_orders w JOIN visit_terms v ON v.type = w.type
     LEFT JOIN premise_occupations o ON o.service_id = w.service_id LEFT JOIN premises p ON p.id = o.premise_id WHERE w.id = $1`,
);
const ENGAGED = statement(
  'dispatch-engaged',
  `SELECT a.technician_id AS "technicianId", (extract(epoch FROM a.starts_at) * 1000)::float8 AS "from", (extract(epoch FROM a.ends_at) * 1000)::float8 AS until,
          CASE WHEN p.id IS NOT NULL THEN json_build_object('latitude', p.latitude::float8, 'longitude', p.longitude::float8) END AS place
     FROM appointments a JOIN work_orders w ON w.partner_id = a.partner_id AND w.id = a.work_order_id
     LEFT JOIN premise_occupations o ON o.service_id = w.service_id LEFT JOIN premises p ON p.id = o.premise_id
    WHERE a.status = 'booked' AND a.work_order_id <> $1 AND a.ends_at > $2 AND a.starts_at < $3
      AND ($4::integer IS NULL OR a.technician_id = $4) ORDER BY a.starts_at`,
);

export interface Needs {
  readonly minutes: number;
  readonly skills: readonly string[];
  readonly noticeMinutes: number;
  readonly horizonDays: number;
  readonly automatic: boolean;
  readonly areaId: number | null;
  readonly place: Place | null;
}

export interface Plan {
  readonly visit: Visit;
  readonly people: readonly Person[];
}

/** When a visit is to be; by its terms where nothing is said. */
export interface Wanted {
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  readonly technicianId?: number | undefined;
}

/** What is known of a visit and of who could make it. Inside the caller's transaction. */
@Injectable()
export class Planner {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly crew: Crew,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `work_orders.work_order.not_found` */
  async plan(workOrderId: number, { from, until, technicianId }: Wanted): Promise<Plan> {
    const { minutes, skills, place, areaId, noticeMinutes, horizonDays } = await this.needs(workOrderId);
    const now = this.clock.now().getTime();
    const begin = Math.max(now, from?.getTime() ?? now + noticeMinutes * 60_000);
    const end = Math.min(until?.getTime() ?? Infinity, begin + horizonDays * DAY_MS);
    const visit = { minutes, skills, place, areaId, from: begin, until: end };
    return { visit, people: await this.people(workOrderId, visit, technicianId) };
  }

  /** What the visit of a work order takes. @throws `work_orders.work_order.not_found` */
  async needs(workOrderId: number): Promise<Needs> {
    const needs = await this.uow.tx.one<Needs>(NEEDS, [workOrderId]);
    if (!needs) throw workOrderErrors('work_orders.work_order.not_found');
    return needs;
  }

  /** Everybody active, or one technician, with a day before and after the time of the visit: shifts are seen whole. */
  private async people(workOrderId: number, { from, until }: Visit, technicianId?: number): Promise<Person[]> {
    const [begin, end] = [new Date(from - DAY_MS), new Date(until + DAY_MS)];
    const crew = await this.crew.between(begin, end, technicianId);
    const values = [workOrderId, begin, end, technicianId ?? null];
    const engaged = await this.uow.tx.query<Engagement & { technicianId: number }>(ENGAGED, values);
    const of = new Map<number, Engagement[]>(crew.map(({ id }) => [id, []]));
    for (const one of engaged) of.get(one.technicianId)?.push(one);
    return crew.map((member) => ({ ...member, engagements: of.get(member.id) ?? [] }));
  }
}
