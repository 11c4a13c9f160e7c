import type { WorkOrderCommentView, WorkOrderStepView, WorkOrderView } from '@isp/domain/work-orders';
import { toIsoSeconds } from '@isp/kernel';

const time = (instant: Date | null): string | null => instant && toIsoSeconds(instant);

export function presentWorkOrder(order: WorkOrderView) {
  return {
    id: order.id,
    guid: order.guid,
    reference: order.reference,
    type: order.type,
    status: order.status,
    customer_id: order.customerId,
    service_id: order.serviceId,
    category: order.category,
    summary: order.summary,
    description: order.description,
    external_reference: order.externalReference,
    hold_reason: order.holdReason,
    cancel_reason: order.cancelReason,
    scheduled_at: time(order.scheduledAt),
    assigned_user: order.assignedUserId === null ? null : { id: order.assignedUserId, name: order.assignedUser },
    installer: order.installer,
    device_serial_number: order.deviceSerialNumber,
    last_comment: order.lastComment,
    created_by: order.createdBy,
    started_at: time(order.startedAt),
    completed_at: time(order.completedAt),
    cancelled_at: time(order.cancelledAt),
    version: order.version,
    created_at: toIsoSeconds(order.createdAt),
    updated_at: toIsoSeconds(order.updatedAt),
  };
}

export function presentComment({ id, text, author, at }: WorkOrderCommentView) {
  return { id, text, author, at: toIsoSeconds(at) };
}

export function presentStep({ id, action, from, to, changes, reason, actor, at }: WorkOrderStepView) {
  return { id, action, from, to, changes, reason, actor, at: toIsoSeconds(at) };
}
