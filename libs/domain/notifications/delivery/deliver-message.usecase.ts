import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { InvoiceDocuments, type InvoiceLetterFacts, InvoiceLetters } from '@isp/domain/billing';
import { type Clock, DomainError } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import type { WorkRun } from '@isp/platform/work';
import { invoiceLetter, reminderLetter } from '../invoices/invoice-letter.js';
import { type Letter, letterHtml, letterText } from '../letters/letter.js';
import { isAddress } from '../mail/address.js';
import { senderOf } from '../mail/deployment.js';
import { MAILER, type Mail, type MailAnswer, type Mailer } from '../mail/mailer.port.js';
import type { MessageView, ReminderFigures } from '../messages/message.view.js';
import { DeliveryBook } from './delivery-book.js';

const ACTOR = systemActor('notifications');
/** For one hand-over, whatever the server does. */
const PATIENCE_MS = 60_000;

interface Ready {
  readonly message: MessageView;
  readonly facts: InvoiceLetterFacts;
}

/**
 * Hands one message to the mail server. That it is going to be asked, and what it is given, is committed before; what it
 * said, after. A worker that dies in between leaves a message that is sent again, under the same Message-ID.
 */
@Injectable()
export class DeliverMessage {
  private readonly sender;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly letters: InvoiceLetters,
    private readonly documents: InvoiceDocuments,
    private readonly book: DeliveryBook,
    @Inject(MAILER) private readonly mailer: Mailer,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.sender = senderOf(config);
  }

  async execute(messageId: number, run: WorkRun): Promise<void> {
    const ready = await this.uow.run(ACTOR, () => this.prepare(messageId, run));
    if (!ready) return;
    // No transaction is open while a page is drawn or a mail server thinks.
    const mail = await this.mailOf(ready);
    failPoint('notifications.before-send');
    const answer = await this.mailer.send(mail, AbortSignal.any([run.signal, AbortSignal.timeout(PATIENCE_MS)]));
    failPoint('notifications.after-send');
    await this.uow.run(ACTOR, () => this.record(ready.message, answer, run));
  }

  private async prepare(messageId: number, run: WorkRun): Promise<Ready | undefined> {
    await run.fence();
    const message = await this.book.queued(messageId);
    if (!message) return void (await run.complete());
    if (this.mailer.missing !== undefined) return this.giveUp(message, 'failed', this.mailer.missing, run);
    try {
      if (!isAddress(message.recipient)) return await this.giveUp(message, 'failed', 'The address is none.', run);
      const facts = await this.letters.facts(ACTOR, message.subjectId);
      if (message.kind === 'reminder' && Number(facts.dueAmount) <= 0)
        return await this.giveUp(message, 'cancelled', 'The invoice is paid.', run);
      const letter = message.letter ?? letterOf(message, facts);
      const [, host = ''] = this.sender.address.split('@');
      const mailId = message.mailId ?? `<${message.id}.${message.guid}@${host}>`;
      return { message: await this.book.attempt(messageId, letter, mailId), facts };
    } catch (error) {
      // Voided, or nobody issues invoices any more: another try would find the same.
      if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
      const to = error.code === 'billing.invoice.not_issued' ? 'cancelled' : 'failed';
      return this.giveUp(message, to, error.message, run);
    }
  }

  private async giveUp(
    message: MessageView,
    to: 'failed' | 'cancelled',
    why: string,
    run: WorkRun,
  ): Promise<undefined> {
    await this.book.end(message.id, to, why);
    await run.complete();
  }

  private async mailOf({ message, facts }: Ready): Promise<Mail> {
    const { letter, mailId, recipient, language } = message;
    if (!letter || mailId === null) throw new Error('a message that is on its way has a letter');
    const { number, content } = await this.documents.get(ACTOR, message.subjectId, 'pdf');
    const { issuer, customerName, email } = facts;
    const reply = issuer.email !== null && isAddress(issuer.email) ? { replyTo: { address: issuer.email } } : {};
    return {
      messageId: mailId,
      from: { name: issuer.name, ...this.sender },
      to: { address: recipient, ...(recipient === email ? { name: customerName } : {}) },
      ...reply,
      subject: letter.subject,
      text: letterText(letter),
      html: letterHtml(letter, language),
      language,
      date: this.clock.now(),
      attachments: [{ filename: `${number}.pdf`, contentType: 'application/pdf', content }],
    };
  }

  private async record(message: MessageView, answer: MailAnswer, run: WorkRun): Promise<void> {
    await run.fence();
    const seconds = await this.book.record(message, answer);
    if (seconds === undefined) await run.complete();
    else await run.postpone(seconds);
  }
}

function letterOf({ kind, language, figures }: MessageView, facts: InvoiceLetterFacts): Letter {
  const said = { ...facts, language };
  return kind === 'reminder' ? reminderLetter(said, figures as ReminderFigures) : invoiceLetter(said);
}
