import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { Outbox } from '@isp/platform/work';
import type { OrderView } from './order.view.js';

/** Says what happened to an order: once to the audit trail, once to whoever listens. */
@Injectable()
export class OrderFacts {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  note(actor: Actor, verb: string, order: OrderView, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'order', id: order.id };
    this.audit.record({ actor, partnerId: order.partnerId, action: `order.${verb}`, subject, changes });
  }

  placed(order: OrderView): void {
    this.outbox.add('ordering.order.placed.v1', payloadOf(order));
  }

  changed(order: OrderView): void {
    this.outbox.add('ordering.order.changed.v1', payloadOf(order));
  }

  ended(order: OrderView): void {
    this.outbox.add('ordering.order.ended.v1', { ...payloadOf(order), reason: order.endReason ?? '' });
  }
}

function payloadOf(order: OrderView) {
  return {
    partner_id: order.partnerId,
    customer_id: order.customerId,
    service_id: order.serviceId,
    order_id: order.id,
    service_guid: order.serviceGuid,
    premise_guid: order.premiseGuid,
    sequence: order.version,
  };
}
