import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { PlanOffer } from './plan-offer.js';
import { PLAIN_VOICE, inStoredForm } from './plan-terms.policy.js';
import type { Plan, ServiceType, VoiceFeatures } from './plan.entity.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanPart, PlanView } from './plan.view.js';

/** Amounts are decimal text, without tax, at most 4 decimals. */
export interface PlanValues {
  readonly sku: string;
  readonly name: string;
  readonly description?: string | null;
  readonly category: string;
  readonly serviceType: ServiceType;
  readonly downloadMbps?: number | null;
  readonly uploadMbps?: number | null;
  readonly dataLimitGb?: number | null;
  /** Beyond so many GB a month the speeds are throttled to the two below (Mbit/s, decimal text); all three or none. */
  readonly fairUseLimitGb?: number | null;
  readonly throttledDownloadMbps?: string | null;
  readonly throttledUploadMbps?: string | null;
  readonly staticIpAvailable?: boolean;
  readonly staticIpMonthlyAmount?: string;
  readonly monthlyAmount: string;
  readonly activationAmount?: string;
  readonly earlyTerminationAmount?: string;
  readonly currency?: string;
  /** Per cent, at most 3 decimals. */
  readonly taxPercent?: string;
  readonly contractMonths?: number;
  readonly slaUptimePercent?: string;
  readonly bandwidthProfile?: string | null;
  /** Of voice plans; a plain line when absent. */
  readonly voice?: VoiceFeatures | null;
  readonly soldFrom?: Date | null;
  readonly soldUntil?: Date | null;
  /** Of bundles: the plans that one is made of, in order. */
  readonly parts?: readonly PlanPart[];
}

// What TypeORM would leave undefined until the row is read again.
const ABSENT = {
  description: null,
  downloadMbps: null,
  uploadMbps: null,
  dataLimitGb: null,
  fairUseLimitGb: null,
  throttledDownloadMbps: null,
  throttledUploadMbps: null,
  staticIpAvailable: false,
  staticIpMonthlyAmount: '0',
  activationAmount: '0',
  earlyTerminationAmount: '0',
  currency: 'USD',
  taxPercent: '0',
  bandwidthProfile: null,
  soldFrom: null,
  soldUntil: null,
} satisfies Partial<Plan>;

/**
 * Puts a plan on sale, with version 1 of what it offers.
 * @throws `catalog.plan.sku_taken` and what `PlanOffer` throws
 */
@Injectable()
export class CreatePlan {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly plans: PlanRepository,
    private readonly offer: PlanOffer,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, parts = [], ...values }: PlanValues & { readonly actor: Actor }): Promise<PlanView> {
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const voice = values.serviceType === 'voice' ? PLAIN_VOICE : null;
      const terms = { ...ABSENT, ...values, voice: values.voice ?? voice };
      const plan = this.plans.create({ ...inStoredForm(terms), createdAt: now, updatedAt: now });
      await this.offer.assertSellable(plan, parts);
      const saved = await this.plans.save(plan);
      await this.plans.addParts(saved, parts);
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'plan.create',
        subject: { type: 'plan', id: saved.id },
        changes: { ...values, ...(parts.length > 0 ? { parts } : {}) },
      });
      return { ...saved, parts };
    });
  }
}
