import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  ReverseWriteOff,
  type SmallBalancesResult,
  WriteOffAccount,
  WriteOffExcess,
  WriteOffInvoice,
  WriteOffQueries,
  WriteOffSmallBalances,
  type WriteOffView,
} from '@isp/domain/billing';
import { Money, toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import { amountOf } from './money.js';
import * as schema from './write-off.schema.js';

const TAX =
  'It is booked to bad debt against the receivable (direct write-off); with `reclaim_tax` the share of the tax is taken ' +
  'off the tax that is owed instead of being part of the loss.';

@ApiTags('Write-offs')
@Controller('v1/billing')
export class WriteOffsController {
  constructor(
    private readonly ofInvoice: WriteOffInvoice,
    private readonly ofExcess: WriteOffExcess,
    private readonly ofAccount: WriteOffAccount,
    private readonly small: WriteOffSmallBalances,
    private readonly takeBack: ReverseWriteOff,
    private readonly writeOffs: WriteOffQueries,
  ) {}

  @Post('invoices/:invoice_id/write-offs')
  @Operation({
    access: 'invoice.write_off',
    summary: 'Write off what is open of an invoice, in full or in part',
    description:
      `Nobody is asked for it any more, and it suspends nothing. ${TAX} The invoice is \`uncollectible\` when nothing is left ` +
      'open. A payment or a credit note for the invoice takes so much of the write-off back by itself.',
    status: 201,
    response: schema.writeOffShape,
    example: schema.writeOffExample,
    requestExample: { reason: 'bankruptcy', note: 'Case 25-10017', reclaim_tax: true },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async writeOffInvoice(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) invoiceId: number,
    @JsonBody(schema.writeOffInvoiceBody) { reclaim_tax: reclaimTax, ...body }: schema.WriteOffInvoiceBody,
  ) {
    const written = await this.ofInvoice.execute({ actor, invoiceId, reclaimTax, ...body });
    return createdAt(`/v1/billing/write-offs/${written.id}`, present(written));
  }

  @Post('payments/:payment_id/write-offs')
  @Operation({
    access: 'invoice.write_off',
    summary: 'Write off what a bank took back beyond the rest of a payment, in full or in part',
    description:
      'What is open of its `excess_amount`. It is booked to bad debt against the credit that it was taken off. Nothing was sold, so ' +
      'there is no tax in it. A charge for it, or a refund of the payment that comes back, takes so much of the write-off back by itself.',
    status: 201,
    response: schema.writeOffShape,
    example: schema.excessExample,
    requestExample: { reason: 'uncollectable' },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async writeOffExcess(
    @CurrentActor() actor: Actor,
    @PathParam('payment_id', intId) paymentId: number,
    @JsonBody(schema.writeOffExcessBody) body: schema.WriteOffExcessBody,
  ) {
    const written = await this.ofExcess.execute({ actor, paymentId, ...body });
    return createdAt(`/v1/billing/write-offs/${written.id}`, present(written));
  }

  @Post('accounts/:account_id/write-offs')
  @Operation({
    access: 'invoice.write_off',
    summary: 'Write off all that an account owes',
    description: `What is open of all its invoices, and of what banks took back beyond payments: all of it or nothing. ${TAX}`,
    status: 201,
    response: schema.accountWriteOffsShape,
    example: { account_id: 12, amount: 86.39, write_offs: [schema.writeOffExample] },
    requestExample: { reason: 'deceased' },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async writeOffAccount(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.writeOffAccountBody) { reclaim_tax: reclaimTax, ...body }: schema.WriteOffAccountBody,
  ) {
    const written = await this.ofAccount.execute({ actor, accountId, reclaimTax, ...body });
    return { account_id: accountId, amount: sumOf(written), write_offs: written.map(present) };
  }

  @Post('write-offs/small-balances')
  @Operation({
    access: 'invoice.write_off',
    summary: 'Write off what is too little to be collected',
    description:
      'Every invoice of the currency whose rest is below an amount, so many days after it was due: 500 at most, the oldest ' +
      'first, and `remaining` are left for another request. A dry run, which it is unless `dry_run` is false, says which they are ' +
      `and changes nothing. ${TAX}`,
    response: schema.smallBalancesShape,
    example: schema.smallBalancesExample,
    requestExample: { currency: 'USD', below: 2, older_than_days: 180 },
    errors: ['unprocessable'],
    keepAnswerHours: 720,
  })
  async writeOffSmallBalances(
    @CurrentActor() actor: Actor,
    @JsonBody(schema.smallBalancesBody) body: schema.SmallBalancesBody,
  ) {
    const { older_than_days: olderThanDays, reclaim_tax: reclaimTax, dry_run: dryRun, ...rest } = body;
    const { partner_id: partnerId, ...said } = rest;
    const result = await this.small.execute({ actor, olderThanDays, reclaimTax, dryRun, partnerId, ...said });
    return { dry_run: dryRun, ...presentSmall(result) };
  }

  @Get('write-offs')
  @Operation({
    access: 'invoice.write_off',
    summary: 'List write-offs, newest first',
    response: schema.writeOffsShape,
    example: { write_offs: [schema.writeOffExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listWriteOffs(@CurrentActor() actor: Actor, @QueryString(schema.writeOffsQuery) query: schema.WriteOffsQuery) {
    const {
      customer_id: customerId,
      account_id: accountId,
      invoice_id: invoiceId,
      payment_id: excessOfId,
      reason,
    } = query;
    const { rows, total } = await this.writeOffs.list(
      actor,
      { customerId, accountId, invoiceId, excessOfId, reason },
      sliceOf(query),
    );
    return listOf('write_offs', rows.map(present), total, query);
  }

  @Get('write-offs/:write_off_id')
  @Operation({
    access: 'invoice.write_off',
    summary: 'Read a write-off, with what was taken back of it',
    response: schema.writeOffShape,
    example: schema.writeOffExample,
    errors: ['not_found'],
  })
  async getWriteOff(@CurrentActor() actor: Actor, @PathParam('write_off_id', intId) id: number) {
    return present(await this.writeOffs.get(actor, id));
  }

  @Post('write-offs/:write_off_id/reverse')
  @Operation({
    access: 'invoice.write_off',
    summary: 'Take a write-off back',
    description: 'All that stands of it: the debt is open again, and what the account has paid ahead pays it at once.',
    response: schema.writeOffShape,
    example: schema.reversedExample,
    requestExample: { reversal_reason: 'The estate pays after all' },
    errors: ['not_found', 'conflict'],
    keepAnswerHours: 720,
  })
  async reverseWriteOff(
    @CurrentActor() actor: Actor,
    @PathParam('write_off_id', intId) writeOffId: number,
    @JsonBody(schema.reverseWriteOffBody) { reversal_reason: reason }: schema.ReverseWriteOffBody,
  ) {
    return present(await this.takeBack.execute({ actor, writeOffId, reason }));
  }
}

function sumOf(written: readonly WriteOffView[]): number {
  const [{ currency } = { currency: '' }] = written;
  const amounts = written.map(({ amount }) => Money.of(amount, currency));
  return Money.sum(amounts, currency).toJsonNumber();
}

function present({ currency, ...one }: WriteOffView) {
  const amount = (text: string): number => amountOf(text, currency);
  return {
    id: one.id,
    customer_id: one.customerId,
    account_id: one.accountId,
    invoice_id: one.invoiceId,
    invoice_number: one.invoiceNumber,
    payment_id: one.excessOfId,
    currency,
    amount: amount(one.amount),
    reclaimed_tax_amount: amount(one.reclaimedTaxAmount),
    reversed_amount: amount(one.reversedAmount),
    reversed_tax_amount: amount(one.reversedTaxAmount),
    reason: one.reason,
    note: one.note,
    created_by: one.createdBy,
    created_at: toIsoSeconds(one.createdAt),
    reversals: one.reversals.map((back) => ({
      amount: amount(back.amount),
      reclaimed_tax_amount: amount(back.reclaimedTaxAmount),
      payment_id: back.paymentId,
      credit_note_id: back.creditNoteId,
      reason: back.reason,
      created_by: back.by,
      created_at: back.at,
    })),
  };
}

function presentSmall({ currency, amount, remaining, remainingAmount, balances }: SmallBalancesResult) {
  return {
    currency,
    amount: amountOf(amount, currency),
    remaining,
    remaining_amount: amountOf(remainingAmount, currency),
    invoices: balances.map((one) => ({
      invoice_id: one.invoiceId,
      invoice_number: one.invoiceNumber,
      customer_id: one.customerId,
      account_id: one.accountId,
      due_date: one.dueOn,
      amount: amountOf(one.openAmount, currency),
    })),
  };
}
