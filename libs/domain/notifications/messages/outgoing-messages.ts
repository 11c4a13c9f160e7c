import { Injectable } from '@nestjs/common';
import { WorkQueue } from '@isp/platform/work';
import { MessageRepository, type NewInvoiceMessage } from './message.repository.js';
import type { MessageView } from './message.view.js';

/** What is promised to go out: a message and the work that sends it, in the caller's transaction. */
@Injectable()
export class OutgoingMessages {
  constructor(
    private readonly messages: MessageRepository,
    private readonly work: WorkQueue,
  ) {}

  /** Undefined when there is one for the same once-key. The invoice is there: its caller has read it. */
  async promise(values: NewInvoiceMessage): Promise<MessageView | undefined> {
    const message = await this.messages.insert(values);
    if (message) this.enqueue(message.id);
    return message;
  }

  async again(messageId: number): Promise<MessageView> {
    const message = await this.messages.again(messageId);
    this.enqueue(messageId);
    return message;
  }

  async callOff(messageId: number, reason: string): Promise<MessageView> {
    const message = (await this.messages.end(messageId, 'cancelled', reason)) as MessageView;
    await this.work.cancel('notifications.send', String(messageId));
    return message;
  }

  private enqueue(messageId: number): void {
    this.work.enqueueOnCommit('notifications.send', { message_id: messageId }, { dedupeKey: String(messageId) });
  }
}
