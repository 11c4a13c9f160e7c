import type { Letter } from '../letters/letter.js';
import type { MessageStatus } from './message.states.js';

export const MESSAGE_KINDS = ['invoice', 'credit_note', 'reminder'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** What a customer is reminded of. Decimal text, and the due date of the oldest invoice that counts. */
export interface ReminderFigures {
  readonly overdueAmount: string;
  readonly overdueSince: string;
}

/** An e-mail that was promised. */
export interface MessageView {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  readonly customerId: number;
  readonly kind: MessageKind;
  /** What it is about. */
  readonly subjectType: 'invoice';
  readonly subjectId: number;
  readonly recipient: string;
  readonly language: string;
  /** Nobody asked for it. */
  readonly automatic: boolean;
  readonly status: MessageStatus;
  /** What it tells of beside its subject, as it was when it was promised. */
  readonly figures: ReminderFigures | Readonly<Record<string, never>>;
  /** Null until it is first handed to a mail server. */
  readonly letter: Letter | null;
  /** How often a mail server was asked to take it, and how often since it was last put into the queue. */
  readonly attempts: number;
  readonly tries: number;
  readonly lastError: string | null;
  /** Its Message-ID (RFC 5322), the same with every try. */
  readonly mailId: string | null;
  /** What the mail server said when it took it. */
  readonly providerReference: string | null;
  readonly nextAttemptAt: Date | null;
  readonly lastAttemptAt: Date | null;
  readonly sentAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

/** The columns of a view, for hand-written statements. */
export const MESSAGE_COLUMNS = `m.id, m.guid, m.partner_id AS "partnerId", m.customer_id AS "customerId", m.kind, m.subject_type AS "subjectType",
  m.subject_id AS "subjectId", m.recipient, m.language, m.once_key IS NOT NULL AS automatic, m.status, m.figures, m.letter, m.attempts, m.tries,
  m.last_error AS "lastError", m.mail_id AS "mailId", m.provider_reference AS "providerReference", m.next_attempt_at AS "nextAttemptAt",
  m.last_attempt_at AS "lastAttemptAt", m.sent_at AS "sentAt", m.created_by AS "createdBy", m.created_at AS "createdAt",
  m.updated_at AS "updatedAt", m.version`;
