import { defineErrors } from '@isp/kernel';

export const orderErrors = defineErrors({
  'ordering.order.refused': { kind: 'unprocessable', message: 'The {subject} {reason}.' },
  'ordering.order.none': { kind: 'conflict', message: 'The service was not ordered as a line on a premise.' },
  'ordering.order.over': { kind: 'conflict', message: 'The service is {status}.' },
  'ordering.line.not_found': { kind: 'not_found', message: 'Service not found' },
});
