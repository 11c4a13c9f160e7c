import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { InvoiceLetters } from '@isp/domain/billing';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { headerText } from '../mail/address.js';
import { OutgoingMessages } from '../messages/outgoing-messages.js';

const ACTOR = systemActor('notifications');
const DUE = 'dunning.reminder.due.v1';

/** Reminds who is late and has its documents by e-mail, once for each time that dunning says so. */
@Injectable()
@ListensTo({
  name: 'notifications.send-reminder',
  events: [DUE],
  concerning: `EXISTS (SELECT FROM billing_accounts a WHERE a.id = (b.payload->>'account_id')::integer AND a.invoice_delivery = 'email')`,
})
export class SendReminderListener implements ListensToEvents<typeof DUE> {
  constructor(
    private readonly letters: InvoiceLetters,
    private readonly outgoing: OutgoingMessages,
  ) {}

  async on({ payload }: PublishedEvent<typeof DUE>): Promise<void> {
    const { invoice_id: invoiceId, dunning_case_id: caseId, sequence } = payload;
    // What is late was disputed or paid in that very moment.
    if (invoiceId === 0) return;
    const { email, language } = await this.letters.addressee(ACTOR, invoiceId);
    await this.outgoing.promise({
      invoiceId,
      reminder: { overdueAmount: payload.overdue_amount, overdueSince: payload.overdue_since },
      recipient: headerText(email),
      language,
      createdBy: ACTOR.name,
      onceKey: `reminder:${caseId}:${sequence}`,
    });
  }
}
