import { defineErrors } from '@isp/kernel';

export const serviceErrors = defineErrors({
  'services.service.not_found': { kind: 'not_found', message: 'Service not found' },
  'services.service.illegal_move': { kind: 'conflict', message: 'A service that is {from} cannot become {to}.' },
  'services.speed.above_plan': {
    kind: 'unprocessable',
    message: 'The plan offers at most {download}/{upload} Mbit/s.',
  },
  'services.schedule.in_the_past': {
    kind: 'unprocessable',
    message: 'The activation must be scheduled for the future.',
  },
  'services.customer.has_services': { kind: 'conflict', message: 'The customer still has {count} services.' },
});
