export type LimitCause = 'fair_use' | 'data_limit';
export type LimitAction = 'throttle' | 'walled_garden' | 'none';
export type RestoredBy = 'new_period' | 'plan_change' | 'manual' | 'ended';

/** A limit that a service reached in a month. A GB of a plan is 10^9 bytes; both directions count. */
export interface ThrottlingEventView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly cause: LimitCause;
  readonly action: LimitAction;
  /** The first day of the month, `YYYY-MM-DD`. */
  readonly period: string;
  readonly at: Date;
  readonly usageBytes: number;
  readonly limitBytes: number;
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
