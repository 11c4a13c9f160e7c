import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { Plan } from './plan.entity.js';
import { planErrors } from './plan.errors.js';
import type { PlanPart } from './plan.view.js';

const PARTS = statement(
  'plan-parts',
  `SELECT part_plan_id AS "planId", quantity FROM plan_parts WHERE plan_id = $1 AND plan_version = $2 ORDER BY position`,
);
// Held until the bundle is there, so that no part is retired meanwhile.
const CANDIDATES = statement(
  'plan-part-candidates',
  `SELECT id, service_type AS "serviceType", status, sold_from AS "soldFrom", sold_until AS "soldUntil"
     FROM plans WHERE id = ANY ($1::integer[]) ORDER BY id FOR SHARE`,
);
const ADD_PARTS = statement(
  'plan-parts-insert',
  `INSERT INTO plan_parts (plan_id, plan_version, position, part_plan_id, part_service_type, quantity)
   SELECT $1, $2, part.position, part.id, p.service_type, part.quantity
     FROM unnest($3::integer[], $4::integer[]) WITH ORDINALITY AS part (id, quantity, position) JOIN plans p ON p.id = part.id`,
);
const BUNDLE = statement(
  'plan-bundle-of',
  `SELECT p.id FROM plan_parts part JOIN plans p ON p.id = part.plan_id AND p.version = part.plan_version
    WHERE part.part_plan_id = $1 AND p.status = 'active' AND (p.sold_until IS NULL OR p.sold_until > $2)
    ORDER BY p.id LIMIT 1`,
);

@Injectable()
export class PlanRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `catalog.plan.not_found`, `catalog.plan.stale` */
  async lock(id: number, ifMatch?: number): Promise<Plan> {
    const plan = await this.uow.tx.manager.findOne(Plan, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!plan) throw planErrors('catalog.plan.not_found');
    if (ifMatch !== undefined && plan.revision !== ifMatch) throw planErrors('catalog.plan.stale');
    return plan;
  }

  /** @throws `catalog.plan.sku_taken` */
  async save(plan: Plan): Promise<Plan> {
    try {
      return await this.uow.tx.manager.save(Plan, plan);
    } catch (error) {
      if (violatedConstraint(error) === 'plans_sku_key') throw planErrors('catalog.plan.sku_taken');
      throw error;
    }
  }

  create(values: Partial<Plan>): Plan {
    return this.uow.tx.manager.create(Plan, values);
  }

  /** What a plan's current version is made of. */
  parts({ id, version }: Plan): Promise<PlanPart[]> {
    return this.uow.tx.query<PlanPart>(PARTS, [id, version]);
  }

  candidates(
    parts: readonly PlanPart[],
  ): Promise<Pick<Plan, 'id' | 'serviceType' | 'status' | 'soldFrom' | 'soldUntil'>[]> {
    return this.uow.tx.query(CANDIDATES, [parts.map(({ planId }) => planId)]);
  }

  async addParts({ id, version }: Plan, parts: readonly PlanPart[]): Promise<void> {
    if (parts.length === 0) return;
    const columns = [parts.map(({ planId }) => planId), parts.map(({ quantity }) => quantity)];
    await this.uow.tx.execute(ADD_PARTS, [id, version, ...columns]);
  }

  /** A bundle that is or will be on sale after an instant and has the plan for a part. */
  async bundleWith(planId: number, after: Date): Promise<number | undefined> {
    return (await this.uow.tx.one<{ id: number }>(BUNDLE, [planId, after]))?.id;
  }
}
