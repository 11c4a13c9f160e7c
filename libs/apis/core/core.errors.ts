import type { DomainError, ErrorKind } from '@isp/kernel';
import { type ErrorRenderer, STATUS_OF_KIND } from '@isp/apis/shared';

const CODE_OF_KIND: Readonly<Record<ErrorKind, string>> = {
  validation: 'VALIDATION_ERROR',
  unauthenticated: 'UNAUTHENTICATED',
  payment_refused: 'PAYMENT_REFUSED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  method_not_allowed: 'METHOD_NOT_ALLOWED',
  not_acceptable: 'NOT_ACCEPTABLE',
  conflict: 'CONFLICT',
  precondition_failed: 'PRECONDITION_FAILED',
  payload_too_large: 'PAYLOAD_TOO_LARGE',
  unsupported_media_type: 'UNSUPPORTED_MEDIA_TYPE',
  unprocessable: 'UNPROCESSABLE',
  rate_limited: 'RATE_LIMIT_EXCEEDED',
  quota_exceeded: 'QUOTA_EXCEEDED',
  internal: 'INTERNAL_ERROR',
  unavailable: 'SERVICE_UNAVAILABLE',
  timeout: 'TIMEOUT',
};

/** Kinds whose callers need to tell one case from another get the domain's own code, in upper case. */
const SPECIFIC = new Set<ErrorKind>(['conflict', 'unprocessable']);

/** Says the same for every cause: nothing of the inside, and no difference between a missing and a foreign object. */
const FIXED: Partial<Record<ErrorKind, string>> = {
  not_found: 'Not found',
  internal: 'Something went wrong on our side.',
};

/** `{"error": {code, message, details, request_id}}`. */
export const coreErrorRenderer: ErrorRenderer = {
  mount: '/v1',
  render(error: DomainError, requestId: string) {
    const code = SPECIFIC.has(error.kind)
      ? error.code.split('.').slice(1).join('_').toUpperCase()
      : CODE_OF_KIND[error.kind];
    const message = FIXED[error.kind] ?? error.message;
    return {
      status: STATUS_OF_KIND[error.kind],
      body: { error: { code, message, details: error.details, request_id: requestId } },
    };
  },
};
