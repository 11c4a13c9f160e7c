import { EVENTS, type EventName, type EventPayload } from '@isp/contracts';
import {
  balance,
  type Entry,
  type PublicFact,
  charge,
  customer,
  device,
  drift,
  dunningCase,
  invoice,
  job,
  maintenance,
  message,
  order,
  outage,
  payment,
  promise,
  refund,
  service,
  ticket,
  usage,
  workOrder,
} from './event-entries.js';

/** Every event of the program with its public face; null: nobody's business. A new event does not compile without. */
const CATALOGUE: { readonly [N in EventName]: Entry<EventPayload<N>> | null } = {
  'customers.customer.created.v1': customer('customer.created', 'A customer was created.'),
  'customers.customer.updated.v1': customer('customer.updated', 'Facts about a customer have changed.'),
  'customers.customer.suspended.v1': customer('customer.suspended', 'A customer was suspended.'),
  'customers.customer.reactivated.v1': customer('customer.reactivated', 'A suspended customer is active again.'),
  'customers.customer.terminated.v1': customer('customer.terminated', 'A customer was terminated.'),
  'services.service.created.v1': service('service.created', 'A service was ordered.'),
  'services.service.activated.v1': service('service.activated', 'A service works.'),
  'services.service.suspended.v1': service('service.suspended', 'A service was suspended.'),
  'services.service.reactivated.v1': service('service.reactivated', 'A suspended service works again.'),
  'services.service.terminated.v1': service('service.terminated', 'A service was ended for good.'),
  'services.service.changed.v1': service(
    'service.changed',
    'The plan, the place or another fact of a service changed.',
  ),
  'provisioning.job.failed.v1': {
    type: 'provisioning.failed',
    description: 'A service could not be provisioned.',
    fact: ({ provisioning_job_id, service_id, customer_id, partner_id, error, sequence }) => ({
      resourceType: 'provisioning_job',
      resourceId: String(provisioning_job_id),
      sequence,
      data: { provisioning_job_id, service_id, customer_id, partner_id, error },
    }),
  },
  'provisioning.job.succeeded.v1': job(
    'provisioning.succeeded',
    'A service was moved on the network or taken off it. Of a new one `service.activated` tells.',
  ),
  'provisioning.job.cancelled.v1': job(
    'provisioning.cancelled',
    'A provisioning job was taken back; what it had done is undone.',
  ),
  'provisioning.job.held.v1': job('provisioning.held', 'A provisioning job waits for a person.'),
  'work_orders.work_order.created.v1': workOrder('created', 'Somebody is to go out for a service.'),
  'work_orders.work_order.changed.v1': workOrder('changed', 'What a work order says has changed.'),
  'work_orders.work_order.scheduled.v1': workOrder('scheduled', 'A work order has its time, or another one.'),
  'work_orders.work_order.assigned.v1': workOrder('assigned', 'A work order was given to somebody.'),
  'work_orders.work_order.started.v1': workOrder('started', 'The work has begun.'),
  'work_orders.work_order.commented.v1': workOrder('commented', 'Somebody said something about a work order.'),
  'work_orders.work_order.held.v1': workOrder('held', 'A work order waits for something.'),
  'work_orders.work_order.resumed.v1': workOrder('resumed', 'A work order that waited goes on.'),
  'work_orders.work_order.completed.v1': workOrder('completed', 'The work is done.'),
  'work_orders.work_order.cancelled.v1': workOrder('cancelled', 'Nobody goes out any more.'),
  'ordering.order.placed.v1': order(
    'placed',
    'A line was ordered on a premise. Of its life the `service` events tell.',
  ),
  'ordering.order.changed.v1': order('changed', 'The reference or the WiFi of an ordered line was changed.'),
  'ordering.order.ended.v1': order('ended', 'An ordered line is over, for a reason; its premise is free again.'),
  'usage.fair_use.warning.v1': usage(
    'usage.fair_use_warning',
    'A service has used 80 % of what its plan calls fair in a month.',
  ),
  'usage.fair_use.reached.v1': usage(
    'usage.fair_use_reached',
    'A service has used more than its plan calls fair in a month, and is throttled.',
  ),
  'usage.fair_use.restored.v1': usage('usage.fair_use_restored', 'A service that was held back runs at its own speed.'),
  'usage.data_limit.reached.v1': usage('usage.data_limit_reached', 'A service has used the data of its month.'),
  'network.device.down.v1': device('network.device.down', 'A device does not answer any more. For the operator only.'),
  'network.device.up.v1': device('network.device.up', 'A device answers again. For the operator only.'),
  'network.drift.detected.v1': drift(
    'network.drift.detected',
    'The network differs from what a service is to have; its repair is under way.',
  ),
  'network.drift.repaired.v1': drift('network.drift.repaired', 'A difference of the network is gone.'),
  'network.subscriber.confirmed.v1': {
    type: 'network.service.confirmed',
    description: 'The network was seen to do what is wanted for a service.',
    fact: ({ service_id, customer_id, partner_id, access, rate, sequence }) => ({
      resourceType: 'subscriber',
      resourceId: String(service_id),
      sequence,
      data: { service_id, customer_id, partner_id, access, rate },
    }),
  },
  'outages.outage.opened.v1': outage('opened', 'Services of yours are down; how many, and since when.'),
  'outages.outage.resolved.v1': outage('resolved', 'An outage is over.'),
  'outages.outage.corrected.v1': outage('corrected', 'The times of an outage were corrected, or it was none.'),
  'outages.maintenance.planned.v1': maintenance('planned', 'Work that will interrupt services of yours is announced.'),
  'outages.maintenance.changed.v1': maintenance('changed', 'Announced work has another time or another title.'),
  'outages.maintenance.cancelled.v1': maintenance('cancelled', 'Announced work does not take place.'),
  'outages.level.credited.v1': {
    type: 'service_level.credited',
    description: 'A service was below its promised level, and the difference is credited (or a credit taken back).',
    fact: ({ sequence, ...data }) => ({
      resourceType: 'service_level',
      resourceId: String(data.level_id),
      sequence,
      data,
    }),
  },
  'billing.invoice.issued.v1': invoice('invoice.generated', 'An invoice was issued.'),
  'billing.invoice.paid.v1': invoice(
    'invoice.paid',
    'Money or a credit note closed an invoice. Its status is paid, or uncollectible where a part of it was given up.',
  ),
  'billing.invoice.overdue.v1': invoice('payment.overdue', 'An invoice was not paid by its due date.'),
  'billing.invoice.voided.v1': invoice('invoice.voided', 'An issued invoice or credit note was voided.'),
  'billing.credit_note.issued.v1': invoice('credit_note.issued', 'A credit note was issued; its total is negative.'),
  'billing.invoice.written_off.v1': invoice(
    'invoice.written_off',
    'What is open of an invoice was given up, in full or in part: bad debt.',
  ),
  'billing.invoice.write_off_reversed.v1': invoice(
    'invoice.write_off_reversed',
    'So much of a write-off was taken back: the money came after all, or a person took it back.',
  ),
  'billing.payment.received.v1': payment('payment.received', 'A payment came in.'),
  'billing.payment.reversed.v1': payment(
    'payment.reversed',
    'A payment that had come in was taken back: a returned debit, a chargeback, a bounced cheque.',
  ),
  'billing.payment.excess_written_off.v1': payment(
    'payment.excess_written_off',
    'What a bank took back beyond the rest of a payment was given up, in full or in part: bad debt.',
  ),
  'billing.payment.excess_write_off_reversed.v1': payment(
    'payment.excess_write_off_reversed',
    'So much of such a write-off was taken back: the money came after all, or a person took it back.',
  ),
  'dunning.case.opened.v1': dunningCase('dunning.opened', 'An account is overdue, and a dunning policy holds for it.'),
  'dunning.case.closed.v1': dunningCase(
    'dunning.closed',
    'Nothing more is done about what an account owed, for a reason.',
  ),
  'dunning.reminder.due.v1': {
    type: 'invoice.reminder',
    description: 'A customer is to be reminded of the oldest invoice that is overdue.',
    fact: ({ sequence, ...data }) => ({
      resourceType: 'dunning_case',
      resourceId: String(data.dunning_case_id),
      sequence,
      data,
    }),
  },
  'dunning.step.taken.v1': dunningCase(
    'dunning.step_taken',
    'For want of payment a fee was charged, or services were throttled, suspended or terminated.',
  ),
  'dunning.service.restored.v1': dunningCase(
    'dunning.restored',
    'Services that were held back for want of payment are as they were sold again.',
  ),
  'dunning.promise.made.v1': promise('dunning.promise_made', 'A customer promised to pay by a day.'),
  'dunning.promise.kept.v1': promise('dunning.promise_kept', 'What was promised was paid in time.'),
  'dunning.promise.broken.v1': promise('dunning.promise_broken', 'The day of a promise is over, and it was not kept.'),
  'billing.charge.failed.v1': charge(
    'payment.failed',
    'A gateway refused to take the money; `retry_at` says when it is tried again by itself.',
  ),
  'billing.charge.action_required.v1': charge(
    'payment.action_required',
    'The holder of the payment method must take a step at `action_url`.',
  ),
  'billing.refund.succeeded.v1': refund('payment.refunded', 'Money of a payment went back.'),
  'billing.refund.failed.v1': refund('refund.failed', 'Money of a payment could not be given back.'),
  'billing.balance.low.v1': balance(
    'balance.low',
    'The balance of a prepaid account does not cover its next period, which begins soon.',
  ),
  'billing.balance.exhausted.v1': balance(
    'balance.exhausted',
    'The balance of a prepaid account did not cover its next period: its services are blocked until it does.',
  ),
  'tickets.ticket.created.v1': ticket('ticket.created', 'A ticket was opened.'),
  'tickets.ticket.changed.v1': ticket('ticket.changed', 'What a ticket says, or what belongs to it, has changed.'),
  'tickets.ticket.assigned.v1': ticket('ticket.assigned', 'A ticket was given to somebody.'),
  'tickets.ticket.started.v1': ticket('ticket.started', 'Somebody works on a ticket.'),
  'tickets.ticket.pended.v1': ticket('ticket.pended', 'A ticket waits for somebody else; its clocks stand still.'),
  'tickets.ticket.resumed.v1': ticket('ticket.resumed', 'A ticket that waited goes on.'),
  'tickets.ticket.commented.v1': ticket('ticket.commented', 'Somebody said something about a ticket.'),
  'tickets.ticket.resolved.v1': ticket('ticket.resolved', 'A ticket is solved.'),
  'tickets.ticket.closed.v1': ticket('ticket.closed', 'A ticket is over.'),
  'tickets.ticket.reopened.v1': ticket('ticket.reopened', 'A ticket that was over goes on.'),
  'tickets.ticket.merged.v1': ticket('ticket.merged', 'A ticket goes on in another one.'),
  'tickets.ticket.escalated.v1': ticket('ticket.escalated', 'A ticket went up to a level, to somebody.'),
  'sla.ticket.warned.v1': ticket('sla.warning', 'Much of the time for a ticket is used up.'),
  'sla.ticket.breached.v1': ticket('sla.breached', 'The time for a ticket is over.'),
  'notifications.message.sent.v1': message('sent', 'A mail server has taken an e-mail to a customer.'),
  'notifications.message.failed.v1': message(
    'failed',
    'An e-mail to a customer could not be sent and waits for a person.',
  ),
  'platform.work.died.v1': {
    type: 'system.job_dead',
    description: 'Accepted work failed for good and waits for a person. For the operator only.',
    fact: ({ work_id, queue, name, reason }) => ({
      resourceType: 'job',
      resourceId: work_id,
      data: { work_id, queue, name, reason },
    }),
  },
};

