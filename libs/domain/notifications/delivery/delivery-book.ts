import { Inject, Injectable } from '@nestjs/common';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import type { Letter } from '../letters/letter.js';
import type { MailAnswer } from '../mail/mailer.port.js';
import { MessageFacts } from '../messages/message.facts.js';
import { MessageRepository } from '../messages/message.repository.js';
import type { MessageView } from '../messages/message.view.js';
import { nextTrySeconds } from './patience.js';

const MOST_TEXT = 500;

/** Writes down what becomes of messages, in the caller's transaction. */
@Injectable()
export class DeliveryBook {
  constructor(
    private readonly messages: MessageRepository,
    private readonly facts: MessageFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The message, locked; undefined when it is not in the queue any more. */
  async queued(id: number): Promise<MessageView | undefined> {
    const message = await this.messages.find(id);
    return message?.status === 'queued' ? message : undefined;
  }

  attempt(id: number, letter: Letter, mailId: string): Promise<MessageView> {
    return this.messages.attempt(id, letter, mailId);
  }

  async end(id: number, status: 'failed' | 'cancelled', reason: string): Promise<void> {
    const ended = await this.messages.end(id, status, reason.slice(0, MOST_TEXT));
    if (ended?.status === 'failed') this.facts.failed(ended);
  }

  /** Seconds until the next try; undefined when it is over, one way or the other. */
  async record({ id, tries }: MessageView, answer: MailAnswer): Promise<number | undefined> {
    if (answer.state === 'accepted') {
      const sent = await this.messages.sent(id, answer.reference.slice(0, MOST_TEXT));
      if (sent) this.facts.sent(sent);
      return undefined;
    }
    const seconds = answer.permanent ? undefined : nextTrySeconds(tries);
    if (seconds === undefined) await this.end(id, 'failed', answer.reason);
    else await this.messages.later(id, answer.reason.slice(0, MOST_TEXT), addSeconds(this.clock.now(), seconds));
    return seconds;
  }
}
