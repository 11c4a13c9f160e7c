import { defineErrors } from '@isp/kernel';

export const egressErrors = defineErrors({
  'egress.destination.refused': { kind: 'unprocessable', message: 'The URL cannot be used: {problem}.' },
  'egress.policy.invalid': { kind: 'internal', message: 'The list of allowed networks is not usable: {problem}.' },
  'egress.dns.failed': { kind: 'unavailable', message: 'The host name could not be resolved.' },
  'egress.connect.failed': { kind: 'unavailable', message: 'No connection could be made ({problem}).' },
  'egress.connect.timeout': { kind: 'timeout', message: 'No connection was made within {limit} ms.' },
  'egress.tls.failed': { kind: 'unavailable', message: 'No secure connection could be made ({problem}).' },
  'egress.reply.failed': { kind: 'unavailable', message: 'The connection broke before the whole reply had come.' },
  'egress.reply.malformed': {
    kind: 'unavailable',
    message: 'The reply is not valid HTTP, or its headers are too large.',
  },
  'egress.timeout': { kind: 'timeout', message: 'No complete reply came within {limit} ms.' },
  'egress.aborted': { kind: 'unavailable', message: 'The request was called off.' },
});
