import type { OpenStatus, WorkOrderStatus, WorkOrderType } from './work-order.states.js';

/** A work order as others see it. */
export interface WorkOrderView {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly serviceGuid: string;
  readonly type: WorkOrderType;
  readonly reference: string;
  readonly status: WorkOrderStatus;
  /** Where it goes on when its hold is over; null when it is not held. */
  readonly heldFrom: OpenStatus | null;
  readonly holdReason: string | null;
  readonly cancelReason: string | null;
  readonly scheduledAt: Date | null;
  readonly assignedUserId: number | null;
  readonly assignedUserGuid: string | null;
  readonly assignedUser: string | null;
  readonly installerId: number | null;
  readonly installerGuid: string | null;
  readonly installer: string | null;
  readonly category: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly externalReference: string | null;
  readonly deviceSerialNumber: string | null;
  readonly createdByGuid: string | null;
  readonly createdBy: string;
  readonly lastComment: string | null;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface WorkOrderCommentView {
  readonly id: string;
  readonly text: string;
  readonly author: string;
  readonly at: Date;
}

/** One thing that happened to a work order. */
export interface WorkOrderStepView {
  readonly id: string;
  readonly action: string;
  readonly from: WorkOrderStatus | null;
  readonly to: WorkOrderStatus;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
  readonly actor: string;
  readonly at: Date;
}

/** The columns of a view, of `work_orders w` in `WORK_ORDER_TABLES`. */
export const WORK_ORDER_COLUMNS = `w.id, w.guid, w.partner_id AS "partnerId", w.customer_id AS "customerId", w.service_id AS "serviceId",
  s.guid AS "serviceGuid", w.type, w.reference, w.status, w.held_from AS "heldFrom", w.hold_reason AS "holdReason",
  w.cancel_reason AS "cancelReason", w.scheduled_at AS "scheduledAt", w.assigned_user_id AS "assignedUserId",
  w.assigned_user_guid AS "assignedUserGuid", w.assigned_user AS "assignedUser", w.installer_id AS "installerId",
  i.guid AS "installerGuid", i.name AS installer, w.category, w.summary, w.description, w.external_reference AS "externalReference",
  w.device_serial_number AS "deviceSerialNumber", w.created_by_guid AS "createdByGuid", w.created_by AS "createdBy",
  (SELECT c.text FROM work_order_comments c WHERE c.partner_id = w.partner_id AND c.work_order_id = w.id
    ORDER BY c.id DESC LIMIT 1) AS "lastComment",
  w.started_at AS "startedAt", w.completed_at AS "completedAt", w.cancelled_at AS "cancelledAt", w.version,
  w.created_at AS "createdAt", w.updated_at AS "updatedAt"`;

export const WORK_ORDER_TABLES = `work_orders w JOIN services s ON s.id = w.service_id LEFT JOIN installers i ON i.id = w.installer_id`;
