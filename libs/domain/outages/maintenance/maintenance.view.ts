export const MAINTENANCE_STATES = ['planned', 'running', 'over', 'cancelled'] as const;
export type MaintenanceState = (typeof MAINTENANCE_STATES)[number];

export interface MaintenanceView {
  readonly id: number;
  readonly deviceId: number | null;
  readonly nodeId: number | null;
  readonly place: string;
  readonly title: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly status: 'planned' | 'cancelled';
  readonly cancelReason: string | null;
  readonly affectedServices: number;
  readonly affectedCustomers: number;
  readonly createdBy: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const MAINTENANCE_COLUMNS = `w.id, w.device_id AS "deviceId", w.node_id AS "nodeId",
  coalesce((SELECT d.name FROM devices d WHERE d.id = w.device_id), (SELECT n.name FROM network_nodes n WHERE n.id = w.node_id)) AS place,
  w.title, w.starts_at AS "startsAt", w.ends_at AS "endsAt", w.status, w.cancel_reason AS "cancelReason",
  w.affected_services AS "affectedServices", w.affected_customers AS "affectedCustomers", w.created_by AS "createdBy", w.version,
  w.created_at AS "createdAt", w.updated_at AS "updatedAt"`;

/** Where a window stands at an instant. */
export function stateOf({ status, startsAt, endsAt }: MaintenanceView, at: Date): MaintenanceState {
  if (status === 'cancelled') return 'cancelled';
  if (at < startsAt) return 'planned';
  return at < endsAt ? 'running' : 'over';
}
