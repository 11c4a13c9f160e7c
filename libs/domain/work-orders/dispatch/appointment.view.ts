import type { Place } from '@isp/domain/workforce';
import type { WorkOrderType } from '../work-orders/work-order.states.js';

export const APPOINTMENT_STATUSES = ['booked', 'done', 'cancelled'] as const;
export type AppointmentStatus = (typeof APPOINTMENT_STATUSES)[number];

/** Somebody is expected at a customer's. */
export interface AppointmentView {
  readonly id: number;
  readonly workOrderId: number;
  readonly reference: string;
  readonly type: WorkOrderType;
  readonly summary: string | null;
  readonly customerId: number;
  readonly customer: string;
  readonly customerPhone: string;
  /** Null where nobody knows where the customer lives. */
  readonly address: string | null;
  readonly place: Place | null;
  readonly technicianId: number;
  readonly technician: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly status: AppointmentStatus;
  /** Why this technician at this time, as it was known when it was booked. */
  readonly reasons: readonly string[];
  readonly cancelReason: string | null;
  readonly bookedBy: string;
  readonly createdAt: Date;
  readonly closedAt: Date | null;
}

/** The columns of a view, of `APPOINTMENT_TABLES`. */
export const APPOINTMENT_COLUMNS = `a.id, a.work_order_id AS "workOrderId", w.reference, w.type, w.summary, a.customer_id AS "customerId",
  c.name AS customer, c.phone AS "customerPhone",
  coalesce(p.full_text, nullif(concat_ws(', ', s.installation_address->>'street', s.installation_address->>'city', s.installation_address->>'zip'), '')) AS address,
  CASE WHEN p.id IS NOT NULL THEN json_build_object('latitude', p.latitude::float8, 'longitude', p.longitude::float8) END AS place,
  a.technician_id AS "technicianId", t.name AS technician, a.starts_at AS "startsAt", a.ends_at AS "endsAt", a.status, a.reasons,
  a.cancel_reason AS "cancelReason", a.booked_by AS "bookedBy", a.created_at AS "createdAt", a.closed_at AS "closedAt"`;

export const APPOINTMENT_JOINS = `JOIN work_orders w ON w.partner_id = a.partner_id AND w.id = a.work_order_id
  JOIN customers c ON c.partner_id = a.partner_id AND c.id = a.customer_id
  JOIN technicians t ON t.id = a.technician_id JOIN services s ON s.id = w.service_id
  LEFT JOIN premise_occupations o ON o.service_id = w.service_id LEFT JOIN premises p ON p.id = o.premise_id`;
