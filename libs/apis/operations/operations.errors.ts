import type { DomainError, ErrorKind } from '@isp/kernel';
import { type ErrorRenderer, STATUS_OF_KIND } from '@isp/apis/shared';

/** Fixed words, as the framework that this API's documents name says them; elsewhere the refusal speaks for itself. */
const WORDS: Readonly<Record<ErrorKind, string | undefined>> = {
  unauthenticated: 'Not authenticated',
  forbidden: 'Forbidden',
  not_found: 'Not Found',
  method_not_allowed: 'Method Not Allowed',
  internal: 'Internal Server Error',
  validation: undefined,
  payment_refused: undefined,
  not_acceptable: undefined,
  conflict: undefined,
  precondition_failed: undefined,
  payload_too_large: undefined,
  unsupported_media_type: undefined,
  unprocessable: undefined,
  rate_limited: undefined,
  quota_exceeded: undefined,
  unavailable: undefined,
  timeout: undefined,
};

/** `{"detail": "…"}`, one sentence. */
export const operationsErrorRenderer: ErrorRenderer = {
  mount: '/operations/v1',
  render(error: DomainError) {
    const fields = error.details.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`));
    const said = fields.length > 0 ? fields.join('; ') : error.message;
    return { status: STATUS_OF_KIND[error.kind], body: { detail: WORDS[error.kind] ?? said } };
  },
};
