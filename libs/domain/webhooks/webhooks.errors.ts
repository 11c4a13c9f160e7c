import { defineErrors } from '@isp/kernel';

export const webhookErrors = defineErrors({
  'webhooks.endpoint.not_found': { kind: 'not_found', message: 'There is no such webhook endpoint.' },
  'webhooks.endpoint.version_mismatch': {
    kind: 'precondition_failed',
    message: 'The endpoint has changed since you read it.',
  },
  'webhooks.endpoint.disabled': { kind: 'conflict', message: 'The endpoint is disabled; enable it first.' },
  'webhooks.endpoint.too_many': {
    kind: 'unprocessable',
    message: 'A partner may have at most {limit} webhook endpoints.',
  },
  'webhooks.endpoint.all_partners_refused': {
    kind: 'forbidden',
    message: 'Only the operator may receive the events of every partner.',
  },
  'webhooks.delivery.not_found': { kind: 'not_found', message: 'There is no such webhook delivery.' },
  'webhooks.replay.bad_range': { kind: 'unprocessable', message: 'The period must end after it starts.' },
});
