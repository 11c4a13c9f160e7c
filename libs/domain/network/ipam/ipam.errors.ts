import { defineErrors } from '@isp/kernel';

export const ipamErrors = defineErrors({
  'network.vrf.not_found': { kind: 'not_found', message: 'VRF not found' },
  'network.vrf.unknown': { kind: 'unprocessable', message: 'There is no such VRF.' },
  'network.vrf.name_taken': { kind: 'conflict', message: 'Another VRF has this name.' },
  'network.vrf.distinguisher_taken': { kind: 'conflict', message: 'Another VRF has this route distinguisher.' },
  'network.vrf.in_use': { kind: 'conflict', message: 'The VRF still has prefixes, reservations or subscribers.' },
  'network.vrf.is_default': { kind: 'conflict', message: 'The default VRF stays.' },
  'network.prefix.not_found': { kind: 'not_found', message: 'Prefix not found' },
  'network.prefix.unknown': { kind: 'unprocessable', message: 'There is no such prefix to assign from.' },
  'network.prefix.malformed': {
    kind: 'unprocessable',
    message: 'A prefix is a network address with its length, such as 192.0.2.0/24, without host bits.',
  },
  'network.prefix.parent_unfit': {
    kind: 'unprocessable',
    message: 'The parent is no container of this VRF that holds the prefix.',
  },
  'network.prefix.has_children': { kind: 'conflict', message: 'The prefix still holds other prefixes.' },
  'network.prefix.has_pools': { kind: 'conflict', message: 'The prefix still has pools.' },
  'network.pool.not_found': { kind: 'not_found', message: 'Pool not found' },
  'network.pool.name_taken': { kind: 'conflict', message: 'Another pool has this name.' },
  'network.pool.no_router': { kind: 'unprocessable', message: 'The prefix of a pool must belong to a router.' },
  'network.pool.unfit': {
    kind: 'unprocessable',
    message:
      'A pool lies inside its prefix and is of its family: IPv4 of at most 65,536 addresses, IPv6 of at most 2^48 units.',
  },
  'network.pool.range_unfit': {
    kind: 'unprocessable',
    message: 'A reserved range goes from its first to its last address inside an IPv4 pool.',
  },
  'network.pool.in_use': {
    kind: 'conflict',
    message: 'The pool still has {used} addresses in use, {reserved} reserved and {quarantined} in quarantine.',
  },
  'network.pool.retired': { kind: 'conflict', message: 'The pool is retired.' },
  'network.address.wrong_length': {
    kind: 'unprocessable',
    message: 'The prefix length of ip_assignment must be {length}, that of the router’s prefix.',
  },
  'network.address.not_pooled': { kind: 'unprocessable', message: 'No pool hands out that address.' },
  'network.reservation.not_found': { kind: 'not_found', message: 'Reservation not found' },
  'network.reservation.exists': { kind: 'conflict', message: 'The address is reserved already.' },
  'network.reservation.in_use': { kind: 'conflict', message: 'The address is in use or in quarantine.' },
  'network.reservation.holder_unknown': {
    kind: 'unprocessable',
    message: 'There is no such customer or service to reserve for.',
  },
  'network.vlan.not_found': { kind: 'not_found', message: 'VLAN not found' },
  'network.vlan.taken': { kind: 'conflict', message: 'The VLAN id is in use on this device.' },
  'network.vlan.exists': { kind: 'conflict', message: 'A VLAN id of the range is there already.' },
  'network.vlan.exhausted': { kind: 'conflict', message: 'The device has no free VLAN id.' },
  'network.vlan.in_use': { kind: 'conflict', message: 'A service has this VLAN id.' },
  'network.ipam.stale': { kind: 'precondition_failed', message: 'It has changed since you read it.' },
});
