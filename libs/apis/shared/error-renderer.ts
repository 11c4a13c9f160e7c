import type { DomainError, ErrorKind } from '@isp/kernel';

/** An error in one API's dialect. */
export interface RenderedError {
  readonly status: number;
  readonly body: unknown;
}

/** Renders every kind of refusal for the paths under one mount. */
export interface ErrorRenderer {
  /** Path prefix, such as `/v1`. */
  readonly mount: string;
  render(error: DomainError, requestId: string): RenderedError;
}

export const ERROR_RENDERERS = Symbol('ErrorRenderers');

/** The status that all three APIs share for each kind; an API overrides where its documents say otherwise. */
export const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  validation: 400,
  unauthenticated: 401,
  payment_refused: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  timeout: 504,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  rate_limited: 429,
  quota_exceeded: 429,
  internal: 500,
  unavailable: 503,
};
