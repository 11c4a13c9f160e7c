import { Injectable } from '@nestjs/common';
import { EVENTS, type EventName, type EventPayload } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';
import { Waker } from './waker.js';

const ADD = statement(
  'outbox-add',
  'INSERT INTO outbox (name, partner_id, payload, request_id) VALUES ($1, $2, $3, $4)',
);

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
    tx.afterCommit('wake', () => this.waker.wake());
    tx.defer(ADD, [name, payload.partner_id, JSON.stringify(payload), currentRequestId() ?? null]);
  }
}
