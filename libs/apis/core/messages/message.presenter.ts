import { type MessageView, letterText } from '@isp/domain/notifications';
import { toIsoSeconds } from '@isp/kernel';

const at = (instant: Date | null): string | null => instant && toIsoSeconds(instant);

export function presentMessage(message: MessageView) {
  return {
    id: message.id,
    customer_id: message.customerId,
    kind: message.kind,
    invoice_id: message.subjectId,
    recipient: message.recipient,
    language: message.language,
    subject: message.letter?.subject ?? null,
    status: message.status,
    automatic: message.automatic,
    attempts: message.attempts,
    last_error: message.lastError,
    message_id: message.mailId,
    provider_reference: message.providerReference,
    next_attempt_at: at(message.nextAttemptAt),
    last_attempt_at: at(message.lastAttemptAt),
    sent_at: at(message.sentAt),
    created_at: at(message.createdAt),
    updated_at: at(message.updatedAt),
  };
}

export function presentMessageWithText(message: MessageView) {
  return { ...presentMessage(message), text: message.letter && letterText(message.letter) };
}
