import type { DomainError, ErrorKind } from '@isp/kernel';
import { type ErrorRenderer, STATUS_OF_KIND } from '@isp/apis/shared';
import { phraseOf } from './phrases.js';

interface Rendering {
  readonly status: number;
  /** Fixed words; without them the refusal speaks for itself. */
  readonly words?: string;
}

const as = (kind: ErrorKind, words?: string): Rendering => ({
  status: STATUS_OF_KIND[kind],
  ...(words ? { words } : {}),
});
const badRequest: Rendering = { status: 400 };

const BY_KIND: Readonly<Record<ErrorKind, Rendering>> = {
  validation: badRequest,
  unprocessable: badRequest,
  conflict: badRequest,
  unauthenticated: as('unauthenticated', 'Not Authenticated'),
  forbidden: as('forbidden', 'Not Authorized'),
  not_found: as('not_found', 'not found'),
  internal: as('internal', 'Something went wrong on our side.'),
  payment_refused: as('payment_refused'),
  method_not_allowed: as('method_not_allowed'),
  not_acceptable: as('not_acceptable'),
  precondition_failed: as('precondition_failed'),
  payload_too_large: as('payload_too_large'),
  unsupported_media_type: as('unsupported_media_type'),
  rate_limited: as('rate_limited'),
  quota_exceeded: as('quota_exceeded'),
  unavailable: as('unavailable'),
  timeout: as('timeout'),
};

/** `{"code", "errors": {"field": ["is …"]}, "full_errors": ["field is …"]}` for a bad request, else `{"code", "errors": ["…"]}`. */
export const wholesaleErrorRenderer: ErrorRenderer = {
  mount: '/wholesale',
  render(error: DomainError) {
    const { status, words } = renderingOf(error);
    return { status, body: status === 400 ? byField(error) : { code: status, errors: [words ?? error.message] } };
  },
};

/** Refusals of the machinery (a request still runs, a key is used again, a race is lost) mean the same in every API. */
function renderingOf({ kind, code }: DomainError): Rendering {
  return code.startsWith('platform.') && kind !== 'internal' ? as(kind) : BY_KIND[kind];
}

function byField(error: DomainError) {
  if (error.details.length === 0) return { code: 400, errors: { base: [error.message] }, full_errors: [error.message] };
  const issues = error.details.map(({ field, message }) => ({ field: nameOf(field), phrase: phraseOf(message) }));
  const errors = new Map<string, string[]>();
  for (const { field, phrase } of issues) errors.set(field, [...(errors.get(field) ?? []), phrase]);
  return {
    code: 400,
    errors: Object.fromEntries(errors),
    full_errors: issues.map(({ field, phrase }) => (field === 'base' ? phrase : `${field} ${phrase}`)),
  };
}

/**
 * A field without the envelope that the documents put around a customer: they name `email`, not `customer.email`. An `id`
 * keeps it: of an order's parts it would not say whose it is.
 */
function nameOf(field: string): string {
  return field.replace(/^customer\.(?!id$)/, '') || 'base';
}
