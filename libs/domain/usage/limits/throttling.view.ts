/** What of a plan was used up; or a customer who does not pay. */
export type LimitCause = 'fair_use' | 'data_limit' | 'payment';
export type LimitAction = 'throttle' | 'walled_garden' | 'none';
export type RestoredBy = 'new_period' | 'plan_change' | 'manual' | 'ended' | 'payment';

/** A limit that a service reached in a month, or why else it is held back. A GB of a plan is 10^9 bytes; both directions count. */
export interface ThrottlingEventView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly cause: LimitCause;
  readonly action: LimitAction;
  /** The first day of the month, `YYYY-MM-DD`; null, like the figures of use, where nothing was used up. */
  readonly period: string | null;
  readonly at: Date;
  readonly usageBytes: number | null;
  readonly limitBytes: number | null;
  /** What the service was throttled to. */
  readonly downloadKbps: number | null;
  readonly uploadKbps: number | null;
  /** Null while it holds. */
  readonly restoredAt: Date | null;
  readonly restoredBy: RestoredBy | null;
  readonly reason: string | null;
}

export const EVENT_COLUMNS = `e.id, e.partner_id AS "partnerId", e.customer_id AS "customerId", e.service_id AS "serviceId", e.cause, e.action,
  e.period::text AS period, e.at, e.usage_bytes::float8 AS "usageBytes", e.limit_bytes::float8 AS "limitBytes", e.download_kbps AS "downloadKbps",
  e.upload_kbps AS "uploadKbps", e.restored_at AS "restoredAt", e.restored_by AS "restoredBy", e.reason`;
