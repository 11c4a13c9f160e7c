import { Injectable } from '@nestjs/common';
import { UnitOfWork, violatedConstraint } from '@isp/platform/database';
import { Plan } from './plan.entity.js';
import { planErrors } from './plan.errors.js';

@Injectable()
export class PlanRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async lock(id: number, ifMatch?: number): Promise<Plan> {
    const plan = await this.uow.tx.manager.findOne(Plan, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!plan) throw planErrors('catalog.plan.not_found');
    if (ifMatch !== undefined && plan.version !== ifMatch) throw planErrors('catalog.plan.stale');
    return plan;
  }

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
}
