import { Partner } from './partners/partner.entity.js';

export const partnersEntities = [Partner];
export type { PartnerKind, PartnerStatus, Tier } from './partners/partner.entity.js';
export * from './partners/change-partner.usecase.js';
export * from './partners/create-partner.usecase.js';
export * from './partners/partner.queries.js';
export type { PartnerView } from './partners/partner.view.js';
export * from './partners/set-partner-status.usecase.js';
export * from './partners.module.js';
