import { defineErrors } from '@isp/kernel';

export const networkErrors = defineErrors({
  'network.router.unknown': { kind: 'unprocessable', message: 'There is no such router.' },
  'network.router.none': { kind: 'unprocessable', message: 'No router is in service.' },
  'network.driver.unknown': { kind: 'internal', message: 'The router has no driver.' },
  'network.profile.unknown': { kind: 'unprocessable', message: 'There is no bandwidth profile {name}.' },
  'network.profile.none_fits': {
    kind: 'unprocessable',
    message: 'No bandwidth profile offers {download}/{upload} Mbit/s.',
  },
  'network.address.malformed': {
    kind: 'unprocessable',
    message: 'ip_assignment must be an address with its prefix length.',
  },
  'network.address.not_routed': { kind: 'unprocessable', message: 'The router has no prefix with that address.' },
  'network.address.taken': { kind: 'conflict', message: 'The address is in use.' },
  'network.prefix.overlaps': { kind: 'conflict', message: 'The prefix {prefix} overlaps another pool.' },
  'network.pool.exhausted': { kind: 'conflict', message: 'The router has no free address.' },
  'network.subscriber.none': { kind: 'conflict', message: 'The service is not on the network.' },
  'network.device.mismatch': { kind: 'internal', message: 'The device does not do what it was told.' },
  'network.device.refused': { kind: 'internal', message: 'The device refused the order.' },
  'network.device.silent': { kind: 'timeout', message: 'The device did not answer in time.' },
});
