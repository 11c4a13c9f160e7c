import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { notificationErrors } from '../notifications.errors.js';
import { MessageFacts } from './message.facts.js';
import { MessageRepository } from './message.repository.js';
import { type MessageStatus, messageStates } from './message.states.js';
import type { MessageView } from './message.view.js';
import { OutgoingMessages } from './outgoing-messages.js';

export interface MoveMessageInput {
  readonly actor: Actor;
  readonly messageId: number;
}

const refuse = (from: MessageStatus, to: MessageStatus) =>
  notificationErrors('notifications.message.illegal_move', { from, to });

/** Puts a message that failed into the queue again, with as many tries as a new one has. Its Message-ID stays. */
@Injectable()
export class RetryMessage {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly messages: MessageRepository,
    private readonly outgoing: OutgoingMessages,
    private readonly facts: MessageFacts,
  ) {}

  /** @throws `notifications.message.not_found`, `notifications.message.illegal_move` */
  execute({ actor, messageId }: MoveMessageInput): Promise<MessageView> {
    return this.uow.run(actor, async () => {
      const { status, lastError } = await this.messages.lock(messageId);
      messageStates.assert(status, 'queued', refuse);
      const queued = await this.outgoing.again(messageId);
      this.facts.note(actor, 'retry', queued, { status: [status, queued.status], last_error: lastError });
      return queued;
    });
  }
}

/** Takes a message out of the queue before it was sent. */
@Injectable()
export class CancelMessage {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly messages: MessageRepository,
    private readonly outgoing: OutgoingMessages,
    private readonly facts: MessageFacts,
  ) {}

  /** @throws `notifications.message.not_found`, `notifications.message.illegal_move`, `notifications.message.on_its_way` */
  execute({ actor, messageId }: MoveMessageInput): Promise<MessageView> {
    return this.uow.run(actor, async () => {
      const { status, onItsWay } = await this.messages.lock(messageId);
      messageStates.assert(status, 'cancelled', refuse);
      if (onItsWay) throw notificationErrors('notifications.message.on_its_way');
      const cancelled = await this.outgoing.callOff(messageId, 'Called off by a person.');
      this.facts.note(actor, 'cancel', cancelled, { status: [status, cancelled.status] });
      return cancelled;
    });
  }
}
