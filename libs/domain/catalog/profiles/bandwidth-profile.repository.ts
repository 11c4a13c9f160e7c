import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { BandwidthProfile } from './bandwidth-profile.entity.js';
import { profileErrors } from './bandwidth-profile.errors.js';
import type { ProfileSpeeds } from './bandwidth-profile.view.js';

// Held until the plan is there, so that the profile is not retired meanwhile.
const KEEP = statement(
  'profiles-keep',
  `SELECT name, download_kbps AS "downloadKbps", upload_kbps AS "uploadKbps" FROM bandwidth_profiles
    WHERE name = $1 AND status = 'active' FOR SHARE`,
);
const PLAN = statement(
  'profiles-plan',
  `SELECT id FROM plans
    WHERE bandwidth_profile = $1 AND status = 'active' AND (sold_until IS NULL OR sold_until > $2) ORDER BY id LIMIT 1`,
);

@Injectable()
export class BandwidthProfileRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `catalog.profile.not_found`, `catalog.profile.stale` */
  async lock(id: number, ifMatch?: number): Promise<BandwidthProfile> {
    const profile = await this.uow.tx.manager.findOne(BandwidthProfile, {
      where: { id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!profile) throw profileErrors('catalog.profile.not_found');
    if (ifMatch !== undefined && profile.version !== ifMatch) throw profileErrors('catalog.profile.stale');
    return profile;
  }

  /** An active profile that stays so until the transaction ends. @throws `catalog.profile.unknown` */
  async keepActive(name: string): Promise<ProfileSpeeds> {
    const profile = await this.uow.tx.one<ProfileSpeeds>(KEEP, [name]);
    if (!profile) throw profileErrors('catalog.profile.unknown', { name });
    return profile;
  }

  create(values: Partial<BandwidthProfile>): BandwidthProfile {
    return this.uow.tx.manager.create(BandwidthProfile, values);
  }

  /** @throws `catalog.profile.name_taken`, `catalog.profile.in_use`, `catalog.profile.burst_too_slow` */
  async save(profile: BandwidthProfile): Promise<BandwidthProfile> {
    const { downloadKbps, uploadKbps, burstDownloadKbps, burstUploadKbps } = profile;
    if ((burstDownloadKbps ?? downloadKbps) < downloadKbps || (burstUploadKbps ?? uploadKbps) < uploadKbps)
      throw profileErrors('catalog.profile.burst_too_slow');
    try {
      return await this.uow.tx.manager.save(BandwidthProfile, profile);
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint === 'bandwidth_profiles_name_key') throw profileErrors('catalog.profile.name_taken');
      if (constraint === 'bandwidth_profiles_in_use') throw profileErrors('catalog.profile.in_use');
      throw error;
    }
  }

  /** A plan that is or will be on sale after an instant and names the profile. */
  async planWith(name: string, after: Date): Promise<number | undefined> {
    return (await this.uow.tx.one<{ id: number }>(PLAN, [name, after]))?.id;
  }
}
