import type { DeliveryStatus } from './delivery.states.js';

export interface DeliveryView {
  readonly id: number;
  readonly partnerId: number;
  readonly endpointId: number;
  /** UUID of the event: the same for every endpoint and every try. */
  readonly eventId: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly deliveredAt: Date | null;
  readonly occurredAt: Date;
  readonly createdAt: Date;
}

export interface AttemptView {
  readonly number: number;
  readonly at: Date;
  readonly durationMs: number;
  /** HTTP status; null when no reply came. */
  readonly status: number | null;
  readonly error: string | null;
  /** The beginning of the reply's body. */
  readonly responseExcerpt: string | null;
}

export interface DeliveryDetailView extends DeliveryView {
  /** The exact text that is sent. */
  readonly payload: string;
  readonly attemptLog: readonly AttemptView[];
}

/** The id that receivers see: `evt_` and the event's UUID without hyphens. */
export function publicEventId(eventId: string): string {
  return `evt_${eventId.replaceAll('-', '')}`;
}
