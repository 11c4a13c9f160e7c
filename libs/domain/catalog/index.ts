import { Plan } from './plans/plan.entity.js';

export const catalogEntities = [Plan];
export type { PlanStatus, ServiceType } from './plans/plan.entity.js';
export * from './catalog.module.js';
export * from './plans/change-plan.usecase.js';
export * from './plans/create-plan.usecase.js';
export * from './plans/plan.queries.js';
export type { PlanView } from './plans/plan.view.js';
export * from './plans/retire-plan.usecase.js';
