import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { RefundPayment, RefundQueries, type RefundView } from '@isp/domain/billing';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import { amountOf } from './money.js';
import * as schema from './refund.schema.js';

@ApiTags('Payments')
@Controller('v1/billing')
export class RefundsController {
  constructor(
    private readonly refund: RefundPayment,
    private readonly refunds: RefundQueries,
  ) {}

  @Post('payments/:payment_id/refunds')
  @Operation({
    access: 'payment.manage',
    summary: 'Refund a payment, in full or in part',
    description:
      'By the gateway that took it (`processing` until it says what became of it), or by hand, which is recorded. What is ' +
      'free of the payment goes back first; then what it paid, and those invoices are open again: credit them before. All ' +
      'refunds of a payment together never exceed it.',
    status: 201,
    response: schema.refundShape,
    example: schema.refundExample,
    requestExample: { amount: 13.61, reason: 'Paid twice' },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async refundPayment(
    @CurrentActor() actor: Actor,
    @PathParam('payment_id', intId) paymentId: number,
    @JsonBody(schema.refundBody) body: schema.RefundBody,
  ) {
    const refund = await this.refund.execute({ actor, paymentId, ...body });
    return createdAt(`/v1/billing/refunds/${refund.id}`, present(refund));
  }

  @Get('refunds')
  @Operation({
    access: 'payment.read',
    summary: 'List refunds, newest first',
    response: schema.refundsShape,
    example: { refunds: [schema.refundExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listRefunds(@CurrentActor() actor: Actor, @QueryString(schema.refundsQuery) query: schema.RefundsQuery) {
    const { customer_id: customerId, payment_id: paymentId, status } = query;
    const { rows, total } = await this.refunds.list(actor, { customerId, paymentId, status }, sliceOf(query));
    return listOf('refunds', rows.map(present), total, query);
  }

  @Get('refunds/:refund_id')
  @Operation({
    access: 'payment.read',
    summary: 'Read a refund',
    response: schema.refundShape,
    example: schema.refundExample,
    errors: ['not_found'],
  })
  async getRefund(@CurrentActor() actor: Actor, @PathParam('refund_id', intId) id: number) {
    return present(await this.refunds.get(actor, id));
  }
}

function present(refund: RefundView) {
  return {
    id: refund.id,
    payment_id: refund.paymentId,
    customer_id: refund.customerId,
    account_id: refund.accountId,
    amount: amountOf(refund.amount, refund.currency),
    currency: refund.currency,
    channel: refund.channel,
    status: refund.status,
    reference: refund.reference,
    reason: refund.reason,
    code: refund.code,
    returned_payment_id: refund.returnedAsId,
    created_at: toIsoSeconds(refund.createdAt),
    finished_at: refund.finishedAt && toIsoSeconds(refund.finishedAt),
  };
}
