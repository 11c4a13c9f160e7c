import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { InvoiceLetters } from '@isp/domain/billing';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { headerText } from '../mail/address.js';
import { OutgoingMessages } from '../messages/outgoing-messages.js';

const ACTOR = systemActor('notifications');
const ISSUED = ['billing.invoice.issued.v1', 'billing.credit_note.issued.v1'] as const;
type Issued = (typeof ISSUED)[number];

/**
 * Sends each document of an account that has its documents by e-mail, once. What keeps it from going out (an address that
 * is none, no issuer) shows when it is to be sent, as the failure of its message.
 */
@Injectable()
@ListensTo({
  name: 'notifications.send-issued',
  events: [...ISSUED],
  concerning: `EXISTS (SELECT FROM billing_accounts a WHERE a.id = (b.payload->>'account_id')::integer AND a.invoice_delivery = 'email')`,
  batched: true,
})
export class SendIssuedListener implements ListensToEvents<Issued> {
  constructor(
    private readonly letters: InvoiceLetters,
    private readonly outgoing: OutgoingMessages,
  ) {}

  async on({ payload }: PublishedEvent<Issued>): Promise<void> {
    const { invoice_id: invoiceId } = payload;
    const { email, language } = await this.letters.addressee(ACTOR, invoiceId);
    const values = { invoiceId, recipient: headerText(email), language, createdBy: ACTOR.name };
    await this.outgoing.promise({ ...values, onceKey: `invoice:${invoiceId}` });
  }
}
