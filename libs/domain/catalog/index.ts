import { Plan } from './plans/plan.entity.js';
import { BandwidthProfile } from './profiles/bandwidth-profile.entity.js';

export const catalogEntities = [Plan, BandwidthProfile];
export type { PlanStatus, ServiceType, VoiceFeatures } from './plans/plan.entity.js';
export * from './catalog.module.js';
export * from './plans/change-plan.usecase.js';
export * from './plans/create-plan.usecase.js';
export * from './plans/plan-prices.js';
export * from './plans/plan.queries.js';
export type { PlanPart, PlanTerms, PlanVersionView, PlanView } from './plans/plan.view.js';
export * from './plans/retire-plan.usecase.js';
export * from './profiles/bandwidth-profile.queries.js';
export type { BandwidthProfileDetails, ProfileSpeeds } from './profiles/bandwidth-profile.view.js';
export * from './profiles/change-bandwidth-profile.usecase.js';
export * from './profiles/create-bandwidth-profile.usecase.js';
export * from './profiles/retire-bandwidth-profile.usecase.js';
