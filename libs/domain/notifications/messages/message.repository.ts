import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { Letter } from '../letters/letter.js';
import { notificationErrors } from '../notifications.errors.js';
import { MESSAGE_COLUMNS, type MessageView, type ReminderFigures } from './message.view.js';

/** Seconds for which an attempt may last, whatever becomes of its worker: longer than the patience with a mail server. */
const ON_ITS_WAY_SECONDS = 90;

const INSERT = statement(
  'messages-insert',
  `INSERT INTO messages AS m (partner_id, customer_id, kind, subject_type, subject_id, once_key, recipient, language, created_by, created_at,
          updated_at, next_attempt_at, figures)
   SELECT i.partner_id, i.customer_id, coalesce($7, i.document), 'invoice', i.id, $2, $3, $4, $5, $6, $6, $6, coalesce($8::jsonb, '{}') FROM invoices i WHERE i.id = $1
   ON CONFLICT ON CONSTRAINT messages_once DO NOTHING RETURNING ${MESSAGE_COLUMNS}`,
);
const LOCK = statement(
  'messages-lock',
  `SELECT ${MESSAGE_COLUMNS}, coalesce(m.sending_until > now(), false) AS "onItsWay" FROM messages m WHERE m.id = $1 FOR NO KEY UPDATE`,
);
const ATTEMPT = statement(
  'messages-attempt',
  `UPDATE messages m SET letter = $2, mail_id = $3, attempts = attempts + 1, tries = tries + 1, last_attempt_at = $4, updated_at = $4,
          sending_until = now() + make_interval(secs => ${ON_ITS_WAY_SECONDS}), version = version + 1
    WHERE m.id = $1 RETURNING ${MESSAGE_COLUMNS}`,
);
const SENT = statement(
  'messages-sent',
  `UPDATE messages m SET status = 'sent', provider_reference = $2, sent_at = $3, updated_at = $3, next_attempt_at = NULL, last_error = NULL,
          sending_until = NULL, version = version + 1
    WHERE m.id = $1 AND m.status = 'queued' RETURNING ${MESSAGE_COLUMNS}`,
);
const END = statement(
  'messages-end',
  `UPDATE messages m SET status = $2, last_error = $3, updated_at = $4, next_attempt_at = NULL, sending_until = NULL, version = version + 1
    WHERE m.id = $1 AND m.status = 'queued' RETURNING ${MESSAGE_COLUMNS}`,
);
const LATER = statement(
  'messages-later',
  `UPDATE messages m SET last_error = $2, next_attempt_at = $3, updated_at = $4, sending_until = NULL, version = version + 1
    WHERE m.id = $1 AND m.status = 'queued'`,
);
const AGAIN = statement(
  'messages-again',
  `UPDATE messages m SET status = 'queued', tries = 0, next_attempt_at = $2, updated_at = $2, version = version + 1
    WHERE m.id = $1 RETURNING ${MESSAGE_COLUMNS}`,
);

export interface NewInvoiceMessage {
  readonly invoiceId: number;
  /** The document itself when absent. */
  readonly reminder?: ReminderFigures | undefined;
  /** What it is sent for by itself, once. */
  readonly onceKey?: string | undefined;
  readonly recipient: string;
  readonly language: string;
  readonly createdBy: string;
}

/** A locked message, and whether a worker may be handing it to a mail server right now. */
export type LockedMessage = MessageView & { readonly onItsWay: boolean };

@Injectable()
export class MessageRepository {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Undefined when there is one for the same once-key. The invoice is there: its caller has read it. */
  insert({
    invoiceId,
    onceKey,
    recipient,
    language,
    createdBy,
    reminder,
  }: NewInvoiceMessage): Promise<MessageView | undefined> {
    const kind = reminder ? ['reminder', JSON.stringify(reminder)] : [null, null];
    const values = [invoiceId, onceKey ?? null, recipient, language, createdBy, this.clock.now(), ...kind];
    return this.uow.tx.one<MessageView>(INSERT, values);
  }

  find(id: number): Promise<LockedMessage | undefined> {
    return this.uow.tx.one<LockedMessage>(LOCK, [id]);
  }

  /** @throws `notifications.message.not_found` */
  async lock(id: number): Promise<LockedMessage> {
    const message = await this.find(id);
    if (!message) throw notificationErrors('notifications.message.not_found');
    return message;
  }

  /** Notes that a mail server is going to be asked, and what: committed before it is. */
  async attempt(id: number, letter: Letter, mailId: string): Promise<MessageView> {
    const values = [id, JSON.stringify(letter), mailId, this.clock.now()];
    return (await this.uow.tx.one<MessageView>(ATTEMPT, values)) as MessageView;
  }

  /** Undefined when it is not in the queue any more, as below. */
  sent(id: number, reference: string): Promise<MessageView | undefined> {
    return this.uow.tx.one<MessageView>(SENT, [id, reference, this.clock.now()]);
  }

  end(id: number, status: 'failed' | 'cancelled', reason: string): Promise<MessageView | undefined> {
    return this.uow.tx.one<MessageView>(END, [id, status, reason, this.clock.now()]);
  }

  async later(id: number, reason: string, nextAt: Date): Promise<void> {
    await this.uow.tx.execute(LATER, [id, reason, nextAt, this.clock.now()]);
  }

  async again(id: number): Promise<MessageView> {
    return (await this.uow.tx.one<MessageView>(AGAIN, [id, this.clock.now()])) as MessageView;
  }
}
