import { Injectable } from '@nestjs/common';
import { EVENTS, type EventName, type EventPayload } from '@isp/contracts';
import { type Transaction, UnitOfWork, statement } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';
import { Waker } from './waker.js';

const ADD = statement(
  'outbox-add',
  `INSERT INTO outbox (name, partner_id, payload, request_id)
   SELECT e.name, e.partner_id, e.payload, e.request_id
     FROM unnest($1::text[], $2::integer[], $3::jsonb[], $4::text[]) WITH ORDINALITY AS e (name, partner_id, payload, request_id, n) ORDER BY e.n`,
);

interface NewEvent {
  readonly name: EventName;
  readonly partnerId: number;
  readonly payload: string;
  readonly requestId: string | null;
}

/** Publishes facts: the event is a row in the transaction of the change, so neither exists without the other. */
@Injectable()
export class Outbox {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly waker: Waker,
  ) {}

  /** Adds an event to the caller's transaction. The payload must fit its schema; a misfit is a programming error. */
  add<N extends EventName>(name: N, payload: EventPayload<N>): void {
    EVENTS[name].parse(payload);
    const tx = this.uow.tx;
    this.written();
    const text = JSON.stringify(payload);
    tx.collect(write, { name, partnerId: payload.partner_id, payload: text, requestId: currentRequestId() ?? null });
  }

  /** Events that a function of the database writes in the caller's transaction: whoever waits for them is woken. */
  written(): void {
    this.uow.tx.afterCommit('wake', () => this.waker.wake());
  }
}

/** All events of a transaction in one statement: a billing run has hundreds. */
function write(events: readonly NewEvent[], tx: Transaction): Promise<unknown> {
  return tx.execute(ADD, [
    events.map(({ name }) => name),
    events.map(({ partnerId }) => partnerId),
    events.map(({ payload }) => payload),
    events.map(({ requestId }) => requestId),
  ]);
}
