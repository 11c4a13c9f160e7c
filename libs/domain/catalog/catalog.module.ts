import { Module } from '@nestjs/common';
import { ChangePlan } from './plans/change-plan.usecase.js';
import { CreatePlan } from './plans/create-plan.usecase.js';
import { PlanOffer } from './plans/plan-offer.js';
import { PlanQueries } from './plans/plan.queries.js';
import { PlanRepository } from './plans/plan.repository.js';
import { RetirePlan } from './plans/retire-plan.usecase.js';
import { BandwidthProfileQueries } from './profiles/bandwidth-profile.queries.js';
import { BandwidthProfileRepository } from './profiles/bandwidth-profile.repository.js';
import { ChangeBandwidthProfile } from './profiles/change-bandwidth-profile.usecase.js';
import { CreateBandwidthProfile } from './profiles/create-bandwidth-profile.usecase.js';
import { RetireBandwidthProfile } from './profiles/retire-bandwidth-profile.usecase.js';

const plans = [CreatePlan, ChangePlan, RetirePlan, PlanQueries];
const profiles = [CreateBandwidthProfile, ChangeBandwidthProfile, RetireBandwidthProfile, BandwidthProfileQueries];

@Module({
  providers: [PlanRepository, BandwidthProfileRepository, PlanOffer, ...plans, ...profiles],
  exports: [...plans, ...profiles],
})
export class CatalogModule {}
