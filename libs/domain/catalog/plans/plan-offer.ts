import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { BandwidthProfileRepository } from '../profiles/bandwidth-profile.repository.js';
import type { Plan } from './plan.entity.js';
import { planErrors } from './plan.errors.js';
import { assertCoherent, isOnSale } from './plan-terms.policy.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanPart } from './plan.view.js';

/** Whether what a plan is about to offer can be sold: in itself, and with the plans and profiles that it names. */
@Injectable()
export class PlanOffer {
  constructor(
    private readonly plans: PlanRepository,
    private readonly profiles: BandwidthProfileRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * `newParts` are those that the bundle did not have before.
   * @throws what `assertCoherent` throws, `catalog.plan.part_unfit`, `catalog.profile.unknown`,
   *   `catalog.plan.profile_too_slow`
   */
  async assertSellable(plan: Plan, parts: readonly PlanPart[], newParts = parts): Promise<void> {
    assertCoherent(plan, parts);
    await this.assertPartsOnSale(newParts);
    if (plan.bandwidthProfile !== null) await this.assertCarried(plan, plan.bandwidthProfile);
  }

  private async assertPartsOnSale(parts: readonly PlanPart[]): Promise<void> {
    if (parts.length === 0) return;
    const now = this.clock.now();
    const known = new Map((await this.plans.candidates(parts)).map((plan) => [plan.id, plan]));
    for (const { planId } of parts) {
      const part = known.get(planId);
      if (!part || part.serviceType === 'bundle' || !isOnSale(part, now))
        throw planErrors('catalog.plan.part_unfit', { plan: planId });
    }
  }

  private async assertCarried(plan: Plan, name: string): Promise<void> {
    const profile = await this.profiles.keepActive(name);
    const { downloadMbps, uploadMbps } = plan;
    if (profile.downloadKbps < (downloadMbps ?? 0) * 1000 || profile.uploadKbps < (uploadMbps ?? 0) * 1000)
      throw planErrors('catalog.plan.profile_too_slow', { profile: name });
  }
}
