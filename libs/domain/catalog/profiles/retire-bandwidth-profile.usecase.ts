import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { profileErrors } from './bandwidth-profile.errors.js';
import { BandwidthProfileRepository } from './bandwidth-profile.repository.js';
import type { BandwidthProfileDetails } from './bandwidth-profile.view.js';

export interface RetireBandwidthProfileInput {
  readonly actor: Actor;
  readonly profileId: number;
}

/**
 * Gives a bandwidth profile to nobody any more; services that have it keep it.
 * @throws `catalog.profile.not_found`, `catalog.profile.retired`, `catalog.profile.on_sale`
 */
@Injectable()
export class RetireBandwidthProfile {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly profiles: BandwidthProfileRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, profileId }: RetireBandwidthProfileInput): Promise<BandwidthProfileDetails> {
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const profile = await this.profiles.lock(profileId);
      if (profile.status === 'retired') throw profileErrors('catalog.profile.retired');
      const plan = await this.profiles.planWith(profile.name, now);
      if (plan !== undefined) throw profileErrors('catalog.profile.on_sale', { plan });
      Object.assign(profile, { status: 'retired', updatedAt: now });
      const saved = await this.profiles.save(profile);
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'bandwidth_profile.retire',
        subject: { type: 'bandwidth_profile', id: profileId },
        changes: { status: ['active', 'retired'] },
      });
      return saved;
    });
  }
}
