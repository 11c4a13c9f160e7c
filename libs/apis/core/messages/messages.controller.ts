import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CancelMessage, MessageQueries, RetryMessage, SendInvoice } from '@isp/domain/notifications';
import { listOf, sliceOf } from '../lists.js';
import { presentMessage, presentMessageWithText } from './message.presenter.js';
import * as schema from './message.schema.js';

@ApiTags('Messages')
@Controller('v1')
export class MessagesController {
  constructor(
    private readonly send: SendInvoice,
    private readonly messages: MessageQueries,
    private readonly retry: RetryMessage,
    private readonly cancel: CancelMessage,
  ) {}

  @Post('billing/invoices/:invoice_id/send')
  @Operation({
    access: 'message.send',
    summary: 'Send an invoice or a credit note by e-mail',
    description:
      'With its PDF, to the customer (or to `to`), in the language of the document. It is accepted; a worker hands it to the mail ' +
      'server, and again where that fails for the moment. Each request sends one: repeat it under its `Idempotency-Key`. 409: ' +
      'a draft or void, nobody is named as issuer, or there is no address. An account whose `invoice_delivery` is `email` has ' +
      'its documents, and reminders of what is late, sent by themselves.',
    status: 202,
    response: schema.messageShape,
    example: schema.queuedExample,
    requestExample: { to: 'accounts@example.com' },
    errors: ['not_found', 'conflict'],
  })
  async sendInvoice(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) invoiceId: number,
    @JsonBody(schema.sendBody) { to }: schema.SendBody,
  ) {
    const message = await this.send.execute({ actor, invoiceId, to });
    return createdAt(`/v1/messages/${message.id}`, presentMessage(message));
  }

  @Get('messages')
  @Operation({
    access: 'message.read',
    summary: 'List e-mails to customers, newest first',
    description: 'Those created from `created_from` on and before `created_to`.',
    response: schema.messagesShape,
    example: { messages: [schema.messageExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listMessages(@CurrentActor() actor: Actor, @QueryString(schema.messagesQuery) query: schema.MessagesQuery) {
    const { customer_id: customerId, status, kind, invoice_id: invoiceId } = query;
    const created = { createdFrom: query.created_from, createdTo: query.created_to };
    const filter = { customerId, status, kind, invoiceId, ...created };
    const { rows, total } = await this.messages.list(actor, filter, sliceOf(query));
    return listOf('messages', rows.map(presentMessage), total, query);
  }

  @Get('messages/:message_id')
  @Operation({
    access: 'message.read',
    summary: 'Read an e-mail to a customer',
    description: '`text` is what it says, without its document.',
    response: schema.messageWithTextShape,
    example: schema.messageWithTextExample,
    errors: ['not_found'],
  })
  async getMessage(@CurrentActor() actor: Actor, @PathParam('message_id', intId) id: number) {
    return presentMessageWithText(await this.messages.get(actor, id));
  }

  @Post('messages/:message_id/retry')
  @Operation({
    access: 'message.send',
    summary: 'Try an e-mail again that failed',
    description: 'Under the same Message-ID: whoever has it already drops the second one.',
    response: schema.messageShape,
    example: schema.queuedExample,
    errors: ['not_found', 'conflict'],
  })
  async retryMessage(@CurrentActor() actor: Actor, @PathParam('message_id', intId) messageId: number) {
    return presentMessage(await this.retry.execute({ actor, messageId }));
  }

  @Post('messages/:message_id/cancel')
  @Operation({
    access: 'message.send',
    summary: 'Call an e-mail off that is queued',
    description: '409 while it is being handed to the mail server.',
    response: schema.messageShape,
    example: { ...schema.queuedExample, status: 'cancelled', next_attempt_at: null },
    errors: ['not_found', 'conflict'],
  })
  async cancelMessage(@CurrentActor() actor: Actor, @PathParam('message_id', intId) messageId: number) {
    return presentMessage(await this.cancel.execute({ actor, messageId }));
  }
}
