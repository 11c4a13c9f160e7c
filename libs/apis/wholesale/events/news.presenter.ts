import type { EventPayload } from '@isp/contracts';
import type { LineNames } from '@isp/domain/ordering';
import type { ServiceStatus } from '@isp/domain/services';
import type { DIALECT_EVENTS, PublicFact } from '@isp/domain/webhooks';
import type { WorkOrderStatus, WorkOrderType, WorkOrderView } from '@isp/domain/work-orders';
import { upperUuid } from '@isp/kernel';
import { toOrderFlowTime } from '../dates.js';
import { SERVICE_WORDS } from '../words.js';
import { presentWorkOrderState } from '../work-orders/work-order.presenter.js';

export type ServiceNews = EventPayload<'services.service.created.v1'>;
export type WorkOrderNews = EventPayload<'work_orders.work_order.created.v1'>;

const typed = (type: keyof typeof DIALECT_EVENTS) => type;

/** A service as it was when the event happened: its state is the event's, not the row's of a later moment. */
export function presentServiceNews(news: ServiceNews, line: LineNames, occurredAt: Date): PublicFact {
  const serviceId = upperUuid(line.guid);
  return {
    type: typed('wholesale.service.updated'),
    resourceType: 'service',
    resourceId: serviceId,
    sequence: news.sequence,
    data: {
      service_id: serviceId,
      customer_id: upperUuid(line.customerGuid),
      product_id: upperUuid(line.productGuid),
      premise_id: line.premiseGuid && upperUuid(line.premiseGuid),
      isp_reference: line.ispReference,
      status: SERVICE_WORDS[news.status as ServiceStatus],
      last_updated_date: occurredAt.toISOString(),
    },
  };
}

/** The same of a work order; its times are those of the order flow. */
export function presentWorkOrderNews(
  news: WorkOrderNews,
  order: WorkOrderView,
  timeZone: string,
  occurredAt: Date,
): PublicFact {
  const id = upperUuid(order.guid);
  const status = news.status as WorkOrderStatus;
  return {
    type: typed('wholesale.work_order.updated'),
    resourceType: 'work_order',
    resourceId: id,
    sequence: news.sequence,
    data: {
      id,
      service_id: upperUuid(order.serviceGuid),
      reference: order.reference,
      ...presentWorkOrderState({ type: news.type as WorkOrderType, status }),
      on_hold: status === 'on_hold',
      scheduled_date_time: order.scheduledAt && toOrderFlowTime(order.scheduledAt, timeZone),
      last_comment: order.lastComment,
      updated_at: toOrderFlowTime(occurredAt, timeZone),
    },
  };
}
