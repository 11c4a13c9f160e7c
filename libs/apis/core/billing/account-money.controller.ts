import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answer, CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AccountStatement, AgeingQueries, Discounts, LedgerQueries } from '@isp/domain/billing';
import { csvText } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import * as present from './billing-account.presenter.js';
import * as schema from './billing-account.schema.js';
import { amountOf } from './money.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Billing accounts')
@Controller('v1/billing')
export class AccountMoneyController {
  constructor(
    private readonly ledger: LedgerQueries,
    private readonly printed: AccountStatement,
    private readonly openInvoices: AgeingQueries,
    private readonly discounts: Discounts,
  ) {}

  @Get('accounts/:account_id/statement')
  @Operation({
    access: 'payment.read',
    summary: 'Show the statement of an account, newest first',
    description:
      '`balance` is what was owed after the entry; negative: paid ahead. It comes from the ledger. `from` and `to` are days where ' +
      'the account is, both included; `opening_balance` is what was owed before the first, `closing_balance` after the last. ' +
      '`format=csv` and `format=pdf` answer the whole of it, the PDF from the oldest entry on and in the language of the account.',
    response: schema.statementShape,
    example: {
      entries: [schema.entryExample],
      pagination: PAGINATION,
      currency: 'USD',
      opening_balance: 0,
      closing_balance: 86.39,
    },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async statement(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @QueryString(schema.statementQuery) query: schema.StatementQuery,
  ) {
    const { from, to, format } = query;
    const name = `attachment; filename="statement-${accountId}.${format}"`;
    if (format === 'pdf') {
      const headers = { 'content-type': 'application/pdf', 'content-disposition': name };
      return new Answer(await this.printed.pdf(actor, accountId, { from, to }), headers);
    }
    const page = format === 'csv' ? undefined : sliceOf(query);
    const found = await this.ledger.statement(actor, accountId, { from, to }, page);
    const { currency } = found.account;
    const entries = found.rows.map((row) => present.presentEntry(row, currency));
    if (format === 'csv') {
      const headers = { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': name };
      return new Answer(
        csvText(Object.keys(schema.entryExample) as (keyof typeof schema.entryExample)[], entries),
        headers,
      );
    }
    return {
      ...listOf('entries', entries, found.total, query),
      currency,
      opening_balance: amountOf(found.opening, currency),
      closing_balance: amountOf(found.closing, currency),
    };
  }

  @Get('ageing')
  @Operation({
    access: 'payment.read',
    summary: 'Show what is open, by the days since it was due',
    description:
      'Days are those of each account’s time zone. What a bank took back beyond what was left of a payment is owed since that day, ' +
      'and is no invoice: it is in the amounts, not in `invoices`.',
    response: schema.ageingShape,
    example: schema.ageingExample,
  })
  async ageing(@CurrentActor() actor: Actor, @QueryString(schema.ageingQuery) query: schema.AgeingQuery) {
    const { rows } = await this.openInvoices.list(actor, { customerId: query.customer_id });
    return { ageing: rows.map(present.presentAgeing) };
  }

  @Get('accounts/:account_id/discounts')
  @Operation({
    access: 'billing_account.read',
    summary: 'List the discounts of an account',
    response: schema.discountsShape,
    example: { discounts: [schema.discountExample] },
    errors: ['not_found'],
  })
  async listDiscounts(@CurrentActor() actor: Actor, @PathParam('account_id', intId) accountId: number) {
    return { discounts: (await this.discounts.list(actor, accountId)).map(present.presentDiscount) };
  }

  @Post('accounts/:account_id/discounts')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Grant a discount on recurring charges',
    description:
      'A percentage, or an amount a month; of one service or of all of them; from a day until before another. Days that ' +
      'were invoiced are corrected by the next invoice.',
    status: 201,
    response: schema.discountShape,
    example: schema.discountExample,
    requestExample: {
      name: 'First three months',
      service_id: 456,
      percent: 50,
      from: '2025-02-01',
      until: '2025-05-01',
    },
    errors: ['not_found', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async addDiscount(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @JsonBody(schema.discountBody) body: schema.DiscountBody,
  ) {
    const { service_id: serviceId, monthly_amount: monthlyAmount, ...rest } = body;
    return present.presentDiscount(await this.discounts.add(actor, accountId, { serviceId, monthlyAmount, ...rest }));
  }

  @Post('accounts/:account_id/discounts/:discount_id/end')
  @Operation({
    access: 'billing_account.manage',
    summary: 'Let a discount end',
    description: '`on` is the first day on which it does not hold.',
    response: schema.discountShape,
    example: schema.discountExample,
    requestExample: { on: '2025-05-01' },
    errors: ['not_found', 'unprocessable'],
  })
  async endDiscount(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @PathParam('discount_id', intId) id: number,
    @JsonBody(schema.endBody) { on }: schema.EndBody,
  ) {
    return present.presentDiscount(await this.discounts.end(actor, accountId, id, on));
  }
}
