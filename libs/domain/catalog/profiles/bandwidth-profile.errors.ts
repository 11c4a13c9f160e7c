import { defineErrors } from '@isp/kernel';

export const profileErrors = defineErrors({
  'catalog.profile.not_found': { kind: 'not_found', message: 'Bandwidth profile not found' },
  'catalog.profile.name_taken': { kind: 'conflict', message: 'Another bandwidth profile has this name.' },
  'catalog.profile.in_use': {
    kind: 'conflict',
    message: 'Plans or services use the bandwidth profile: make another one and change the plans to it.',
  },
  'catalog.profile.on_sale': {
    kind: 'conflict',
    message: 'Plan {plan}, which is on sale, uses the bandwidth profile.',
  },
  'catalog.profile.retired': { kind: 'conflict', message: 'The bandwidth profile is retired.' },
  'catalog.profile.stale': {
    kind: 'precondition_failed',
    message: 'The bandwidth profile has changed since you read it.',
  },
  'catalog.profile.burst_too_slow': {
    kind: 'unprocessable',
    message: 'A burst must not be slower than the speed that it exceeds.',
  },
  'catalog.profile.unknown': { kind: 'unprocessable', message: 'There is no active bandwidth profile {name}.' },
  'catalog.profile.none_fits': {
    kind: 'unprocessable',
    message: 'No bandwidth profile offers {download}/{upload} Mbit/s.',
  },
});
