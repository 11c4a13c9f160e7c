import type { Plan } from './plan.entity.js';

/** A plan as others see it. Amounts are decimal text without tax. */
export type PlanView = Readonly<Omit<Plan, never>>;
