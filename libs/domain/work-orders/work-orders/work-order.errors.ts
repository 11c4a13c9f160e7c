import { defineErrors } from '@isp/kernel';

export const workOrderErrors = defineErrors({
  'work_orders.work_order.not_found': { kind: 'not_found', message: 'Work order not found' },
  'work_orders.work_order.stale': {
    kind: 'precondition_failed',
    message: 'The work order has changed since you read it.',
  },
  'work_orders.work_order.illegal_move': { kind: 'conflict', message: 'A work order that is {from} cannot be {to}.' },
  'work_orders.work_order.over': { kind: 'conflict', message: 'The work order is {status}.' },
  'work_orders.work_order.under_way': {
    kind: 'conflict',
    message: 'There is an installation of this service under way.',
  },
  'work_orders.service.ended': { kind: 'conflict', message: 'The service is terminated.' },
  'work_orders.service.installed': { kind: 'conflict', message: 'The service is {status}: it needs no installation.' },
  'work_orders.schedule.in_the_past': { kind: 'unprocessable', message: 'scheduled_at must be in the future.' },
  'work_orders.assignee.unknown': { kind: 'unprocessable', message: 'There is no such user of the operator.' },
});
