import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { planErrors } from './plan.errors.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanView } from './plan.view.js';

export interface RetirePlanInput {
  readonly actor: Actor;
  readonly planId: number;
}

/** Takes a plan off sale for good; services on it go on. */
@Injectable()
export class RetirePlan {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly plans: PlanRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, planId }: RetirePlanInput): Promise<PlanView> {
    return this.uow.run(actor, async () => {
      const plan = await this.plans.lock(planId);
      if (plan.status === 'retired') throw planErrors('catalog.plan.retired');
      Object.assign(plan, { status: 'retired', updatedAt: this.clock.now() });
      const saved = await this.plans.save(plan);
      const subject = { type: 'plan', id: planId };
      const changes = { status: ['active', 'retired'] };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'plan.retire', subject, changes });
      return saved;
    });
  }
}
