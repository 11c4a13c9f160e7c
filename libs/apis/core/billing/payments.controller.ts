import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AccountQueries, PaymentQueries, type PaymentView, RecordPayment, ReversePayment } from '@isp/domain/billing';
import { Money, toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import { amountOf } from './money.js';
import * as schema from './payment.schema.js';

@ApiTags('Payments')
@Controller('v1/billing/payments')
export class PaymentsController {
  constructor(
    private readonly accounts: AccountQueries,
    private readonly payments: PaymentQueries,
    private readonly record: RecordPayment,
    private readonly reverse: ReversePayment,
  ) {}

  @Post()
  @Operation({
    access: 'payment.manage',
    summary: 'Record a payment',
    description:
      'It pays the invoices that are named, in that order; without names the oldest due first. What is more than they are is ' +
      'the account’s credit balance, which pays the next invoice. The same method and reference are refused a second time.',
    status: 201,
    response: schema.paymentShape,
    example: schema.paymentExample,
    requestExample: { customer_id: 123, amount: 100, method: 'bank_transfer', reference: 'E2E-20250210-01' },
    errors: ['conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async recordPayment(
    @CurrentActor() actor: Actor,
    @JsonBody(schema.recordPaymentBody) body: schema.RecordPaymentBody,
  ) {
    const {
      customer_id: customerId,
      account_id: wanted,
      received_at: receivedAt,
      invoice_ids: invoiceIds,
      ...rest
    } = body;
    const accountId = await this.accounts.idFor(actor, customerId, wanted);
    const payment = await this.record.execute({ actor, accountId, receivedAt, invoiceIds, ...rest });
    return createdAt(`/v1/billing/payments/${payment.id}`, present(payment));
  }

  @Get()
  @Operation({
    access: 'payment.read',
    summary: 'List payments, newest first',
    response: schema.paymentsShape,
    example: { payments: [schema.paymentExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listPayments(@CurrentActor() actor: Actor, @QueryString(schema.paymentsQuery) query: schema.PaymentsQuery) {
    const { customer_id: customerId, account_id: accountId, status, method } = query;
    const { rows, total } = await this.payments.list(actor, { customerId, accountId, status, method }, sliceOf(query));
    return listOf('payments', rows.map(present), total, query);
  }

  @Get(':payment_id')
  @Operation({
    access: 'payment.read',
    summary: 'Read a payment',
    response: schema.paymentShape,
    example: schema.paymentExample,
    errors: ['not_found'],
  })
  async getPayment(@CurrentActor() actor: Actor, @PathParam('payment_id', intId) id: number) {
    return present(await this.payments.get(actor, id));
  }

  @Post(':payment_id/reverse')
  @Operation({
    access: 'payment.manage',
    summary: 'Take a payment back that did not stay',
    description:
      'A returned debit, a bounced cheque: what it paid is open again. What was refunded of it stays refunded, and the `amount` ' +
      'that the bank took must be named then: what is left of the payment, or more, up to all of it (a chargeback of the whole). ' +
      'What it took beyond the rest (`excess_amount`) is no revenue: the customer has it twice and owes it at once, and other ' +
      'money of the account pays it.',
    response: schema.paymentShape,
    example: {
      ...schema.paymentExample,
      status: 'reversed',
      allocated_amount: 0,
      unallocated_amount: 0,
      allocations: [],
      reversed_at: '2025-02-14T09:00:00Z',
      reversal_reason: 'Insufficient funds',
    },
    requestExample: { reason: 'Insufficient funds' },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async reversePayment(
    @CurrentActor() actor: Actor,
    @PathParam('payment_id', intId) paymentId: number,
    @JsonBody(schema.reverseBody) { reason, amount }: schema.ReverseBody,
  ) {
    return present(await this.reverse.execute({ actor, paymentId, reason, amount: amount?.toString() }));
  }
}

function present(payment: PaymentView) {
  const { currency, amount, allocatedAmount, refundedAmount, status } = payment;
  const used = Money.of(allocatedAmount, currency).plus(Money.of(refundedAmount, currency));
  const left = Money.of(amount, currency).minus(used);
  return {
    id: payment.id,
    customer_id: payment.customerId,
    account_id: payment.accountId,
    amount: amountOf(amount, currency),
    currency,
    allocated_amount: amountOf(allocatedAmount, currency),
    unallocated_amount: status === 'reversed' ? 0 : left.toJsonNumber(),
    refunded_amount: amountOf(refundedAmount, currency),
    excess_amount: amountOf(payment.excessAmount, currency),
    excess_paid_amount: amountOf(payment.excessPaidAmount, currency),
    excess_written_off_amount: amountOf(payment.excessWrittenOffAmount, currency),
    method: payment.method,
    reference: payment.reference,
    status,
    received_at: toIsoSeconds(payment.receivedAt),
    reversed_at: payment.reversedAt && toIsoSeconds(payment.reversedAt),
    reversal_reason: payment.reversalReason,
    notes: payment.notes,
    allocations: payment.allocations.map((one) => ({
      invoice_id: one.invoiceId,
      amount: amountOf(one.amount, currency),
    })),
    excess_allocations: payment.excessAllocations.map((one) => ({
      payment_id: one.paymentId,
      amount: amountOf(one.amount, currency),
    })),
    created_at: toIsoSeconds(payment.createdAt),
  };
}
