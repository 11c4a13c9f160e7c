/**
 * What can go wrong, as a closed set of kinds. Every API renders every kind in its own dialect
 * (an exhaustive record keyed by this list), so a new kind does not compile until each API knows it.
 */
export const ERROR_KINDS = [
  'validation',
  'unauthenticated',
  'payment_refused',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'not_acceptable',
  'conflict',
  'precondition_failed',
  'payload_too_large',
  'unsupported_media_type',
  'unprocessable',
  'rate_limited',
  'quota_exceeded',
  'internal',
  'unavailable',
  'timeout',
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** One complaint about one input field; `field` is a dotted path (`address.zip`), empty for the whole input. */
export interface FieldIssue {
  readonly field: string;
  readonly message: string;
}

export interface ErrorExtras {
  readonly details?: readonly FieldIssue[];
  /** Seconds after which a retry can succeed; rendered as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Additional response headers, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal with a stable machine code, such as `customers.customer.not_found`. Its message is for the caller's eyes. */
export class DomainError extends Error {
  readonly details: readonly FieldIssue[];
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    extras: ErrorExtras = {},
  ) {
    super(message, { cause: extras.cause });
    this.name = 'DomainError';
    this.details = extras.details ?? [];
    this.retryAfterSeconds = extras.retryAfterSeconds;
    this.headers = extras.headers ?? {};
  }
}

/** One row of a domain's error table: the code's kind and its message, with `{placeholders}`. */
export interface ErrorSpec {
  readonly kind: ErrorKind;
  readonly message: string;
}

type Params = Readonly<Record<string, string | number>>;

/**
 * Builds a domain's error factory from its table (`x.errors.ts`): `const errors = defineErrors({...})`,
 * `throw errors('customers.customer.not_found')`.
 */
export function defineErrors<const T extends Record<string, ErrorSpec>>(table: T) {
  const factory = (code: keyof T & string, params: Params = {}, extras: ErrorExtras = {}): DomainError => {
    const spec = table[code] as ErrorSpec;
    const message = spec.message.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
    return new DomainError(code, spec.kind, message, extras);
  };
  return Object.assign(factory, { table: table });
}
