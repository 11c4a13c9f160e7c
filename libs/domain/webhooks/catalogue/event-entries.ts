import type { EventPayload } from '@isp/contracts';

/** A fact as receivers get it. */
export interface PublicFact {
  readonly type: string;
  readonly resourceType: string;
  readonly resourceId: string;
  /** Grows with every event of the same resource; absent where the resource does not count: then the time does. */
  readonly sequence?: number;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** How one event is told to receivers. */
export interface Entry<P> {
  readonly type: string;
  readonly description: string;
  fact(payload: P): Omit<PublicFact, 'type'>;
}

export const customer = (type: string, description: string): Entry<EventPayload<'customers.customer.created.v1'>> => ({
  type,
  description,
  fact: ({ customer_id, name, email, portal_id, partner_id, sequence }) => ({
    resourceType: 'customer',
    resourceId: String(customer_id),
    sequence,
    data: { customer_id, name, email, portal_id, partner_id },
  }),
});

export const service = (type: string, description: string): Entry<EventPayload<'services.service.created.v1'>> => ({
  type,
  description,
  fact: ({ service_id, customer_id, partner_id, service_type, status, sequence }) => ({
    resourceType: 'service',
    resourceId: String(service_id),
    sequence,
    data: { service_id, customer_id, partner_id, service_type, status },
  }),
});

export const job = (
  type: string,
  description: string,
): Entry<EventPayload<'provisioning.job.succeeded.v1'> & { readonly reason?: string }> => ({
  type,
  description,
  fact: ({ provisioning_job_id, service_id, customer_id, partner_id, kind, sequence, reason }) => ({
    resourceType: 'provisioning_job',
    resourceId: String(provisioning_job_id),
    sequence,
    data: {
      provisioning_job_id,
      service_id,
      customer_id,
      partner_id,
      kind,
      ...(reason === undefined ? {} : { reason }),
    },
  }),
});

export const workOrder = (
  type: string,
  description: string,
): Entry<EventPayload<'work_orders.work_order.created.v1'>> => ({
  type: `work_order.${type}`,
  description,
  fact: ({ sequence, ...data }) => ({
    resourceType: 'work_order',
    resourceId: String(data.work_order_id),
    sequence,
    data,
  }),
});

export const order = (
  type: string,
  description: string,
): Entry<EventPayload<'ordering.order.placed.v1'> & { readonly reason?: string }> => ({
  type: `order.${type}`,
  description,
  fact: ({ sequence, ...data }) => ({ resourceType: 'order', resourceId: String(data.order_id), sequence, data }),
});

export const usage = (
  type: string,
  description: string,
): Entry<
  EventPayload<'usage.fair_use.reached.v1'> & {
    readonly cause?: string;
    readonly restored_by?: string;
    readonly action?: string;
  }
> => ({
  type,
  description,
  fact: (payload) => ({ resourceType: 'usage', resourceId: String(payload.service_id), data: payload }),
});

export const device = (type: string, description: string): Entry<EventPayload<'network.device.down.v1'>> => ({
  type,
  description,
  fact: ({ device_id, name, kind, node, sequence }) => ({
    resourceType: 'device',
    resourceId: String(device_id),
    sequence,
    data: { device_id, name, kind, node },
  }),
});

export const outage = (happened: string, description: string): Entry<EventPayload<'outages.outage.opened.v1'>> => ({
  type: `outage.${happened}`,
  description,
  fact: ({ sequence, ended_at, ...data }) => ({
    resourceType: 'outage',
    resourceId: String(data.outage_id),
    sequence,
    data: { ...data, ended_at: ended_at || null },
  }),
});
export const maintenance = (
  happened: string,
  description: string,
): Entry<EventPayload<'outages.maintenance.planned.v1'>> => ({
  type: `maintenance.${happened}`,
  description,
  fact: ({ sequence, ...data }) => ({
    resourceType: 'maintenance_window',
    resourceId: String(data.maintenance_window_id),
    sequence,
    data,
  }),
});
export const drift = (
  type: string,
  description: string,
): Entry<EventPayload<'network.drift.detected.v1'> & { readonly repair?: string }> => ({
  type,
  description,
  fact: ({ drift_id, partner_id, ...data }) => ({
    resourceType: 'drift',
    resourceId: drift_id,
    data: { drift_id, partner_id, ...data },
  }),
});

export const invoice = (type: string, description: string): Entry<EventPayload<'billing.invoice.issued.v1'>> => ({
  type,
  description,
  fact: ({ sequence, ...data }) => ({ resourceType: 'invoice', resourceId: String(data.invoice_id), sequence, data }),
});

export const payment = (
  type: string,
  description: string,
): Entry<Pick<EventPayload<'billing.payment.received.v1'>, 'payment_id' | 'sequence'>> => ({
  type,
  description,
  fact: ({ sequence, ...data }) => ({ resourceType: 'payment', resourceId: String(data.payment_id), sequence, data }),
});

export const dunningCase = (
  type: string,
  description: string,
): Entry<
  EventPayload<'dunning.case.opened.v1'> & {
    readonly action?: string;
    readonly closed_for?: string;
    readonly services?: number;
  }
> => ({
  type,
  description,
  fact: ({ sequence, ...data }) => ({
    resourceType: 'dunning_case',
    resourceId: String(data.dunning_case_id),
    sequence,
    data,
  }),
});

export const promise = (type: string, description: string): Entry<EventPayload<'dunning.promise.made.v1'>> => ({
  type,
  description,
  fact: (data) => ({ resourceType: 'promise_to_pay', resourceId: String(data.promise_id), data }),
});

export const charge = (type: string, description: string): Entry<EventPayload<'billing.charge.failed.v1'>> => ({
  type,
  description,
  fact: ({ sequence, ...data }) => ({ resourceType: 'charge', resourceId: String(data.charge_id), sequence, data }),
});

export const balance = (type: string, description: string): Entry<EventPayload<'billing.balance.low.v1'>> => ({
  type,
  description,
  fact: (data) => ({ resourceType: 'billing_account', resourceId: String(data.account_id), data }),
});

export const refund = (type: string, description: string): Entry<EventPayload<'billing.refund.succeeded.v1'>> => ({
  type,
  description,
  fact: ({ sequence, ...data }) => ({ resourceType: 'refund', resourceId: String(data.refund_id), sequence, data }),
});

export const ticket = (
  type: string,
  description: string,
): Entry<
  EventPayload<'tickets.ticket.created.v1'> & {
    readonly level?: number;
    readonly escalated_to?: string;
    readonly target?: string;
    readonly due_at?: string;
    readonly time_remaining_minutes?: number;
    readonly breach_time?: string;
  }
> => ({
  type,
  description,
  fact: ({ sequence, ...data }) => ({ resourceType: 'ticket', resourceId: String(data.ticket_id), sequence, data }),
});

export const message = (
  happened: string,
  description: string,
): Entry<EventPayload<'notifications.message.sent.v1'> & { readonly error?: string }> => ({
  type: `message.${happened}`,
  description,
  fact: ({ sequence, ...data }) => ({ resourceType: 'message', resourceId: String(data.message_id), sequence, data }),
});
