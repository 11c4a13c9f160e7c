import { defineErrors } from '@isp/kernel';

export const planErrors = defineErrors({
  'catalog.plan.not_found': { kind: 'not_found', message: 'Plan not found' },
  'catalog.plan.sku_taken': { kind: 'conflict', message: 'Another plan has this SKU.' },
  'catalog.plan.retired': { kind: 'conflict', message: 'The plan is retired.' },
  'catalog.plan.stale': { kind: 'precondition_failed', message: 'The plan has changed since you read it.' },
  'catalog.plan.not_sold': { kind: 'unprocessable', message: 'There is no such plan on sale.' },
  'catalog.plan.wrong_type': { kind: 'unprocessable', message: 'The plan is not for {type} services.' },
});
