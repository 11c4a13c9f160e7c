import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { PlanValues } from './create-plan.usecase.js';
import { planErrors } from './plan.errors.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanView } from './plan.view.js';

export type PlanChanges = Partial<Omit<PlanValues, 'sku' | 'serviceType'>>;

export interface ChangePlanInput {
  readonly actor: Actor;
  readonly planId: number;
  readonly changes: PlanChanges;
  readonly ifMatch?: number | undefined;
}

/** Changes what future orders of a plan get; services keep what they were sold. */
@Injectable()
export class ChangePlan {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly plans: PlanRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, planId, changes, ifMatch }: ChangePlanInput): Promise<PlanView> {
    return this.uow.run(actor, async () => {
      const plan = await this.plans.lock(planId, ifMatch);
      if (plan.status === 'retired') throw planErrors('catalog.plan.retired');
      const diff = changesBetween(plan, changes);
      if (Object.keys(diff).length === 0) return plan;
      Object.assign(plan, changes, { updatedAt: this.clock.now() });
      const saved = await this.plans.save(plan);
      const subject = { type: 'plan', id: planId };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'plan.update', subject, changes: diff });
      return saved;
    });
  }
}
