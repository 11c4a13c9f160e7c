import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { Outbox } from '@isp/platform/work';
import type { MessageView } from './message.view.js';

/** Says what became of messages: what people did to the audit trail, what came of it to whoever listens. */
@Injectable()
export class MessageFacts {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  note(actor: Actor, action: string, { id, partnerId }: MessageView, changes: Readonly<Record<string, unknown>>): void {
    this.audit.record({ actor, partnerId, action: `message.${action}`, subject: { type: 'message', id }, changes });
  }

  sent(message: MessageView): void {
    this.outbox.add('notifications.message.sent.v1', payloadOf(message));
  }

  failed(message: MessageView): void {
    this.outbox.add('notifications.message.failed.v1', { ...payloadOf(message), error: message.lastError ?? '' });
  }
}

function payloadOf(message: MessageView) {
  return {
    partner_id: message.partnerId,
    customer_id: message.customerId,
    message_id: message.id,
    kind: message.kind,
    subject_type: message.subjectType,
    subject_id: message.subjectId,
    recipient: message.recipient,
    attempts: message.attempts,
    sequence: message.version,
  };
}
