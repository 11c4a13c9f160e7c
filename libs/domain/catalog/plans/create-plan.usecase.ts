import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import type { ServiceType } from './plan.entity.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanView } from './plan.view.js';

export interface PlanValues {
  readonly sku: string;
  readonly name: string;
  readonly description?: string | null;
  readonly category: string;
  readonly serviceType: ServiceType;
  readonly downloadMbps?: number | null;
  readonly uploadMbps?: number | null;
  readonly dataLimitGb?: number | null;
  /** Decimal text, without tax, at most 4 decimals. */
  readonly monthlyAmount: string;
  readonly activationAmount?: string;
  readonly currency?: string;
  readonly contractMonths?: number;
  readonly slaUptimePercent?: string;
}

/** Puts a plan on sale. */
@Injectable()
export class CreatePlan {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly plans: PlanRepository,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, ...values }: PlanValues & { readonly actor: Actor }): Promise<PlanView> {
    return this.uow.run(actor, async () => {
      const plan = await this.plans.save(this.plans.create(values));
      const subject = { type: 'plan', id: plan.id };
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'plan.create',
        subject,
        changes: { ...values },
      });
      return plan;
    });
  }
}
