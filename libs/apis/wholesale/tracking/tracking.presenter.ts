import type { LineDelta } from '@isp/domain/ordering';
import type { WorkOrderDelta } from '@isp/domain/work-orders';
import { upperUuid } from '@isp/kernel';
import { SERVICE_WORDS } from '../words.js';
import { presentWorkOrderState } from '../work-orders/work-order.presenter.js';

export function presentLineDelta(line: LineDelta) {
  return {
    service_id: upperUuid(line.guid),
    customer_name: line.customerName,
    full_address: line.address,
    status: SERVICE_WORDS[line.status],
    product: line.productName,
    last_updated_date: line.updatedAt.toISOString(),
  };
}

export function presentWorkOrderDelta(order: WorkOrderDelta) {
  return {
    work_order_id: upperUuid(order.guid),
    service_id: upperUuid(order.serviceGuid),
    reference: order.reference,
    customer_name: order.customerName,
    full_address: order.address,
    ...presentWorkOrderState(order),
    on_hold: order.status === 'on_hold',
    scheduled_date_time: order.scheduledAt && order.scheduledAt.toISOString(),
    last_comment: order.lastComment,
    last_updated_date: order.updatedAt.toISOString(),
  };
}
