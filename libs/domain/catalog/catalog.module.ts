import { Module } from '@nestjs/common';
import { ChangePlan } from './plans/change-plan.usecase.js';
import { CreatePlan } from './plans/create-plan.usecase.js';
import { PlanQueries } from './plans/plan.queries.js';
import { PlanRepository } from './plans/plan.repository.js';
import { RetirePlan } from './plans/retire-plan.usecase.js';

const providers = [CreatePlan, ChangePlan, RetirePlan, PlanQueries];

@Module({ providers: [PlanRepository, ...providers], exports: providers })
export class CatalogModule {}
