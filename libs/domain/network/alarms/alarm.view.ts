export const ALARM_STATUSES = ['open', 'acknowledged', 'cleared'] as const;
export type AlarmStatus = (typeof ALARM_STATUSES)[number];
export type AlarmSeverity = 'warning' | 'critical';

export interface AlarmView {
  readonly id: number;
  readonly deviceId: number;
  readonly deviceName: string;
  /** What it is about: `threshold:7`, `trap:1.3.6.1…`, `reachability`. */
  readonly source: string;
  readonly metric: string | null;
  readonly severity: AlarmSeverity;
  readonly status: AlarmStatus;
  readonly message: string;
  readonly value: number | null;
  readonly occurrences: number;
  readonly raisedAt: Date;
  readonly seenAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly note: string | null;
  readonly clearedAt: Date | null;
  readonly version: number;
}

export const ALARM_COLUMNS = `a.id, a.device_id AS "deviceId", d.name AS "deviceName", a.source, a.metric, a.severity, a.status, a.message,
  a.value, a.occurrences, a.raised_at AS "raisedAt", a.seen_at AS "seenAt", a.acknowledged_at AS "acknowledgedAt",
  a.acknowledged_by AS "acknowledgedBy", a.note, a.cleared_at AS "clearedAt", a.version`;
