import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { PlanValues } from './create-plan.usecase.js';
import { PlanOffer } from './plan-offer.js';
import { inStoredForm } from './plan-terms.policy.js';
import { planErrors } from './plan.errors.js';
import { PlanRepository } from './plan.repository.js';
import { type PlanPart, type PlanView, TERMS } from './plan.view.js';

export type PlanChanges = Partial<Omit<PlanValues, 'sku' | 'serviceType'>>;

export interface ChangePlanInput {
  readonly actor: Actor;
  readonly planId: number;
  readonly changes: PlanChanges;
  /** The revision that the caller has read. */
  readonly ifMatch?: number | undefined;
}

/**
 * Changes what future orders of a plan get. A change of what it offers makes a new version; services keep the one that
 * they were sold. Names and the time of sale are not part of the offer.
 * @throws `catalog.plan.not_found`, `catalog.plan.stale`, `catalog.plan.retired` and what `PlanOffer` throws
 */
@Injectable()
export class ChangePlan {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly plans: PlanRepository,
    private readonly offer: PlanOffer,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, planId, changes, ifMatch }: ChangePlanInput): Promise<PlanView> {
    return this.uow.run(actor, async () => {
      const plan = await this.plans.lock(planId, ifMatch);
      if (plan.status === 'retired') throw planErrors('catalog.plan.retired');
      const { parts: wanted, ...values } = changes;
      const had = await this.plans.parts(plan);
      const parts = wanted ?? had;
      const before = { ...inStoredForm(plan), parts: had.map(inOrder) };
      const diff = changesBetween(before, { ...inStoredForm(values), parts: parts.map(inOrder) });
      if (Object.keys(diff).length === 0) return { ...plan, parts };
      const offered = [...TERMS, 'parts'].some((field) => field in diff);
      const version = plan.version + (offered ? 1 : 0);
      Object.assign(plan, inStoredForm(values), { version, updatedAt: this.clock.now() });
      const known = new Set(had.map(({ planId: id }) => id));
      const added = parts.filter(({ planId: id }) => !known.has(id));
      await this.offer.assertSellable(plan, parts, added);
      const saved = await this.plans.save(plan);
      if (offered) await this.plans.addParts(saved, parts);
      const subject = { type: 'plan', id: planId };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'plan.update', subject, changes: diff });
      return { ...saved, parts };
    });
  }
}

const inOrder = ({ planId, quantity }: PlanPart): PlanPart => ({ planId, quantity });
