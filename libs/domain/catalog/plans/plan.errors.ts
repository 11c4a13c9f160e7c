import { defineErrors } from '@isp/kernel';

export const planErrors = defineErrors({
  'catalog.plan.not_found': { kind: 'not_found', message: 'Plan not found' },
  'catalog.plan.version_not_found': { kind: 'not_found', message: 'Plan version not found' },
  'catalog.plan.sku_taken': { kind: 'conflict', message: 'Another plan has this SKU.' },
  'catalog.plan.retired': { kind: 'conflict', message: 'The plan is retired.' },
  'catalog.plan.in_bundle': { kind: 'conflict', message: 'The plan is part of plan {bundle}, which is on sale.' },
  'catalog.plan.stale': { kind: 'precondition_failed', message: 'The plan has changed since you read it.' },
  'catalog.plan.not_sold': { kind: 'unprocessable', message: 'There is no such plan on sale.' },
  'catalog.plan.wrong_type': { kind: 'unprocessable', message: 'The plan is not for {type} services.' },
  'catalog.plan.speeds_missing': { kind: 'unprocessable', message: 'An internet plan needs both speeds.' },
  'catalog.plan.not_for_type': { kind: 'unprocessable', message: 'A plan for {type} services has no {feature}.' },
  'catalog.plan.fair_use_unfit': {
    kind: 'unprocessable',
    message: 'Fair use needs a limit and two speeds to throttle to, which are not above those of the plan.',
  },
  'catalog.plan.window_empty': { kind: 'unprocessable', message: 'The sale of the plan must end after it begins.' },
  'catalog.plan.parts_missing': { kind: 'unprocessable', message: 'A bundle is made of at least one other plan.' },
  'catalog.plan.part_repeated': { kind: 'unprocessable', message: 'A bundle names each of its plans once.' },
  'catalog.plan.part_unfit': {
    kind: 'unprocessable',
    message: 'Plan {plan} cannot be part of a bundle: it is no internet or voice plan on sale.',
  },
  'catalog.plan.profile_too_slow': {
    kind: 'unprocessable',
    message: 'The bandwidth profile {profile} is slower than the plan.',
  },
});
