import { Inject, Injectable } from '@nestjs/common';
import { type Actor, type EventName, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { NamedActors } from '@isp/domain/access';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';
import { Outbox } from '@isp/platform/work';
import { told } from '../clocks/ticket-facts.js';
import { ticketErrors } from './ticket.errors.js';
import { TicketRepository } from './ticket.repository.js';
import { type TicketStatus, clocksRun, isOver, ticketStates } from './ticket.states.js';
import type { TicketView } from './ticket.view.js';

const NOTE = statement(
  'tickets-note',
  `INSERT INTO ticket_history (partner_id, customer_id, ticket_id, internal, action, from_status, to_status, changes, reason, actor, at, request_id)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);

const HAPPENED = {
  create: 'created',
  change: 'changed',
  assign: 'assigned',
  start: 'started',
  pend: 'pended',
  resume: 'resumed',
  comment: 'commented',
  link: 'changed',
  attach: 'changed',
  resolve: 'resolved',
  close: 'closed',
  reopen: 'reopened',
  merge: 'merged',
  escalate: 'escalated',
} as const;
export type TicketVerb = keyof typeof HAPPENED;

export interface Happening {
  readonly actor: Actor;
  readonly verb: TicketVerb;
  readonly reason?: string | undefined;
  /** Only for the operator's people, and no event. */
  readonly internal?: boolean | undefined;
  /** What is to be remembered beside the columns that changed. */
  readonly noted?: Readonly<Record<string, unknown>> | undefined;
}

/** Tickets as they are written: every change with its history, its audit row and its event, in one transaction. */
@Injectable()
export class TicketBook {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly tickets: TicketRepository,
    private readonly people: NamedActors,
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** What people call who acts. */
  async nameOf(actor: Actor): Promise<string> {
    return (await this.people.of(actor)).name;
  }

  /** @throws `tickets.ticket.illegal_move`, `tickets.ticket.over`, `tickets.ticket.merged` */
  async change(what: Happening, before: TicketView, patch: Partial<TicketView>): Promise<TicketView> {
    refuse(before, patch.status);
    const next = { ...before, ...patch, ...this.stopsOf(before, patch.status ?? before.status) };
    const { stoppedFrom: _from, stoppedUntil: _until, ...diff } = changesBetween(before, next);
    if (Object.keys(diff).length === 0 && what.noted === undefined) return before;
    const after = await this.tickets.save(next);
    this.note({ ...what, noted: { ...diff, ...what.noted } }, before.status, after);
    return after;
  }

  /** Notes what happened to a ticket that is saved already. */
  note(
    { actor, verb, reason, internal = false, noted = {} }: Happening,
    from: TicketStatus | null,
    ticket: TicketView,
  ) {
    const { partnerId, customerId, id, status } = ticket;
    const what = [internal, verb, from, status, JSON.stringify(noted), reason ?? null, actor.name];
    this.uow.tx.defer(NOTE, [partnerId, customerId, id, ...what, this.clock.now(), currentRequestId() ?? null]);
    const changes = { ...noted, ...(reason === undefined ? {} : { reason }) };
    // What the operator's people say among themselves is in their own chain alone.
    const chain = internal ? OPERATOR_PARTNER_ID : partnerId;
    this.audit.record({ actor, partnerId: chain, action: `ticket.${verb}`, subject: { type: 'ticket', id }, changes });
    // An escalation says more than its event's name, and is told by whoever knows it.
    if (internal || verb === 'escalate') return;
    this.outbox.add(`tickets.ticket.${HAPPENED[verb]}.v1` satisfies EventName, told(ticket));
  }

  /** A status in which the clocks stand still begins a stop, one in which they run ends it. */
  private stopsOf({ status, stoppedFrom, stoppedUntil }: TicketView, to: TicketStatus) {
    if (clocksRun(status) === clocksRun(to)) return {};
    const now = this.clock.now();
    return clocksRun(to) ? { stoppedUntil: [...stoppedUntil, now] } : { stoppedFrom: [...stoppedFrom, now] };
  }
}

/** A ticket that is over changes no more until it is opened again; one that was merged never. */
function refuse({ status, mergedIntoId }: TicketView, to: TicketStatus = status): void {
  if (mergedIntoId !== null) throw ticketErrors('tickets.ticket.merged', { id: mergedIntoId });
  if (to !== status && !ticketStates.can(status, to))
    throw ticketErrors('tickets.ticket.illegal_move', { from: status, to });
  if (to === status && isOver(status)) throw ticketErrors('tickets.ticket.over', { status });
}
