import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { profileErrors } from './bandwidth-profile.errors.js';
import { BandwidthProfileRepository } from './bandwidth-profile.repository.js';
import type { BandwidthProfileDetails } from './bandwidth-profile.view.js';
import type { BandwidthProfileValues } from './create-bandwidth-profile.usecase.js';

export interface ChangeBandwidthProfileInput {
  readonly actor: Actor;
  readonly profileId: number;
  readonly changes: Partial<Omit<BandwidthProfileValues, 'name'>>;
  readonly ifMatch?: number | undefined;
}

/**
 * Changes a bandwidth profile; its speeds only until a plan or a service uses it, for what was sold does not change
 * behind the customer's back.
 * @throws `catalog.profile.not_found`, `catalog.profile.stale`, `catalog.profile.retired`, `catalog.profile.in_use`,
 *   `catalog.profile.burst_too_slow`
 */
@Injectable()
export class ChangeBandwidthProfile {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly profiles: BandwidthProfileRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, profileId, changes, ifMatch }: ChangeBandwidthProfileInput): Promise<BandwidthProfileDetails> {
    return this.uow.run(actor, async () => {
      const profile = await this.profiles.lock(profileId, ifMatch);
      if (profile.status === 'retired') throw profileErrors('catalog.profile.retired');
      const diff = changesBetween(profile, changes);
      if (Object.keys(diff).length === 0) return profile;
      Object.assign(profile, changes, { updatedAt: this.clock.now() });
      const saved = await this.profiles.save(profile);
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'bandwidth_profile.update',
        subject: { type: 'bandwidth_profile', id: profileId },
        changes: diff,
      });
      return saved;
    });
  }
}
