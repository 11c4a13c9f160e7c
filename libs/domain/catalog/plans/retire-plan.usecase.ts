import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { Plan } from './plan.entity.js';
import { planErrors } from './plan.errors.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanView } from './plan.view.js';

export interface RetirePlanInput {
  readonly actor: Actor;
  readonly planId: number;
}

/**
 * Takes a plan off sale for good; services on it go on.
 * @throws `catalog.plan.not_found`, `catalog.plan.retired`, `catalog.plan.in_bundle`
 */
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
      const now = this.clock.now();
      const plan = await this.plans.lock(planId);
      if (plan.status === 'retired') throw planErrors('catalog.plan.retired');
      const bundle = await this.plans.bundleWith(planId, now);
      if (bundle !== undefined) throw planErrors('catalog.plan.in_bundle', { bundle });
      Object.assign(plan, { status: 'retired', soldUntil: endOfSale(plan, now), updatedAt: now });
      const saved = await this.plans.save(plan);
      const subject = { type: 'plan', id: planId };
      const changes = { status: ['active', 'retired'] };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'plan.retire', subject, changes });
      return { ...saved, parts: await this.plans.parts(saved) };
    });
  }
}

/** Now, unless the sale was over before; a sale that has not begun ends as it begins. */
function endOfSale({ soldFrom, soldUntil }: Plan, now: Date): Date {
  if (soldFrom && soldFrom > now) return soldFrom;
  return soldUntil && soldUntil < now ? soldUntil : now;
}
