import type { BandwidthProfileDetails, BandwidthProfileValues } from '@isp/domain/catalog';
import { toIsoSeconds } from '@isp/kernel';
import type { ChangeProfileBody } from './bandwidth-profile.schema.js';

export function presentProfile(profile: BandwidthProfileDetails) {
  return {
    id: profile.id,
    name: profile.name,
    description: profile.description,
    download_kbps: profile.downloadKbps,
    upload_kbps: profile.uploadKbps,
    burst_download_kbps: profile.burstDownloadKbps,
    burst_upload_kbps: profile.burstUploadKbps,
    status: profile.status,
    created_at: toIsoSeconds(profile.createdAt),
    updated_at: toIsoSeconds(profile.updatedAt),
  };
}

/** The given fields in the domain's words; what was not given stays out. */
export function valuesOf(body: ChangeProfileBody): Partial<Omit<BandwidthProfileValues, 'name'>> {
  const values = {
    description: body.description,
    downloadKbps: body.download_kbps,
    uploadKbps: body.upload_kbps,
    burstDownloadKbps: body.burst_download_kbps,
    burstUploadKbps: body.burst_upload_kbps,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
