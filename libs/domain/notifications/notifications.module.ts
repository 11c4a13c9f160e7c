import { Module } from '@nestjs/common';
import { BillingModule } from '@isp/domain/billing';
import { CONFIG } from '@isp/platform/config';
import { DeliverMessageHandler } from './delivery/deliver-message.job.js';
import { DeliverMessage } from './delivery/deliver-message.usecase.js';
import { DeliveryBook } from './delivery/delivery-book.js';
import { Places } from './delivery/places.js';
import { SendInvoice } from './invoices/send-invoice.usecase.js';
import { SendIssuedListener } from './invoices/send-issued.listener.js';
import { SendReminderListener } from './invoices/send-reminder.listener.js';
import { mailerOf } from './mail/deployment.js';
import { MAILER } from './mail/mailer.port.js';
import { MessageFacts } from './messages/message.facts.js';
import { MessageQueries } from './messages/message.queries.js';
import { MessageRepository } from './messages/message.repository.js';
import { CancelMessage, RetryMessage } from './messages/move-message.usecases.js';
import { OutgoingMessages } from './messages/outgoing-messages.js';

const DOOR = [CancelMessage, MessageQueries, RetryMessage, SendInvoice];
const SHARED = [MessageFacts, MessageRepository, OutgoingMessages];

/** E-mails to customers: what was promised, and what became of it. */
@Module({ imports: [BillingModule], providers: [...DOOR, ...SHARED], exports: [...DOOR, ...SHARED] })
export class NotificationsModule {}

@Module({
  imports: [NotificationsModule, BillingModule],
  providers: [
    DeliverMessage,
    DeliverMessageHandler,
    DeliveryBook,
    Places,
    SendIssuedListener,
    SendReminderListener,
    { provide: MAILER, useFactory: mailerOf, inject: [CONFIG] },
  ],
})
export class NotificationsWorkerModule {}
