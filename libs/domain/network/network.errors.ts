import { defineErrors } from '@isp/kernel';

export const networkErrors = defineErrors({
  'network.router.unknown': { kind: 'unprocessable', message: 'There is no such router.' },
  'network.router.none': { kind: 'unprocessable', message: 'No router is in service.' },
  'network.driver.unknown': { kind: 'internal', message: 'The router has no driver.' },
  'network.address.malformed': {
    kind: 'unprocessable',
    message: 'ip_assignment must be an address with its prefix length.',
  },
  'network.address.not_routed': { kind: 'unprocessable', message: 'The router has no prefix with that address.' },
  'network.address.taken': { kind: 'conflict', message: 'The address is in use or kept for somebody else.' },
  'network.prefix.overlaps': { kind: 'conflict', message: 'The prefix {prefix} overlaps another.' },
  'network.pool.exhausted': { kind: 'conflict', message: 'The router has no free address.' },
  'network.subscriber.username_taken': { kind: 'conflict', message: 'The PPPoE user name is taken.' },
  'network.service.not_found': { kind: 'not_found', message: 'Service not found' },
  'network.session.not_found': { kind: 'not_found', message: 'Session not found' },
  'network.credentials.none': { kind: 'not_found', message: 'The service has no credentials yet.' },
  'network.nas.not_found': { kind: 'not_found', message: 'There is no such NAS.' },
  'network.nas.address_taken': { kind: 'conflict', message: 'Another NAS has the address {address}.' },
  'network.nas.version_mismatch': { kind: 'precondition_failed', message: 'The device has changed meanwhile.' },
  'network.secret.unreadable': { kind: 'internal', message: 'A stored RADIUS secret cannot be read.' },
  'network.subscriber.none': { kind: 'conflict', message: 'The service is not on the network.' },
  'network.device.mismatch': { kind: 'internal', message: 'The device does not do what it was told.' },
  'network.device.refused': { kind: 'internal', message: 'The device refused the order{reason}.' },
  'network.device.no_secret': { kind: 'internal', message: 'The device has no RADIUS secret.' },
  'network.device.silent': { kind: 'timeout', message: 'The device did not answer in time.' },
});
