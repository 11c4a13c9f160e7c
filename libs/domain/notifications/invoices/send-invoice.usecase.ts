import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { InvoiceLetters } from '@isp/domain/billing';
import { UnitOfWork } from '@isp/platform/database';
import { isAddress } from '../mail/address.js';
import { MessageFacts } from '../messages/message.facts.js';
import type { MessageView } from '../messages/message.view.js';
import { OutgoingMessages } from '../messages/outgoing-messages.js';
import { notificationErrors } from '../notifications.errors.js';

export interface SendInvoiceInput {
  readonly actor: Actor;
  readonly invoiceId: number;
  /** The customer's own address when absent. */
  readonly to?: string | undefined;
}

/** Promises that an issued invoice or credit note goes out by e-mail, with its document. Asked twice, it goes out twice. */
@Injectable()
export class SendInvoice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly letters: InvoiceLetters,
    private readonly outgoing: OutgoingMessages,
    private readonly facts: MessageFacts,
  ) {}

  /** @throws `billing.invoice.not_found`, `billing.invoice.not_issued`, `billing.issuer.missing`, `notifications.recipient.none` */
  execute({ actor, invoiceId, to }: SendInvoiceInput): Promise<MessageView> {
    return this.uow.run(actor, async () => {
      const { email, language, number } = await this.letters.facts(actor, invoiceId);
      const recipient = to ?? email;
      if (!isAddress(recipient)) throw notificationErrors('notifications.recipient.none');
      const values = { invoiceId, recipient, language, createdBy: actor.name };
      const message = (await this.outgoing.promise(values)) as MessageView;
      this.facts.note(actor, 'send', message, { invoice_number: number, recipient });
      return message;
    });
  }
}
