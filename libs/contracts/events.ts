import { z } from 'zod';

const ids = { partner_id: z.int(), customer_id: z.int() };
const customer = z.strictObject({
  ...ids,
  name: z.string(),
  email: z.string(),
  portal_id: z.string(),
  /** Counts this customer's changes, so that a receiver can order what it gets. */
  sequence: z.int(),
});
const service = z.strictObject({
  ...ids,
  service_id: z.int(),
  service_type: z.string(),
  status: z.string(),
  sequence: z.int(),
});
const device = z.strictObject({
  /** The operator: devices are nobody else's. */
  partner_id: z.int(),
  device_id: z.int(),
  name: z.string(),
  kind: z.string(),
  node: z.string(),
  sequence: z.int(),
});

const job = z.strictObject({
  ...ids,
  service_id: z.int(),
  provisioning_job_id: z.int(),
  kind: z.string(),
  /** Counts this job's changes. */
  sequence: z.int(),
});

const workOrder = z.strictObject({
  ...ids,
  service_id: z.int(),
  work_order_id: z.int(),
  guid: z.string(),
  reference: z.string(),
  type: z.string(),
  status: z.string(),
  /** Counts this work order's changes. */
  sequence: z.int(),
});

const order = z.strictObject({
  ...ids,
  service_id: z.int(),
  order_id: z.int(),
  /** Of the service that was ordered. */
  service_guid: z.string(),
  premise_guid: z.string(),
  sequence: z.int(),
});

const usage = z.strictObject({
  ...ids,
  service_id: z.int(),
  /** The first day of the month, in the partner's time zone. */
  period: z.string(),
  usage_bytes: z.int(),
  limit_bytes: z.int(),
});

const drift = z.strictObject({
  partner_id: z.int(),
  /** 0 where a session belongs to nobody. */
  customer_id: z.int(),
  service_id: z.int(),
  drift_id: z.string(),
  kind: z.string(),
  desired: z.string(),
  observed: z.string(),
  cause: z.string(),
});

const invoice = z.strictObject({
  ...ids,
  invoice_id: z.int(),
  account_id: z.int(),
  invoice_number: z.string(),
  status: z.string(),
  /** Decimal text, as amounts are in every event; negative of a credit note. */
  total_amount: z.string(),
  amount_due: z.string(),
  currency: z.string(),
  due_date: z.string(),
  sequence: z.int(),
});

const invoiceWriteOff = invoice.extend({
  /** What was written off, or taken back of that. */
  amount: z.string(),
  /** Of the write-off; of a reversal what the person said, empty when money came. */
  reason: z.string(),
});

/** What a bank took back beyond a payment was given up, or so much of that was taken back. */
const excessWriteOff = z.strictObject({
  ...ids,
  payment_id: z.int(),
  account_id: z.int(),
  amount: z.string(),
  currency: z.string(),
  /** As of an invoice's. */
  reason: z.string(),
  sequence: z.int(),
});

const payment = z.strictObject({
  ...ids,
  payment_id: z.int(),
  account_id: z.int(),
  amount: z.string(),
  currency: z.string(),
  method: z.string(),
  reference: z.string(),
  /** Why it was reversed. */
  reason: z.string(),
  sequence: z.int(),
});

const dunningCase = z.strictObject({
  ...ids,
  dunning_case_id: z.int(),
  account_id: z.int(),
  overdue_amount: z.string(),
  currency: z.string(),
  /** The due date of the oldest invoice that counts; empty when none does any more. */
  overdue_since: z.string(),
  days_overdue: z.int(),
  /** Counts this case's changes. */
  sequence: z.int(),
});

const promise = z.strictObject({
  ...ids,
  promise_id: z.int(),
  dunning_case_id: z.int(),
  account_id: z.int(),
  amount: z.string(),
  currency: z.string(),
  promised_on: z.string(),
  status: z.string(),
});

const charge = z.strictObject({
  ...ids,
  charge_id: z.int(),
  account_id: z.int(),
  amount: z.string(),
  currency: z.string(),
  /** Why it failed, in the gateway's word. */
  code: z.string(),
  attempt: z.int(),
  /** When it is tried again by itself; empty: it is not. */
  retry_at: z.string(),
  /** Where its holder takes the step that the gateway asks for. */
  action_url: z.string(),
  sequence: z.int(),
});

