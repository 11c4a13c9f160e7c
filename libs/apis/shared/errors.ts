import { defineErrors } from '@isp/kernel';

/** What can be wrong with a request before any domain sees it. */
export const httpErrors = defineErrors({
  'http.request.invalid': { kind: 'validation', message: 'Invalid input data' },
  'http.body.invalid': { kind: 'validation', message: 'Invalid input data' },
  'http.route.unknown': { kind: 'not_found', message: 'Not found' },
  'http.method.not_allowed': { kind: 'method_not_allowed', message: 'This resource does not answer that method.' },
  'http.body.too_large': { kind: 'payload_too_large', message: 'The request body is too large.' },
  'http.content_type.unsupported': {
    kind: 'unsupported_media_type',
    message:
      'Send the body in the type that the operation takes (application/json, or application/octet-stream for a file), without a content encoding.',
  },
  'http.accept.unsupported': { kind: 'not_acceptable', message: 'Only application/json is spoken here.' },
  'http.permission.missing': { kind: 'forbidden', message: 'You may not do this.' },
  'http.version.mismatch': { kind: 'precondition_failed', message: 'The resource has changed since you read it.' },
  'http.internal': { kind: 'internal', message: 'Something went wrong on our side.' },
  'http.overloaded': { kind: 'unavailable', message: 'Too busy at the moment; try again shortly.' },
});