/** Sent on request, to one endpoint, whatever it subscribes to. */
export const TEST_EVENT = 'webhook.test';
/** Tells an owner's other endpoints that one was switched off. */
export const ENDPOINT_DISABLED_EVENT = 'webhook.endpoint_disabled';

/** Told to ISPs beside the events of the catalogue, in the words, ids and dates of the wholesale API. */
export const DIALECT_EVENTS = {
  'wholesale.service.updated':
    'For ISPs, in the words of the wholesale API: a service was ordered or changed its state. Its `sequence` grows; what nobody is told of counts, too.',
  'wholesale.work_order.updated': 'For ISPs, in the words of the wholesale API: a work order has got further.',
} as const;

export interface EventTypeView {
  readonly type: string;
  readonly description: string;
}

/** What an endpoint can subscribe to. */
export const EVENT_TYPES: readonly EventTypeView[] = [
  ...Object.values(CATALOGUE).flatMap((entry) => (entry ? [{ type: entry.type, description: entry.description }] : [])),
  ...Object.entries(DIALECT_EVENTS).map(([type, description]) => ({ type, description })),
  {
    type: ENDPOINT_DISABLED_EVENT,
    description: 'Another endpoint of yours was disabled: it was gone, or failed for 5 days.',
  },
];

const NAMES: ReadonlySet<string> = new Set(['*', ...EVENT_TYPES.map(({ type }) => type)]);

/** Whether an endpoint may name this in its `events`: a type, or `*` for all. */
export function isSubscribable(type: string): boolean {
  return NAMES.has(type);
}

/** Names of all internal events. */
export const EVENT_NAMES = Object.keys(EVENTS) as EventName[];

/** The public face of an internal event, if it has one. */
export function publicFactOf<N extends EventName>(name: N, payload: EventPayload<N>): PublicFact | undefined {
  const entry: Entry<EventPayload<N>> | null = CATALOGUE[name];
  return entry ? { type: entry.type, ...entry.fact(payload) } : undefined;
}
