import { defineErrors } from '@isp/kernel';

export const radiusErrors = defineErrors({
  'radius.packet.malformed': { kind: 'unprocessable', message: 'No RADIUS packet: {problem}.' },
  'radius.packet.too_long': { kind: 'internal', message: 'A RADIUS packet holds at most 4096 octets.' },
  'radius.attribute.unknown': { kind: 'internal', message: 'There is no RADIUS attribute {name}.' },
  'radius.attribute.invalid': { kind: 'unprocessable', message: 'The RADIUS attribute {name} cannot hold that value.' },
  'radius.peer.silent': { kind: 'timeout', message: 'The RADIUS peer did not answer.' },
  'radius.peer.busy': { kind: 'unavailable', message: 'Too many RADIUS requests wait for that peer.' },
  'radius.client.closed': { kind: 'unavailable', message: 'The RADIUS client was closed.' },
});
