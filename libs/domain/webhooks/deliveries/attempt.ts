import type { SealedSecrets } from '../endpoints/endpoint-secrets.js';

/** A delivery that this process has claimed, with all that sending it takes. */
export interface ClaimedDelivery {
  readonly id: string;
  readonly epoch: number;
  /** Failed tries of this round. */
  readonly tries: number;
  readonly eventId: string;
  readonly type: string;
  readonly payload: string;
  readonly requestId: string | null;
  readonly url: string;
  /** Still sealed: opened only for the moment of signing. */
  readonly secrets: SealedSecrets;
}

/** How one try went. */
export interface AttemptResult {
  readonly at: Date;
  readonly durationMs: number;
  /** HTTP status; null when no usable reply came. */
  readonly status: number | null;
  readonly error: string | null;
  readonly responseExcerpt: string | null;
  readonly retryAfterSeconds: number | undefined;
}

/** 2xx and nothing else. */
export function succeeded({ status }: AttemptResult): boolean {
  return status !== null && status >= 200 && status < 300;
}
