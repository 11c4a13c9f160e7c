import type { AccessRule } from '@isp/contracts';
import type { ErrorKind } from '@isp/kernel';
import type { z } from 'zod';

export interface OperationOptions {
  /** Who may call it. A route without this does not boot. */
  readonly access: AccessRule;
  readonly summary: string;
  readonly description?: string;
  /** The success status; 200 unless told otherwise. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Shape of the success body; none for an empty one. */
  readonly response?: z.ZodType;
  /** An example of the success body. */
  readonly example?: unknown;
  /** An example of the request body, shown and runnable on the documentation pages. */
  readonly requestExample?: unknown;
  /** What can go wrong beside what every operation shares (validation, authentication, limits). */
  readonly errors?: readonly ErrorKind[];
  /** Hours that an idempotent answer is kept: 24, or 720 where money moves. */
  readonly keepAnswerHours?: number;
  /** What a success is when it is not JSON: then `response` and `example` are text, refusals are JSON all the same. */
  readonly contentType?: string;
  /** Not counted against rate limits (health checks). */
  readonly unlimited?: boolean;
  /** An answer that must not be stored anywhere, because it shows a secret. */
  readonly secret?: boolean;
}
