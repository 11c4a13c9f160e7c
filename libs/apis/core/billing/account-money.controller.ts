import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AgeingQueries, Discounts, LedgerQueries } from '@isp/domain/billing';
import { listOf, sliceOf } from '../lists.js';
import * as present from './billing-account.presenter.js';
import * as schema from './billing-account.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Billing accounts')
@Controller('v1/billing')
export class AccountMoneyController {
  constructor(
    private readonly ledger: LedgerQueries,
    private readonly openInvoices: AgeingQueries,
    private readonly discounts: Discounts,
  ) {}

  @Get('accounts/:account_id/statement')
  @Operation({
    access: 'payment.read',
    summary: 'Show the statement of an account, newest first',
    description: '`balance` is what was owed after the entry; negative: paid ahead. It comes from the ledger.',
    response: schema.statementShape,
    example: { entries: [schema.entryExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async statement(
    @CurrentActor() actor: Actor,
    @PathParam('account_id', intId) accountId: number,
    @QueryString(schema.pageQuery) query: schema.PageQuery,
  ) {
    const { account, rows, total } = await this.ledger.statement(actor, accountId, sliceOf(query));
    const entries = rows.map((row) => present.presentEntry(row, account.currency));
    return listOf('entries', entries, total, query);
  }

  @Get('ageing')
  @Operation({
    access: 'payment.read',
    summary: 'Show what is open, by the days since it was due',
    description: 'Days are those of each account’s time zone.',
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
}
