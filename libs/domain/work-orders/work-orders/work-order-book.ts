import { Injectable } from '@nestjs/common';
import type { Actor, EventName } from '@isp/contracts';
import { NamedActors } from '@isp/domain/access';
import { AuditTrail } from '@isp/domain/audit';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';
import { Outbox } from '@isp/platform/work';
import { AppointmentBook } from '../dispatch/appointment-book.js';
import { workOrderErrors } from './work-order.errors.js';
import { type NewWorkOrder, WorkOrderRepository } from './work-order.repository.js';
import { type WorkOrderStatus, workOrderStates } from './work-order.states.js';
import type { WorkOrderView } from './work-order.view.js';

const NOTE = statement(
  'work-orders-note',
  `INSERT INTO work_order_history (partner_id, customer_id, work_order_id, action, from_status, to_status, changes, reason, actor, request_id)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

const HAPPENED = {
  create: 'created',
  change: 'changed',
  schedule: 'scheduled',
  assign: 'assigned',
  unassign: 'changed',
  start: 'started',
  comment: 'commented',
  hold: 'held',
  resume: 'resumed',
  complete: 'completed',
  cancel: 'cancelled',
} as const;
export type WorkOrderVerb = keyof typeof HAPPENED;

/** Why an appointment that is still ahead is cancelled with its order. */
const ENDS: Readonly<Partial<Record<WorkOrderStatus, string>>> = {
  completed: 'The work is done.',
  cancelled: 'The work order was cancelled.',
  on_hold: 'The work order is held.',
};

export interface Happening {
  readonly actor: Actor;
  readonly verb: WorkOrderVerb;
  readonly reason?: string | undefined;
  /** What whoever reads the order is told of it. */
  readonly comment?: string | undefined;
}

/** Work orders as they are written: every change with its history, its audit row and its event, in one transaction. */
@Injectable()
export class WorkOrderBook {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly appointments: AppointmentBook,
    private readonly people: NamedActors,
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  /** @throws `work_orders.work_order.under_way` */
  async open(actor: Actor, made: NewWorkOrder, comment?: string, automatic = false): Promise<WorkOrderView> {
    const by = automatic ? this.people.program : await this.people.of(actor);
    const order = await this.orders.insert(made, by);
    if (comment !== undefined) await this.orders.comment(order, comment, by);
    const after = { ...order, lastComment: comment ?? null };
    const changes = { type: made.type, service_id: made.serviceId };
    this.note({ actor, verb: 'create' }, null, after, changes);
    return after;
  }

  /** @throws `work_orders.work_order.illegal_move`, `work_orders.work_order.over` */
  async change(what: Happening, before: WorkOrderView, patch: Partial<WorkOrderView>): Promise<WorkOrderView> {
    refuse(what.verb, before, patch.status);
    const diff = changesBetween(before, patch);
    if (Object.keys(diff).length === 0) return before;
    if (what.comment !== undefined) await this.orders.comment(before, what.comment, await this.people.of(what.actor));
    const after = await this.orders.save({ ...before, ...patch });
    const over = ENDS[after.status];
    if (over && after.status !== before.status) await this.appointments.close(after.id, over);
    this.note(what, before.status, after, diff);
    return after;
  }

  async comment(actor: Actor, order: WorkOrderView, text: string): Promise<WorkOrderView> {
    await this.orders.comment(order, text, await this.people.of(actor));
    // Whoever follows the order by its time of change sees that there is something to read.
    const after = await this.orders.save(order);
    this.note({ actor, verb: 'comment' }, order.status, after, {});
    return after;
  }

  private note(
    { actor, verb, reason }: Happening,
    from: WorkOrderStatus | null,
    order: WorkOrderView,
    changes: Readonly<Record<string, unknown>>,
  ): void {
    const { partnerId, customerId, id, status } = order;
    const what = [verb, from, status, JSON.stringify(changes), reason ?? null, actor.name, currentRequestId() ?? null];
    this.uow.tx.defer(NOTE, [partnerId, customerId, id, ...what]);
    const subject = { type: 'work_order', id };
    const noted = { ...changes, ...(reason === undefined ? {} : { reason }) };
    this.audit.record({ actor, partnerId, action: `work_order.${verb}`, subject, changes: noted });
    this.outbox.add(`work_orders.work_order.${HAPPENED[verb]}.v1` satisfies EventName, {
      partner_id: partnerId,
      customer_id: customerId,
      service_id: order.serviceId,
      work_order_id: id,
      guid: order.guid,
      reference: order.reference,
      type: order.type,
      status,
      sequence: order.version,
    });
  }
}

/** An order that is over changes no more; what stays in its status is no move. */
function refuse(verb: WorkOrderVerb, { status }: WorkOrderView, to: WorkOrderStatus = status): void {
  if (to !== status && !workOrderStates.can(status, to))
    throw workOrderErrors('work_orders.work_order.illegal_move', { from: status, to: HAPPENED[verb] });
  if (to === status && workOrderStates.terminal.includes(status))
    throw workOrderErrors('work_orders.work_order.over', { status });
}
