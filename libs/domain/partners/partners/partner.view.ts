import type { Partner, PartnerKind, PartnerStatus, Tier } from './partner.entity.js';

export interface PartnerView {
  readonly id: number;
  readonly guid: string;
  readonly name: string;
  readonly kind: PartnerKind;
  readonly status: PartnerStatus;
  readonly email: string | null;
  readonly phone: string | null;
  readonly tier: Tier;
  readonly currency: string;
  readonly timeZone: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function partnerView(partner: Partner): PartnerView {
  return { ...partner };
}
