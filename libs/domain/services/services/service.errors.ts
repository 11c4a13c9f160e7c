import { defineErrors } from '@isp/kernel';

export const serviceErrors = defineErrors({
  'services.service.not_found': { kind: 'not_found', message: 'Service not found' },
  'services.service.stale': { kind: 'precondition_failed', message: 'The service has changed since you read it.' },
  'services.service.illegal_move': { kind: 'conflict', message: 'A service that is {from} cannot become {to}.' },
  'services.service.wrong_state': { kind: 'conflict', message: 'The service is {status}.' },
  'services.service.part_of_bundle': {
    kind: 'conflict',
    message: 'The service is a part of bundle {bundle}: change the bundle.',
  },
  'services.service.suspended_already': { kind: 'conflict', message: 'The service is suspended for {cause} already.' },
  'services.service.not_suspended_for': {
    kind: 'conflict',
    message: 'The service is not suspended for {cause}. It is suspended for: {causes}.',
  },
  'services.service.cause_needed': {
    kind: 'conflict',
    message: 'The service is suspended for: {causes}. Name the one that is gone.',
  },
  'services.service.follows': {
    kind: 'conflict',
    message: 'The service is suspended because its {owner} is: reactivate the {owner}.',
  },
  'services.bundle.parts_differ': {
    kind: 'unprocessable',
    message: 'The bundle is made of {wanted}; {ordered} were ordered.',
  },
  'services.speed.above_plan': {
    kind: 'unprocessable',
    message: 'The plan offers at most {download}/{upload} Mbit/s.',
  },
  'services.schedule.in_the_past': { kind: 'unprocessable', message: 'The time must be in the future.' },
  'services.period.backwards': { kind: 'unprocessable', message: 'The period must end after it starts.' },
  'services.number.taken': { kind: 'conflict', message: 'The phone number belongs to another service.' },
  'services.porting.number_missing': { kind: 'unprocessable', message: 'Porting needs the number to be ported.' },
  'services.plan.same': { kind: 'conflict', message: 'The service has this plan already.' },
  'services.plan.other_currency': { kind: 'unprocessable', message: 'The plan is sold in {currency}.' },
  'services.address.not_static': { kind: 'unprocessable', message: 'An address needs enabled to be true.' },
  'services.address.not_in_plan': { kind: 'unprocessable', message: 'The plan offers no static address.' },
  'services.address.not_internet': { kind: 'unprocessable', message: 'Only internet services have addresses.' },
  'services.address.malformed': { kind: 'unprocessable', message: 'address must be an IP address.' },
  'services.change.not_found': { kind: 'not_found', message: 'Change not found' },
  'services.change.under_way': { kind: 'conflict', message: 'A change of this kind is scheduled already.' },
  'services.change.not_cancellable': { kind: 'conflict', message: 'The change is {status}.' },
  'services.change.ends_pause': {
    kind: 'conflict',
    message: 'The end of a pause stands with the pause: resume the service.',
  },
  'services.customer.has_services': { kind: 'conflict', message: 'The customer still has {count} services.' },
});
