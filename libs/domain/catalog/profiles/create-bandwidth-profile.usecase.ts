import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { BandwidthProfileRepository } from './bandwidth-profile.repository.js';
import type { BandwidthProfileDetails } from './bandwidth-profile.view.js';

/** Speeds in kbit/s. */
export interface BandwidthProfileValues {
  readonly name: string;
  readonly description?: string | null;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly burstDownloadKbps?: number | null;
  readonly burstUploadKbps?: number | null;
}

/** Gives a pair of speeds a name. @throws `catalog.profile.name_taken`, `catalog.profile.burst_too_slow` */
@Injectable()
export class CreateBandwidthProfile {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly profiles: BandwidthProfileRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, ...values }: BandwidthProfileValues & { readonly actor: Actor }): Promise<BandwidthProfileDetails> {
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const absent = { description: null, burstDownloadKbps: null, burstUploadKbps: null };
      const profile = this.profiles.create({ ...absent, ...values, createdAt: now, updatedAt: now });
      const saved = await this.profiles.save(profile);
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'bandwidth_profile.create',
        subject: { type: 'bandwidth_profile', id: saved.id },
        changes: { ...values },
      });
      return saved;
    });
  }
}
