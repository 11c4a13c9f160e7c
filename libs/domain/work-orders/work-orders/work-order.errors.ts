import { defineErrors } from '@isp/kernel';

export const workOrderErrors = defineErrors({
  'work_orders.work_order.not_found': { kind: 'not_found', message: 'Work order not found' },
  'work_orders.work_order.stale': {
    kind: 'precondition_failed',
    message: 'The work order has changed since you read it.',
  },
  'work_orders.work_order.illegal_move': { kind: 'conflict', message: 'A work order that is {from} cannot be {to}.' },
  'work_orders.work_order.over': { kind: 'conflict', message: 'The work order is {status}.' },
  'work_orders.work_order.on_hold': {
    kind: 'conflict',
    message: 'The work order is on hold: let it go on before somebody is promised.',
  },
  'work_orders.work_order.under_way': {
    kind: 'conflict',
    message: 'There is an installation of this service under way.',
  },
  'work_orders.service.ended': { kind: 'conflict', message: 'The service is terminated.' },
  'work_orders.service.installed': { kind: 'conflict', message: 'The service is {status}: it needs no installation.' },
  'work_orders.schedule.in_the_past': { kind: 'unprocessable', message: 'scheduled_at must be in the future.' },
  'work_orders.visit_terms.stale': {
    kind: 'precondition_failed',
    message: 'The terms have changed since you read them.',
  },
  'work_orders.appointment.not_found': { kind: 'not_found', message: 'Appointment not found' },
  'work_orders.appointment.none': { kind: 'conflict', message: 'The work order has no appointment.' },
  'work_orders.appointment.booked': {
    kind: 'conflict',
    message: 'The work order has an appointment: book another one, or cancel it first.',
  },
  'work_orders.appointment.taken': { kind: 'conflict', message: 'The technician is expected somewhere else then.' },
  'work_orders.appointment.unsuitable': { kind: 'conflict', message: 'This technician {why}.' },
  'work_orders.appointment.none_free': {
    kind: 'conflict',
    message: 'No technician who can do this is free then.',
  },
  'work_orders.technician.expected': {
    kind: 'conflict',
    message:
      'The technician is expected by {count} customers: give their appointments to others first, or say reassign to cancel them.',
  },
  'work_orders.assignee.unknown': { kind: 'unprocessable', message: 'There is no such user of the operator.' },
});