const refund = z.strictObject({
  ...ids,
  refund_id: z.int(),
  payment_id: z.int(),
  account_id: z.int(),
  amount: z.string(),
  currency: z.string(),
  reason: z.string(),
  code: z.string(),
  sequence: z.int(),
});

const balance = z.strictObject({
  ...ids,
  account_id: z.int(),
  currency: z.string(),
  balance: z.string(),
  /** Of the next period, with everything that is due with it, and what is missing for it. */
  price: z.string(),
  missing: z.string(),
  /** The day on which it begins, or would have begun. */
  period_from: z.string(),
});

const outage = z.strictObject({
  /** Whose services are affected: each partner is told of its own. */
  partner_id: z.int(),
  outage_id: z.int(),
  title: z.string(),
  status: z.string(),
  started_at: z.string(),
  /** Empty while it lasts. */
  ended_at: z.string(),
  affected_services: z.int(),
  affected_customers: z.int(),
  sequence: z.int(),
});

const maintenance = z.strictObject({
  partner_id: z.int(),
  maintenance_window_id: z.int(),
  title: z.string(),
  starts_at: z.string(),
  ends_at: z.string(),
  affected_services: z.int(),
  affected_customers: z.int(),
  sequence: z.int(),
});
const ticket = z.strictObject({
  partner_id: z.int(),
  /** 0 where it is of nobody in particular. */
  customer_id: z.int(),
  ticket_id: z.int(),
  number: z.string(),
  category: z.string(),
  priority: z.string(),
  status: z.string(),
  /** Counts this ticket's changes. */
  sequence: z.int(),
});
const message = z.strictObject({
  ...ids,
  message_id: z.int(),
  kind: z.string(),
  subject_type: z.string(),
  subject_id: z.int(),
  recipient: z.string(),
  attempts: z.int(),
  /** Counts this message's changes. */
  sequence: z.int(),
});
/** `first_response` or `resolution`. */
const slaTarget = z.string();

/**
 * Every event that the program publishes: a fact in the past tense, named `<owner>.<thing>.<happened>.v<n>`, with the
 * schema of its payload. A listener names one of these; an event nobody knows does not compile.
 */
