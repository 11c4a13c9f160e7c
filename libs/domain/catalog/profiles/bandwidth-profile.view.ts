import type { BandwidthProfile } from './bandwidth-profile.entity.js';

/** A bandwidth profile as others see it; speeds in kbit/s. */
export type BandwidthProfileDetails = Readonly<BandwidthProfile>;

/** What a device is told of a profile. */
export type ProfileSpeeds = Pick<BandwidthProfileDetails, 'name' | 'downloadKbps' | 'uploadKbps'>;