export const EVENTS = {
  'customers.customer.created.v1': customer,
  'customers.customer.updated.v1': customer,
  'customers.customer.suspended.v1': customer,
  'customers.customer.reactivated.v1': customer,
  'customers.customer.terminated.v1': customer,
  'services.service.created.v1': service,
  'services.service.activated.v1': service,
  'services.service.suspended.v1': service,
  'services.service.reactivated.v1': service,
  'services.service.terminated.v1': service,
  'services.service.changed.v1': service,
  'provisioning.job.failed.v1': z.strictObject({
    ...ids,
    service_id: z.int(),
    provisioning_job_id: z.int(),
    error: z.string(),
    sequence: z.int(),
  }),
  'provisioning.job.succeeded.v1': job,
  'provisioning.job.cancelled.v1': job,
  'provisioning.job.held.v1': job.extend({ reason: z.string() }),
  'work_orders.work_order.created.v1': workOrder,
  'work_orders.work_order.changed.v1': workOrder,
  'work_orders.work_order.scheduled.v1': workOrder,
  'work_orders.work_order.assigned.v1': workOrder,
  'work_orders.work_order.started.v1': workOrder,
  'work_orders.work_order.commented.v1': workOrder,
  'work_orders.work_order.held.v1': workOrder,
  'work_orders.work_order.resumed.v1': workOrder,
  'work_orders.work_order.completed.v1': workOrder,
  'work_orders.work_order.cancelled.v1': workOrder,
  'ordering.order.placed.v1': order,
  'ordering.order.changed.v1': order,
  'ordering.order.ended.v1': order.extend({ reason: z.string() }),
  'usage.fair_use.warning.v1': usage,
  'usage.fair_use.reached.v1': usage,
  'usage.fair_use.restored.v1': usage.extend({ cause: z.string(), restored_by: z.string() }),
  'usage.data_limit.reached.v1': usage.extend({ action: z.string() }),
  'network.device.down.v1': device,
  'network.device.up.v1': device,
  'network.drift.detected.v1': drift,
  'network.drift.repaired.v1': drift.extend({ repair: z.string() }),
  /** The network was seen to follow a version of what is wanted. */
  'network.subscriber.confirmed.v1': z.strictObject({
    ...ids,
    service_id: z.int(),
    access: z.string(),
    /** `full` or `throttled`. */
    rate: z.string(),
    sequence: z.int(),
  }),
  'billing.invoice.issued.v1': invoice,
  'billing.invoice.paid.v1': invoice,
  'billing.invoice.overdue.v1': invoice,
  'billing.invoice.voided.v1': invoice,
  'billing.credit_note.issued.v1': invoice,
  'billing.invoice.written_off.v1': invoiceWriteOff,
  'billing.invoice.write_off_reversed.v1': invoiceWriteOff,
  'billing.payment.received.v1': payment,
  'billing.payment.reversed.v1': payment,
  'billing.payment.excess_written_off.v1': excessWriteOff,
  'billing.payment.excess_write_off_reversed.v1': excessWriteOff,
  'dunning.case.opened.v1': dunningCase,
  'dunning.case.closed.v1': dunningCase.extend({ closed_for: z.string() }),
  'dunning.reminder.due.v1': dunningCase.extend({
    invoice_id: z.int(),
    invoice_number: z.string(),
    due_date: z.string(),
  }),
  /** A late fee, a throttling, a suspension or a termination. */
  'dunning.step.taken.v1': dunningCase.extend({ action: z.string() }),
  'dunning.service.restored.v1': dunningCase.extend({ services: z.int() }),
  'dunning.promise.made.v1': promise,
  'dunning.promise.kept.v1': promise,
  'dunning.promise.broken.v1': promise,
  'billing.charge.failed.v1': charge,
  'billing.charge.action_required.v1': charge,
  'billing.refund.succeeded.v1': refund,
  'billing.refund.failed.v1': refund,
  'billing.balance.low.v1': balance,
  'billing.balance.exhausted.v1': balance,
  'outages.outage.opened.v1': outage,
  'outages.outage.resolved.v1': outage,
  'outages.outage.corrected.v1': outage,
  'outages.maintenance.planned.v1': maintenance,
  'outages.maintenance.changed.v1': maintenance,
  'outages.maintenance.cancelled.v1': maintenance,
  'outages.level.credited.v1': z.strictObject({
    ...ids,
    service_id: z.int(),
    level_id: z.int(),
    /** The first day of the month. */
    period: z.string(),
    document_id: z.int(),
    /** Decimal text without tax; negative where a credit was taken back. */
    amount: z.string(),
    credited_amount: z.string(),
    currency: z.string(),
    sequence: z.int(),
  }),
  'tickets.ticket.created.v1': ticket,
  'tickets.ticket.changed.v1': ticket,
  'tickets.ticket.assigned.v1': ticket,
  'tickets.ticket.started.v1': ticket,
  'tickets.ticket.pended.v1': ticket,
  'tickets.ticket.resumed.v1': ticket,
  'tickets.ticket.commented.v1': ticket,
  'tickets.ticket.resolved.v1': ticket,
  'tickets.ticket.closed.v1': ticket,
  'tickets.ticket.reopened.v1': ticket,
  'tickets.ticket.merged.v1': ticket,
  'tickets.ticket.escalated.v1': ticket.extend({ level: z.int(), escalated_to: z.string() }),
  'sla.ticket.warned.v1': ticket.extend({
    target: slaTarget,
    due_at: z.string(),
    time_remaining_minutes: z.int(),
  }),
  'sla.ticket.breached.v1': ticket.extend({ target: slaTarget, breach_time: z.string() }),
  'notifications.message.sent.v1': message,
  'notifications.message.failed.v1': message.extend({ error: z.string() }),
  'platform.work.died.v1': z.strictObject({
    work_id: z.string(),
    partner_id: z.int(),
    queue: z.string(),
    name: z.string(),
    reason: z.string(),
  }),
} as const;

export type EventName = keyof typeof EVENTS;
export type EventPayload<N extends EventName> = z.infer<(typeof EVENTS)[N]>;
